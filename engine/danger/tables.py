"""The rows of every tool, indexed by the name a command has; a team's own rows come before ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ..expressions import expression
from .pattern import Pattern, compile_pattern
from .rule import Rule, Tool
from .surroundings import Policy

NO_TOOL = Tool("")


class Row(NamedTuple):
    rule: Rule
    pattern: Pattern
    id: str


class Tables(NamedTuple):
    """Rows by tool; patterns are compiled at a tool's first use."""

    own: Mapping[str, tuple[Row, ...]]
    """Of the team's configuration."""
    aliases: Mapping[str, tuple[str, ...]]
    wrappers: tuple[tuple[str, ...], ...]

    @staticmethod
    def of(policy: Policy) -> Tables:
        return _tables(policy.rules, tuple(policy.aliases.items()), policy.wrappers)

    def name(self, word: str) -> str:
        """The name rows are kept under: without its directory, and without the suffix of a program that ships as one.

        A suffix is only dropped from a name that ships with one (`kafka-topics.sh`): `reset.sh` is somebody's script,
        and no `reset`.
        """
        if word in _rules():  # nearly always
            return word
        base = word.rsplit("/", 1)[-1]
        if VERSIONED.match(base):  # `python3.11`, `php8.2`
            return "python3" if base.startswith("python") else base.rstrip("0123456789.")
        stem, dot, suffix = base.rpartition(".")
        ships = suffix == "exe" or (suffix in ("sh", "bat") and SHIPPED.match(stem) is not None)
        if dot and ships and self.knows(stem):
            return stem
        return base

    def is_elsewhere(self, word: str) -> bool:
        """The word names a file that stands in no directory of programs, so that its name says nothing sure of it."""
        folder, slash, base = word.rpartition("/")
        if not slash or base in OF_PROJECTS or word in _rules():
            return False
        return not folder.endswith(("bin", "libexec", "sbin"))

    def knows(self, tool: str) -> bool:
        return tool in self.own or self.ships(tool)

    def ships(self, tool: str) -> bool:
        """Whether our own rows know it, and not only a team's."""
        return tool in _rules() or tool in _tools()

    def tool(self, tool: str) -> Tool:
        return _tools().get(tool, NO_TOOL)

    def rows(self, tool: str) -> tuple[Row, ...]:
        return (*self.own[tool], *_rows(tool)) if tool in self.own else _rows(tool)


@lru_cache(maxsize=8)
def _tables(rules: tuple[Rule, ...], aliases: tuple[tuple[str, str], ...], wrappers: tuple[str, ...]) -> Tables:
    by_tool = {name: tuple(_compiled(rows, _tools().get(name, NO_TOOL))) for name, rows in _by_tool(rules).items()}
    words = {name: tuple(command.split()) for name, command in (*DEFAULT_ALIASES.items(), *aliases)}
    return Tables(by_tool, words, tuple(tuple(wrapper.split()) for wrapper in wrappers))


SHIPPED = expression(
    r"kafka-|connect-|zk[A-Z]|zookeeper-|k3s-|rke2-|securityadmin|elasticsearch-|opensearch-|hbase-|rolling-restart|spark-"
    r"|(?:start|stop)-(?:dfs|yarn|all|hbase|master|worker|slave)|graceful_stop|flink|pulsar|bookkeeper|mapred|yarn-|hadoop-"
    r"|hdfs-|nifi|jboss-cli|catalina"
)
VERSIONED = expression(r"(?:python3\.\d+|perl5[\d.]*|ruby[\d.]+|php[\d.]+|pip[\d.]+|node[\d.]+)\Z")
OF_PROJECTS = frozenset({"manage.py", "gradlew", "mvnw", "artisan", "occ", "console", "zkCli.sh", "zookeeper-shell.sh"})
"""Programs that every project has a copy of, wherever it lies."""
DEFAULT_ALIASES: Mapping[str, str] = {
    "k": "kubectl",
    "kc": "kubectl",
    "kubecolor": "kubectl",
    "tf": "terraform",
    "opentofu": "tofu",
    "tg": "terragrunt",
    "dc": "docker-compose",
    "d": "docker",
    "g": "git",
    "vi": "vim",
    "ll": "ls -l",
    "la": "ls -la",
}
"""Names that mean the same everywhere; a team's own are configured."""


def _by_tool(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        for name in rule.tool.split("|"):
            found.setdefault(name, []).append(rule)
    return found


def _compiled(rules: Sequence[Rule], tool: Tool) -> Iterable[Row]:
    for rule in rules:
        yield Row(rule, compile_pattern(rule.what, tool.fold), rule.id or rule_id(rule))


def rule_id(rule: Rule) -> str:
    """Made of the tool and the words of its pattern: `kubectl-delete-namespace`."""
    words = [word for word in rule.what.split() if word[0] not in "!@~$." or len(rule.what.split()) == 1]
    shown = [word.partition("|")[0].strip("-*@!~").replace("=", "-").rstrip("*") for word in words]
    return "-".join(filter(None, (rule.tool.partition("|")[0], *shown)))


@lru_cache(maxsize=1)
def _rules() -> dict[str, list[Rule]]:
    from .rules import RULES

    return _by_tool(RULES)


@lru_cache(maxsize=1)
def _tools() -> dict[str, Tool]:
    from .rules import TOOLS

    return {name: tool for tool in TOOLS for name in tool.names.split("|")}


@lru_cache(maxsize=1024)
def _rows(tool: str) -> tuple[Row, ...]:
    return tuple(_compiled(_rules().get(tool, ()), _tools().get(tool, NO_TOOL)))
