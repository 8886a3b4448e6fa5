"""What holds for any text at all: it reads or is refused, nothing falls through, and every id is its own."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from engine.errors import DocumentError
from engine.model import Runbook
from engine.outline import to_json, to_text
from engine.parse import read_runbook
from engine.parse.markdown import read_blocks
from engine.parse.quick_blocks import QuickBlocks

PIECES = [
    "# Title",
    "## Section",
    "### Scenario 1: x",
    "### Scenario 2: y",
    "text",
    "**Label**:",
    "Output:",
    "Verify:",
    "- bullet",
    "  - nested",
    "- [ ] item",
    "  - [x] inner",
    "1. one",
    "2. two",
    "1. [ ] gate",
    "> quote",
    "> ```bash",
    "> uptime",
    "```",
    "```bash",
    "```sql",
    "```console",
    "````md",
    "~~~",
    "~~~sh",
    "    indented",
    "\tkubectl get pods",
    "",
    "",
    "<!--",
    "-->",
    "<div>",
    "| a | b |",
    "|---|---|",
    "---",
    "!!! note",
    '=== "Tab"',
    "```{note}",
    "Run `kubectl get pods -n x` now.",
    "# 1. Comment",
    "# For Kubernetes:",
    "# For Docker:",
    "# Or else",
    "echo hi",
    "kubectl get pods",
    "$ ls",
    "# ls -l",
    "cat <<EOF",
    "EOF",
    'echo "',
    "for i in 1 2; do",
    "done",
    "fi",
    "SELECT 1;",
    "-- comment",
    "mysql> SELECT 1;",
    "127.0.0.1:6379> INFO",
    "\\dt",
    "{{X}}",
    "<name>",
    "key: value",
    "+---+",
    "NAME   READY",
    "#!/bin/bash",
    "\x00",
    "é",
    "\u2028",
    "\x0c",
    "#",
    "# ",
]
documents = st.lists(st.sampled_from(PIECES), max_size=30).map("\n".join)
anything = st.one_of(documents, st.text(max_size=200))


def maybe_read(text: str) -> Runbook | None:
    """None for a document that is refused."""
    try:
        return read_runbook("any.md", text.encode())
    except DocumentError:
        return None


@settings(deadline=None)
@given(anything.filter(lambda text: not re.search("[\ud800-\udfff]", text)))
@example("```\n")
@example("- [ ] \n")
@example("1. ```bash\n   x")
@example("```bash\n```bash\n## a\n```")
@example("```bash\n# For x:\n\n# For y:\n\n# Or z\n```")
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    runbook = maybe_read(text)
    if runbook is None:
        return
    last = runbook.source.count("\n") + 1
    for step in runbook.steps:
        assert 1 <= step.lines.first <= step.lines.last <= last
        assert step.title
        assert step.broken is None or step.broken in runbook.problems
    assert all(1 <= problem.line <= last for problem in runbook.problems)
    assert to_json(runbook, ())["title"] == runbook.title
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", to_text(runbook, (), 80))


@settings(deadline=None)
@given(documents)
def test_every_id_of_a_document_is_its_own_and_can_be_typed(text: str) -> None:
    runbook = maybe_read(text)
    if runbook is None:
        return
    ids = [step.id for step in runbook.steps] + [item.id for step in runbook.steps for item in step.items]
    ids += [choice.id for choice in runbook.choices] + [o.id for choice in runbook.choices for o in choice.options]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z0-9-]{1,44}", each) for each in ids)
    options = {option.id for choice in runbook.choices for option in choice.options}
    assert all(set(step.options) <= options for step in runbook.steps)


BODY = [
    "# 1. Look",
    "# Look",
    "# WARNING: careful",
    "#",
    "",
    "",
    "kubectl get pods",
    "echo hi \\",
    "  --more",
    "$ ls -l",
    "> more",
    "out put",
    "NAME   READY   STATUS",
    "cat <<EOF",
    "EOF",
    "SELECT 1;",
    "-- title",
    "DELETE FROM t",
    "if true; then",
    "fi",
    "key: value",
    "# For A:",
    "# For B:",
    "# Or so",
    "mysql> SELECT 1;",
    "-> FROM t;",
    "127.0.0.1:6379> INFO",
    "'quote",
    "{",
    "}",
    "x=1",
    "# ls -l",
    "\\dt",
    "user@host:~$ uptime",
    "#!/bin/sh",
    "```",
    "(aside)",
    "# (aside)",
    "+--+",
    "| 1 |",
    "DELIMITER //",
    "//",
    "$$",
]


@settings(deadline=None)
@given(
    st.sampled_from(
        ["bash", "sh", "console", "sql", "mysql", "psql", "", "yaml", "text", "output", "8sh", "shell {name=x}"]
    ),
    st.lists(st.sampled_from(BODY), min_size=1, max_size=14),
)
def test_no_line_of_a_fence_disappears(language: str, body: list[str]) -> None:
    text = (
        "# T\n\n```bash\nuptime -p\n```\n\n````" + language + "\n" + "\n".join(body) + "\n````\n\n## End\n\n1. last\n"
    )
    runbook = maybe_read(text)
    assert runbook is not None
    covered = {line for step in runbook.steps for line in range(step.lines.first, step.lines.last + 1)}
    covered |= {problem.line for problem in runbook.problems}
    shown = "\n".join(f"{s.text}\n{s.prose}\n{s.sample_output}\n{s.expectation}" for s in runbook.steps)
    for row, line in enumerate(body):
        words = line.strip("# \t") or line.strip()
        assert not line.strip() or row + 8 in covered or words in shown, (row, line)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "a",
                "# h",
                "- x",
                "  - y",
                "1. z",
                "2) q",
                "```",
                "~~~",
                "> q",
                ">",
                "",
                "",
                "    code",
                "\tt",
                "---",
                "===",
                "| a | b |",
                "|---|---|",
                "a | b",
                "-|-",
                "<div>",
                "<!-- c -->",
                "***",
                "+ p",
                "-",
                "1.",
                "   b",
                "     c",
                "> - x",
                "> ```",
                "* * *",
                "  ",
                "= ",
                "[a]: b",
            ]
        ),
        max_size=14,
    ).map("\n".join)
)
def test_quick_blocks_are_the_blocks_of_markdown_it(text: str) -> None:
    stock = MarkdownIt("commonmark").enable("table").disable("reference")
    quick = MarkdownIt("commonmark")
    quick.block = QuickBlocks()
    for reader in (stock, quick):
        reader.core.ruler.enableOnly(["block"])
    assert quick.parse(text) == stock.parse(text)


@settings(deadline=None)
@given(documents)
def test_blocks_lie_in_order_within_the_document(text: str) -> None:
    lines = text.split("\n")
    blocks = read_blocks(lines)
    assert all(1 <= block.first <= block.last <= len(lines) for block in blocks)
    assert all(before.last < after.first for before, after in pairwise(blocks))
