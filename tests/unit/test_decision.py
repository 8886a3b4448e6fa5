"""Commit or roll back: how long the question stands."""

from __future__ import annotations

import threading

from engine.decision import Decision


def test_the_first_answer_counts() -> None:
    decision = Decision(60, lambda: False, absence=0)
    decision.answer("roll_back")
    decision.answer("commit")
    assert (decision.wait(), decision.answered()) == ("roll_back", "roll_back")


def test_a_question_nobody_answers_is_over_after_its_time() -> None:
    assert Decision(0.01, lambda: False, absence=0).wait() == "time"


def test_a_question_nobody_is_there_to_answer_is_over_sooner() -> None:
    assert Decision(3600, lambda: True, absence=0.01).wait() == "absence"


def test_absence_gives_a_question_no_more_time_than_it_had() -> None:
    assert Decision(0.01, lambda: True, absence=3600).wait() == "time"


def test_whoever_leaves_last_is_noticed_at_once() -> None:
    left = threading.Event()
    decision = Decision(3600, left.is_set, absence=0.01)
    ended: list[str] = []
    waiting = threading.Thread(target=lambda: ended.append(decision.wait()))
    waiting.start()
    left.set()
    decision.look_again()
    waiting.join(30)
    assert ended == ["absence"]


def test_whoever_comes_back_has_the_whole_time_again() -> None:
    alone = [True]
    decision = Decision(3600, lambda: alone[0], absence=3600)
    ended: list[str] = []
    waiting = threading.Thread(target=lambda: ended.append(decision.wait()))
    waiting.start()
    alone[0] = False
    decision.look_again()
    decision.answer("commit")
    waiting.join(30)
    assert ended == ["commit"]
