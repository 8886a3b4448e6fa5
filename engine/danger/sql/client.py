"""Commands of the clients themselves: `\\dt` and `\\!` of psql, `source` of mysql, `.shell` of sqlite3."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from ...expressions import expression
from ...levels import Level
from ..verdict import Category, Verdict, worst

Shell = Callable[[str], Verdict]


@dataclass(frozen=True)
class ClientRule:
    command: str
    """A regular expression over the whole command line, folded; its group `shell` is a shell command, `sql` is SQL."""
    level: Level
    category: Category
    why: str
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    id: str = ""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self.command, re.IGNORECASE | re.DOTALL)


C = ClientRule
CLIENT_RULES = (
    C(r"\\!\s*(?P<shell>\S.*)", "safe", "read_only", "a shell command", yes=("\\! ls",), id="shell"),
    C(r"\\!", "caution", "opaque", "opens a shell", yes=("\\!",), id="shell-open"),
    C(r"(?:\.(?:shell|system|sh)|!!|!|host|system)\s+(?P<shell>\S.*)", "safe", "read_only", "a shell command",
      yes=(".shell ls", "! ls", "system ls"), no=(".show",), id="shell-word"),
    C(r"(?:!!|!)(?P<shell>\w.*)", "safe", "read_only", "a shell command", yes=("!ls",), id="shell-bang"),
    C(r"\\(?:o|out|g|gx|w|write|copy\b.*?\b(?:program|to|from)|P|pager)\s*\|\s*(?P<shell>\S.*)", "caution", "opaque",
      "sends the output to a shell command", yes=("\\o | cat", "\\g |cat"), id="pipe"),
    C(r"\\P\s+(?P<shell>\S.*)|pager\s+(?P<shell2>\S.*)", "caution", "opaque", "sends the output to a shell command",
      yes=("pager less",), id="pager"),
    C(r"\.(?:output|once|read|import|excel|log)\s+[\"']?\|\s*(?P<shell>\S.*)", "caution", "opaque",
      "sends the output to a shell command", yes=(".once |cat",), id="dot-pipe"),
    C(r"\\copy\b.*?\bprogram\s*'(?P<shell>(?:[^']|'')*)'.*", "caution", "privilege", "runs a shell command",
      yes=("\\copy t from program 'cat x'",), id="copy-program"),
    C(r"\\copy\b.*?\bto\s+(?:stdout|pstdout)\b.*", "safe", "read_only", "only reads", yes=("\\copy t to stdout",),
      id="copy-out"),
    C(r"\\copy\b.*?\bto\b.*", "caution", "config_change", "writes a file",
      yes=("\\copy t to 'x.csv' csv",), id="copy-to"),
    C(r"\\copy\b.*", "caution", "config_change", "loads rows", yes=("\\copy t from 'x.csv' csv",), id="copy-from"),
    C(r"(?:\\(?:i|ir|include|include_relative|\.)|\.read|source|@@?|:r)\s*\S.*", "caution", "opaque",
      "runs a file that is not seen", yes=("\\i x.sql", "\\. x.sql", ".read x.sql", "@x.sql"), id="file"),
    C(r"\\gexec\b.*", "caution", "opaque", "runs what the query returns as SQL", yes=("\\gexec",), id="gexec"),
    C(r"\\(?:g|gx|o|out|w|write|s|T|tee|lo_export|lo_import|lo_unlink)\s+\S.*", "caution", "config_change",
      "writes a file or a large object", yes=("\\o out.txt",), no=("\\o",), id="file-out"),
    C(r"\\(?:e|edit|ef|ev)\b.*", "caution", "opaque", "opens an editor, and runs what comes out of it", yes=("\\e",),
      id="editor"),
    C(r"\\password\b.*", "caution", "credentials", "changes a password", yes=("\\password app",), id="password"),
    C(r"\\(?:c|connect|r)\s+\S+\s+\S.*", "caution", "config_change", "goes on as another user or on another server",
      yes=("\\c shop app",), no=("\\c shop",), id="connect"),
    C(r"\\setenv\s+(?:(?:PSQL_)?(?:PAGER|EDITOR)|VISUAL|PATH|SHELL)\s+[\"']?(?P<shell>\S.*)", "caution", "opaque",
      "changes what the client runs later", yes=("\\setenv PAGER less",), id="setenv"),
    C(r"\\pset\s+(?:pager_command|pager_script)\s+[\"']?(?P<shell>\S.*)", "caution", "opaque",
      "changes what the client runs later", yes=("\\pset pager_command less",), id="pset-pager"),
    C(r"\.(?:trace|testcase)\s+[\"']?\|?\s*(?P<shell>[^\s].*)", "caution", "opaque", "writes a file, or runs a command",
      yes=(".trace |cat",), id="dot-trace"),
    C(r"\\(?:set|setenv)\b\s*\S*\s*(?P<words>.*)", "safe", "local_scratch", "sets a variable of the client",
      yes=("\\set x 1",), id="set"),
    C(r"\\(?:d\w*|l|z|sf|sv|x|a|t|f|h|c|p|r|q|s|T|C|H|n|u|w|W|R|o|e|G|\?|timing|pset|conninfo|connect|echo|qecho|warn|unset"
      r"|encoding|errverbose|gset|gx|gdesc|crosstabview|watch|if|elif|else|endif|prompt|help|bind\w*|parse|close_prepared"
      r"|getenv|cd|copyright|list|quit|print|reset|html|sendpipeline|startpipeline|endpipeline|flush\w*|syncpipeline"
      r"|getresults|getenv|setenv|restrict|unrestrict|g|out|;)[S+x]*(?:\s.*|;.*)?", "safe", "read_only",
      "a command of the client that only looks, or sets how it shows", yes=("\\dt", "\\x on", "\\d+ orders", "\\l+"),
      id="look"),
    C(r"\.(?:restore)\b.*", "dangerous", "data_destruction", "puts a backup over the open database",
      yes=(".restore x.db",), id="restore"),
    C(r"\.open\s+.*--?new\b.*", "dangerous", "data_destruction", "empties the file that it opens",
      yes=(".open --new x.db",), id="open-new"),
    C(r"\.(?:tables|schema|indexes|indices|databases|dbinfo|dump|fullschema|help|show|headers?|mode|quit|exit|timer|width"
      r"|nullvalue|separator|stats|eqp|explain|echo|print|prompt|bail|changes|limit|lint|timeout|version|vfs\w*|param\w*"
      r"|sha3sum|selftest|recover|progress|trace|scanstats|selecttrace|wheretrace|connection|cd|open|parameter|auth|binary"
      r"|once|output|testcase|check|intck|expert|crlf|dbconfig|dbtotxt|quote|excel|rows?|columns?|maxrows|maxwidth|large_number_rendering)"
      r"(?:\s*|\s+(?!.*\S\s*\|).*)", "safe", "read_only", "a command of the client that only looks",
      yes=(".tables", ".schema orders", ".mode column"), id="dot-look"),
    C(r"\.(?:backup|save|clone|import|load|log|archive|ar|session|unmodule|filectrl|imposter|testctrl)\b.*", "caution",
      "config_change", "writes a file or loads one", yes=(".backup x.db",), id="dot-write"),
)  # fmt: skip
BACKTICKS = expression(r"`([^`]+)`")
OUTPUT_FILE = expression(r"\.(?:once|output|excel)\s+(?!off\b|stdout\b)\S", re.IGNORECASE)


def judge_command(line: str, shell: Shell) -> Verdict:
    """The verdict on a client's own command line; its span is that of the line."""
    command = " ".join(line.strip().rstrip(";").split())
    found = _judged(command, shell)
    inner = [shell(code) for code in BACKTICKS.findall(command)] if command.startswith("\\") else []
    return worst([found, *inner], found)._replace(span=(0, len(line)), dry_run=None)


def _judged(command: str, shell: Shell) -> Verdict:
    for row in CLIENT_RULES:
        matched = row.pattern.fullmatch(command)
        if matched is None:
            continue
        rule = _writing(row) if OUTPUT_FILE.match(command) else row
        own = Verdict(rule.level, rule.category, f"sql-client-{rule.id}", rule.why, (0, 0), _target(rule))
        code = next((text for name, text in matched.groupdict().items() if name.startswith("shell") and text), "")
        return worst([shell(code), own], own) if code else own
    return Verdict("unknown", "opaque", "sql-client", "a command of the client that is not understood", (0, 0))


def _writing(rule: ClientRule) -> ClientRule:
    """The same command with a file named behind it."""
    if rule.level == "dangerous" or rule.id == "dot-pipe":
        return rule
    return replace(rule, level="caution", category="config_change", why="writes over a file", id="dot-output")


def _target(rule: ClientRule) -> str:
    return "the open database" if rule.level == "dangerous" else ""
