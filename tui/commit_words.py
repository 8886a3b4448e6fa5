"""The question whether to commit, in words: what was done, how long there is, what comes of each answer. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from textual.content import Content

from engine import commands as c
from engine import events as e
from engine.summary import decision_of

from .situation import Situation
from .text import one_line

MUTED = "$foreground-muted"
LAST_SECONDS = 10
"""From which on the time that is left is no longer said quietly."""
HOW = "c commits, r rolls back; Enter alone does nothing; arrows scroll the output"
ELSEWHERE = "esc comes back to the question, where c commits and r rolls back"


class Question(NamedTuple):
    """As this cockpit sees it."""

    asked: e.CommitAsked
    left: int
    """Seconds until it is rolled back."""
    decider: str
    """Who is waited for; empty for whoever sits here."""


def question_of(s: Situation, now: datetime) -> Question | None:
    """None where nothing is asked."""
    asked, at = s.state.asked, s.state.asked_at
    if asked is None or at is None:
        return None
    left = asked.seconds - (now - at).total_seconds()
    holder = s.state.keyboard
    decider = (f"{holder.login}@{holder.host}" if holder else "whoever takes the keyboard") if s.watching else ""
    return Question(asked, max(0, min(round(left), round(asked.seconds))), decider)


def what_was_done(asked: e.CommitAsked) -> Content:
    rows = "" if asked.rows is None else f", {asked.rows:,} row{'' if asked.rows == 1 else 's'} affected"
    done = Content.styled(f"? Not committed yet{rows}: ", "bold $warning")
    return Content.assemble(done, one_line(asked.statement))


def time_left(question: Question) -> Content:
    """Said to whoever decides and to whoever watches alike."""
    when = f"in {question.left} s" if question.left else "any moment now"
    style = "bold $error" if question.left <= LAST_SECONDS else "bold $warning"
    return Content.assemble((f"Without an answer it is rolled back {when}", style))


def mark(question: Question) -> tuple[str, str]:
    """For the line on top, where it stands first."""
    return f"commit? {question.left} s", "bold reverse $warning"


def answers(asked: e.CommitAsked) -> dict[str, c.Commit | c.RollBack]:
    """Each of them to this question and to no other."""
    attempt, question = asked.attempt, asked.question
    return {
        "commit": c.Commit(attempt=attempt, question=question),
        "roll_back": c.RollBack(attempt=attempt, question=question),
    }


def sentence_of(s: Situation, answered: e.CommitAnswered) -> str:
    """What has been decided, by whom, for those who did not do it themselves."""
    return decision_of(s.state.attempts[answered.attempt])
