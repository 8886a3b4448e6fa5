"""What was found is compared with what is expected, and what is not known for certain is not as expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.context import FOUND_LENGTH, compare, objection, of_database, sentence_of, unknown
from engine.model import Expectation


def expects(*wanted: str, otherwise: str = "") -> Expectation:
    return Expectation("kube-context", wanted, 3, "kubectl config current-context", otherwise=otherwise)


@pytest.mark.parametrize(
    ("found", "wanted", "ok"),
    [
        ("prod-eu\n", ("prod-eu",), True),
        ("  prod-eu  \r\n", ("prod-eu",), True),
        ("prod-us", ("prod-eu", "prod-us"), True),
        ("prod-us", ("prod-*",), True),
        ("prod-us", ("prod-[ab]*",), False),
        ("PROD-EU", ("prod-eu",), False),
        ("xprod-eu", ("prod-eu",), False),
        ("prod-eu-old", ("prod-eu",), False),
        ("prod-eu\nstaging", ("prod-*",), False),
        ("prod-eu\nstaging", ("*",), False),
        ("a\nb", ("a\nb",), True),
        ("a\nb\nc", ("a\n*",), False),
        ("", ("",), True),
        ("", ("*",), True),
        ("", ("prod",), False),
        ("", ("?*",), False),
    ],
)
def test_a_glob_fits_all_of_what_was_found_line_by_line(found: str, wanted: tuple[str, ...], ok: bool) -> None:
    assert compare(expects(*wanted), found).ok is ok


def test_nothing_at_all_can_have_a_meaning() -> None:
    assert compare(expects("default", otherwise="default"), "\n").ok


def test_what_is_kept_is_cut_only_after_it_was_compared() -> None:
    result = compare(expects("a*b"), "a" * 1000 + "c")
    assert (result.ok, len(result.found)) == (False, FOUND_LENGTH)


def test_an_objection_is_a_sentence_about_all_that_is_wrong() -> None:
    right, wrong = compare(expects("prod"), "prod"), compare(expects("prod-eu", "prod-us"), "staging")
    hung = unknown(expects("prod"), "it was not done after 5 seconds")
    broken = unknown(Expectation("hots", (), 4, problem="x"), "the nearest is `host`")
    assert sentence_of(right) == "kube-context is prod"
    assert objection([right]) == ""
    assert objection([right, wrong, hung, broken]) == (
        "kube-context is staging, this runbook expects prod-eu or prod-us; "
        "kube-context is not known: it was not done after 5 seconds; this runbook expects prod; "
        "hots is not known: the nearest is `host`"
    )
    assert objection([compare(expects("a"), "")]) == "kube-context is empty, this runbook expects a"


URL = "postgresql+psycopg://app_rw:hunter2@db-1.internal:6432/shop"


@pytest.mark.parametrize(
    ("url", "part", "wanted", "ok"),
    [
        (URL, "host", "db-1*", True),
        (URL, "host", "db-2*", False),
        (URL, "port", "6432", True),
        (URL, "role", "app_rw", True),
        (URL, "name", "shop", True),
        (URL, "file", "*", False),
        ("mysql://app%40x@db-1/shop", "role", "app@x", True),
        ("mysql://db-1/shop", "role", "*", False),
        ("postgresql:///shop", "host", "*", False),
        ("postgresql://db-1/shop?host=db-2", "host", "db-1", False),
        ("postgresql://app@db-1/shop?user=root", "role", "app", False),
        ("postgresql://db-1,db-2/shop", "host", "db-1*", False),
        ("postgresql://db-1/shop?sslmode=require", "host", "db-1", True),
        ("postgresql://[db-1/shop", "host", "*", False),
        ("postgresql://db-1:port/shop", "port", "*", False),
        ("sqlite:///orders.db", "file", "/srv/orders.db", True),
        ("sqlite:////var/orders.db", "file", "/var/orders.db", True),
        ("sqlite:////var/orders.db", "name", "*/orders.db", True),
        ("sqlite://", "file", "/*", False),
        ("sqlite:///orders.db", "host", "*", False),
    ],
)
def test_a_database_is_told_by_its_url(url: str, part: str, wanted: str, ok: bool) -> None:
    expectation = Expectation("database orders", (wanted,), 7, database=("orders", part))
    result = of_database(expectation, {"orders": url}, "/srv")
    assert result.ok is ok, result
    assert "hunter2" not in result.model_dump_json()


def test_a_database_that_the_run_was_not_given_is_not_the_expected_one() -> None:
    expectation = Expectation("database orders host", ("*",), 7, database=("orders", "host"))
    assert of_database(expectation, {"users": URL}, "").message == "the run was given no database orders"


def test_a_relative_file_counts_from_here_where_no_directory_is_known() -> None:
    expectation = Expectation("database orders file", (f"{Path.cwd()}/orders.db",), 7, database=("orders", "file"))
    assert of_database(expectation, {"orders": "sqlite:///orders.db"}, "").ok
