"""Which database is meant, and what of its URL may be read."""

from __future__ import annotations

import pytest
from support.runs import started

from engine.cli.configuring import databases_again
from engine.cli.pairs import database_pairs
from engine.config.secrets import secret_variables
from engine.databases import database_url, place_of, url_problem
from engine.errors import UsageError

READABLE = [
    ("postgresql://app:pw@db.internal:5432/orders", ("app", "db.internal:5432", "orders")),
    ("postgresql+psycopg://app:p%40w@[::1]:5432/orders?sslmode=require", ("app", "::1:5432", "orders")),
    ("postgresql:///orders?host=/var/run/postgresql", ("", "/var/run/postgresql", "orders")),
    ("postgresql://a@test/x?host=prod&port=6432&user=b&dbname=y", ("b", "prod:6432", "y")),
    ("mysql://app@db/orders", ("app", "db", "orders")),
    ("mariadb://db", ("", "db", "")),
    ("sqlite:////srv/a@b#c.db", ("", "", "/srv/a@b#c.db")),
    ("sqlite://", ("", "", ":memory:")),
]
UNREADABLE = [
    "postgresql://app:to@pSECRETa@127.0.0.1:5432/orders",
    "postgresql://app:pSECRETa/x@db/orders",
    "postgresql://app:12/pSECRETa@db/orders",
    "postgresql://app:pSECRETa#x@db/orders",
    "postgresql://db:5432/orders?password=pSECRETa@x",
    "postgresql://app:pSECRETa@[127/orders",
    "mysql://app:pSECRETa@db:33o6/orders",
    "mysql://app:pSECRETa @db/orders",
]


@pytest.mark.parametrize(("url", "place"), READABLE)
def test_a_url_is_where_it_says_and_nowhere_else(url: str, place: tuple[str, str, str]) -> None:
    assert (url_problem(url), place_of(url)) == ("", place)


@pytest.mark.parametrize("url", UNREADABLE)
def test_a_url_that_could_be_read_in_two_ways_is_refused_without_a_word_of_it(url: str) -> None:
    for refused in (
        lambda: database_url(url, {}, ""),
        lambda: database_url("at", {"at": url}, ""),
        lambda: database_pairs([f"at={url}"]),
        lambda: database_pairs([url]),
    ):
        with pytest.raises(UsageError) as error:
            refused()
        assert "SECRET" not in str(error.value)


def test_a_password_on_the_command_line_is_refused_because_everybody_can_list_it() -> None:
    for url in ("postgresql://app:pSECRETa@db/orders", "mysql://db/orders?password=pSECRETa"):
        with pytest.raises(UsageError, match="holds a password") as error:
            database_pairs([f"at={url}"])
        assert "SECRET" not in str(error.value)
    assert database_pairs(["at=postgresql://app:${PW}@db/orders"]) == {"at": "postgresql://app:${PW}@db/orders"}


def test_a_url_that_nobody_can_read_may_have_its_secrets_anywhere() -> None:
    assert secret_variables("postgresql://app@[127/${PW}") == ["PW"]


def test_a_database_whose_password_was_not_kept_has_to_be_named_again() -> None:
    then = started().model_copy(update={"databases": {"o": "postgresql://app:***@db/orders", "p": "sqlite://"}})
    with pytest.raises(UsageError, match="give it again: --db o=URL"):
        databases_again({}, then, "run-1")
    assert databases_again({"o": "sqlite://"}, then, "run-1") == {"o": "sqlite://", "p": "sqlite://"}
