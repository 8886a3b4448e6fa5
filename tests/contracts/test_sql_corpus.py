"""The SQL of real runbooks: every statement is understood, and those of PostgreSQL that can run do."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from support.desk import opened
from support.servers import Server, postgres_server

from engine.danger import Surroundings, judge
from engine.model import Step
from engine.parse import read_runbook
from engine.sessions.sql.commands import reaction
from engine.sessions.sql.pieces import pieces
from tests.contracts.corpus_table import SHARED, documents

DOCUMENTS = documents()
pytestmark = pytest.mark.skipif(not DOCUMENTS, reason="no real runbooks beside the checkout")

SENTENCE = re.compile(r"^ ?(?:SELECT|VACUUM)\b[^;]*;", re.MULTILINE)
"""What is left of SQL where a document has lost its fences."""
DIALECTS = {"postgresql": "postgres", "mysql": "mysql", "sql": "postgres"}
PSQL_DONE = {r"\d", r"\dt", r"\l", r"\x", r"\timing", r"\conninfo", r"\dg", r"\d+"}


def statements() -> Iterator[tuple[str, Step]]:
    for path in DOCUMENTS:
        for step in read_runbook(path.name, path.read_bytes()).steps:
            if step.kind == "sql":
                yield path.name, step


def seed(number: str) -> str:
    return next((SHARED / "seeds").glob(f"{number}_*")).read_text()


def test_each_step_is_one_statement_or_one_command_that_is_done() -> None:
    found = list(statements())
    assert len(found) > 70
    for name, step in found:
        read = list(pieces(step.text, DIALECTS[step.language]))  # type: ignore[arg-type]
        assert len(read) == 1, (name, step.text)
        if read[0].kind == "command":
            assert not reaction(read[0].text, "postgres", expanded=False).refusal, step.text
        assert not read[0].refusal, (name, step.text)


@pytest.fixture(scope="module")
def watched() -> Iterator[Server]:
    """With the extension that the runbooks ask."""
    with postgres_server("shared_preload_libraries=pg_stat_statements") as server:
        if isinstance(server, str):
            pytest.skip(server)
        with opened(server.url()) as desk:
            assert desk.run("CREATE EXTENSION pg_stat_statements").status == "succeeded", desk.said
        yield server


def runnable() -> list[str]:
    """All of both incident runbooks, and what other documents ask the catalogue of any server."""
    named = [step.text for name, step in statements() if name.startswith("003")]
    lost = [found[0].strip(" ;") for found in SENTENCE.finditer(seed("004"))]
    catalogue = [
        step.text
        for name, step in statements()
        if not name.startswith("003") and re.search(r"\bpg_\w+|information_schema", step.text)
    ]
    return [*named, *lost, *catalogue]


def test_what_reads_the_catalogue_runs_and_what_does_more_is_not_safe(watched: Server) -> None:
    ran = 0
    with opened(watched.url()) as desk:
        for text in runnable():
            filled = text.replace("{{TABLE_NAME}}", "pg_class").replace("{{DB_NAME}}", "postgres")
            level = judge(filled, "sql", Surroundings(dialect="postgres")).level
            if level == "safe":
                outcome = desk.run(filled)
                assert outcome.status == "succeeded" or "does not exist" in outcome.message, (filled, outcome.message)
                ran += outcome.status == "succeeded"
    assert ran >= 12
