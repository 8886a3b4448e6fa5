"""What a dangerous command hits, in few enough words to be typed."""

from __future__ import annotations

from collections.abc import Sequence

from ..expressions import expression
from .invocation import Invocation
from .words import Arg

SCOPES = (
    ("--context", "--kube-context", "--cluster", "--profile", "--project", "--subscription", "-chdir"),
    (
        "--namespace",
        "--host",
        "--hostname",
        "--resource-group",
        "--app",
        "--stack",
        "--org",
        "--endpoints",
        "--endpoint",
    ),
    ("--dbname", "--database"),
)
"""Options that say where, outermost first."""
SHORT: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("kubectl", "oc", "helm", "velero", "argocd", "flux", "istioctl"), ("-n",)),
    **dict.fromkeys(("psql", "pg_restore", "dropdb", "vacuumdb"), ("-h", "-d")),
    **dict.fromkeys(("mysql", "mariadb", "mysqladmin"), ("-h", "-D")),
    **dict.fromkeys(("redis-cli", "valkey-cli", "mongosh"), ("-h",)),
    **dict.fromkeys(("az",), ("-g",)),
    **dict.fromkeys(("heroku", "fly", "flyctl"), ("-a",)),
    **dict.fromkeys(("pulumi",), ("-s",)),
    **dict.fromkeys(("docker", "docker-compose"), ("-H",)),
}
"""Letters that say so with some tools only."""
NAMING = tuple(
    """
    --name --instance-ids --instance-id --db-instance-identifier --bucket --table-name --function-name --queue-url
    --stack-name --topic --entity-name --id --group-name --repository-name --cluster-name --service --user-name
    --volume-id --snapshot-id --auto-scaling-group-name --secret-id -f --filename -l --selector
    """.split()  # noqa: SIM905
)
"""Options that say what, for tools that name it so."""
BY_OPTION = frozenset({"aws", "az", "gcloud"})
"""Tools that name what is hit by an option first."""
LONGEST = 60
PLAIN = expression(r"[^\x20-\x7e]+")


def target_of(invocation: Invocation, taken: int) -> str:
    """Never empty. `taken` operands said what is done; what is left is what it is done to."""
    named = _option(invocation, NAMING)
    operands = _operands(invocation, invocation.operands[taken:])
    what = named or operands if invocation.tool in BY_OPTION else operands or named
    places = (*SCOPES, *((letter,) for letter in SHORT.get(invocation.tool, ())))
    named_places = [_option(invocation, names) for names in places]
    scopes = [scope for scope in named_places if scope and scope != what]
    said = _short("/".join(filter(None, (*scopes, what)))) or _verb(invocation)
    return _short(f"{invocation.setting.host}:{said}") if invocation.setting.host else said


def _verb(invocation: Invocation) -> str:
    """Of a command that is given what it hits only when it runs."""
    return _short(" ".join((invocation.tool, *(arg.value for arg in invocation.operands[:1] if not arg.is_open))))


def _operands(invocation: Invocation, operands: Sequence[Arg]) -> str:
    words = [_said(invocation, arg) for arg in operands if not (arg.is_open and arg.is_listing)]
    joined = " ".join(dict.fromkeys(words))
    return joined if len(joined) <= LONGEST else (words[0] if words else "")


def _said(invocation: Invocation, arg: Arg) -> str:
    """As written, but for variables whose values are known."""
    written = invocation.written(arg)
    return arg.value if "$" in written and arg.value and not arg.is_open else written


def _option(invocation: Invocation, names: Sequence[str]) -> str:
    for option in invocation.options:
        if option.name in names and option.value:
            return option.value if "\ufffc" not in option.value else invocation.written(option.arg).rpartition("=")[2]
    return ""


def _short(text: str) -> str:
    """One line that a keyboard has keys for."""
    return " ".join(PLAIN.sub(" ", text).split()).strip("\"'")[:LONGEST].strip()
