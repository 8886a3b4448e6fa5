"""Properties of a command's operands that a pattern may name with `@`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from posixpath import normpath

from ..expressions import expression
from .copies import PROPERTIES as COPIES
from .copies import SCRATCH_ROOTS
from .endpoints import PROPERTIES as REQUESTS
from .files import DATA_ROOTS, POWER, SYSTEM_ROOTS, is_device, is_scratch
from .invocation import Invocation
from .scans import PROPERTIES as SCANS
from .words import HOLE, Arg

PRODUCTION = expression(r"(?:^|[-_./:@])(?:prod|production|prd|live)(?:$|[-_./:@\d])", re.IGNORECASE)

REBUILT = expression(
    r"(?:.*/)?(?:node_modules|bower_components|__pycache__|\.(?:pytest|mypy|ruff|sass|parcel)[-_]cache|\.tox|\.nox|\.venv"
    r"|\.terraform|\.gradle|\.next|\.cache|\.npm|[\w.-]+\.egg-info|\.eggs|\.vagrant|\.turbo|\.serverless|caches?)(?:/.*)?\Z"
    r"|(?:\./)?(?:[\w-]+/)*(?:venv|dist|build|target|coverage|htmlcov|tmp|\.tmp|out)(?:/.*)?\Z"
    r"|/var/cache/.+|/var/lib/apt/lists(?:/.*)?\Z|.*\.(?:pyc|pyo|tmp|swp|pid|lock|sock|retry)\Z"
)
"""What a program or a build makes again by itself: dependencies, caches, process files."""
DATABASES = expression(
    r"/(?:var/lib|var/opt|srv|data|mnt(?:/[^/]+)?|opt)/(?:.*/)?(?:mysql|mariadb|percona|postgres\w*|pgsql|pgdata|mongo\w*|etcd|redis|valkey|elasticsearch|opensearch|clickhouse"
    r"|cassandra|scylla|kafka|zookeeper|rabbitmq|influxdb?2?|prometheus|docker|containerd|kubelet|libvirt|rook|ceph|grafana|consul|vault|neo4j|couchdb|minio|jenkins|gitlab|git-data|ldap|openldap|dovecot|loki"
    r"|tempo|mimir|victoria-metrics|solr|cockroach|nomad|rancher|nats|pulsar|db|database|data)(?:/|\Z)|/data/?\Z|/pgdata(?:/|\Z)"
)  # fmt: skip
"""Directories a running service keeps its data in."""
SYSTEM = expression(
    r"/(?:\*|(?:bin|boot|dev|etc|home|lib|lib64|opt|proc|root|run|sbin|srv|sys|usr|var|var/lib|var/log|usr/(?:bin|lib|local|sbin|share))(?:/\*?)?)?\Z"
)
"""Directories the whole machine lives in; unlike `@root`, where the shell stands is not one of them."""
PID_FILE = expression(
    r"""["']?(?:\$\(|`)\s*(?:(?:sudo\s+)?(?:cat\s+|<\s*)["']?[^\s|;&]*pid[^\s|;&]*|jobs\s+-p)\s*[)`]["']?"""
)
MADE_AGAIN = expression(r"(?:pods?|po|jobs?|events?|leases?)/")
NO_ACT = frozenset({"--no-act", "--dry-run", "--simulate"})
EXTENSION = expression(r"\.(?!(?:db|sqlite3?|d|\d+|rdb|aof|ibd|frm|MYD|MYI|wal|snap|kdbx|dat|data)\Z)\w{1,8}\Z")


def _path(arg: Arg, invocation: Invocation) -> str:
    """The operand as a path; what is relative stands in the directory the text went to."""
    path = arg.value.partition("=")[2] if re.match(r"(?:of|if)=", arg.value) else arg.value
    if path.startswith(("/", "~", "$")) or not invocation.directory or arg.is_open:
        return path
    return f"{invocation.directory.rstrip('/')}/{path.removeprefix('./')}"


def _scratch(invocation: Invocation, operands: Sequence[Arg]) -> bool:
    """There are some, and all of them lie in places for passing things."""
    return bool(operands) and all(is_scratch(_path(arg, invocation), invocation.written(arg)) for arg in operands)


def _device(invocation: Invocation, operands: Sequence[Arg]) -> bool:
    return any(is_device(_path(arg, invocation)) for arg in operands)


def _bulk(invocation: Invocation, operands: Sequence[Arg]) -> bool:
    """It hits whatever is there when it runs: a loop, `xargs`, a glob, the output of another command."""
    return invocation.setting.is_bulk or any(arg.is_glob or arg.is_listing for arg in operands)


def _root(invocation: Invocation, operands: Sequence[Arg]) -> bool:
    return any(SYSTEM_ROOTS.match(_path(arg, invocation)) for arg in operands)


def _data(invocation: Invocation, operands: Sequence[Arg]) -> bool:
    return any(DATA_ROOTS.match(_path(arg, invocation) + "/") for arg in operands)


def _all(matches: Callable[[str], object]) -> Callable[[Invocation, Sequence[Arg]], bool]:
    return lambda invocation, operands: bool(operands) and all(matches(_path(arg, invocation)) for arg in operands)


def _any(matches: Callable[[str], object]) -> Callable[[Invocation, Sequence[Arg]], bool]:
    return lambda invocation, operands: any(matches(_path(arg, invocation)) for arg in operands)


def _last(matches: Callable[[Invocation, Sequence[Arg]], bool]) -> Callable[[Invocation, Sequence[Arg]], bool]:
    """The same of where it goes: the last of several operands, or what `-t` names."""

    def holds(invocation: Invocation, operands: Sequence[Arg]) -> bool:
        named = [
            option for option in invocation.options if option.name in ("-t", "--target-directory") and option.value
        ]
        if named:
            return matches(invocation, [named[0].arg._replace(value=named[0].value or "")])
        return len(operands) > 1 and matches(invocation, operands[-1:])

    return holds


def _into_scratch(invocation: Invocation, operands: Sequence[Arg]) -> bool:
    """What is put into `/tmp` itself gets a name of its own there."""
    return all(_path(arg, invocation).rstrip("/") in SCRATCH_ROOTS for arg in operands) or _scratch(
        invocation, operands
    )


def _edits_scratch(invocation: Invocation, operands: Sequence[Arg]) -> bool:
    """The first operand is the program, unless an option holds it."""
    has_program = any(option.name in ("-e", "--expression", "-f", "--file") for option in invocation.options)
    return _scratch(invocation, operands if has_program else operands[1:])


def _pid_file(invocation: Invocation, operands: Sequence[Arg]) -> bool:
    """Every operand is what a process wrote down of itself, or what this shell has started."""
    return bool(operands) and all(PID_FILE.fullmatch(invocation.written(arg)) for arg in operands)


def _no_act_first(invocation: Invocation, _operands: Sequence[Arg]) -> bool:
    """`dpkg` does what it reads before it reads that it should not."""
    words = [arg.value for arg in invocation.args]
    acts = [place for place, word in enumerate(words) if word.startswith("-") and word not in NO_ACT]
    return any(word in NO_ACT for word in words[: acts[0] if acts else len(words)])


def _live_data(invocation: Invocation, operands: Sequence[Arg]) -> bool:
    """What is moved away is a service's data: no file that is named like a text or a program."""
    return any(
        DATABASES.search(path) is not None and not EXTENSION.search(path)
        for path in (_path(arg, invocation) for arg in operands[:-1])
    )


def _piped(invocation: Invocation, _operands: Sequence[Arg]) -> bool:
    return invocation.setting.stdin is not None


def _downloaded(invocation: Invocation, _operands: Sequence[Arg]) -> bool:
    return invocation.setting.stdin is not None and invocation.setting.stdin.origin == "download"


def _relative(_invocation: Invocation, operands: Sequence[Arg]) -> bool:
    """It hits whatever directory the shell is in, and a `cd` before may have failed."""
    return any(not arg.value.startswith(("/", "~", HOLE)) for arg in operands)


def _system_here(invocation: Invocation, operands: Sequence[Arg]) -> bool:
    """`cd /etc` and then `.`"""
    paths = [_path(arg, invocation) for arg in operands]
    return bool(invocation.directory) and any(SYSTEM.match(normpath(path.replace("//", "/"))) for path in paths)


def _made_again(_invocation: Invocation, operands: Sequence[Arg]) -> bool:
    """Nothing but pods, where each object is named with its kind."""
    return all(MADE_AGAIN.match(arg.value) for arg in operands if "/" in arg.value)


def _open(_invocation: Invocation, operands: Sequence[Arg]) -> bool:
    return any(arg.is_open for arg in operands)


PROPERTIES: Mapping[str, Callable[[Invocation, Sequence[Arg]], bool]] = {
    **REQUESTS,
    **COPIES,
    **SCANS,
    "scratch": _scratch,
    "device": _device,
    "bulk": _bulk,
    "root": _root,
    "data": _data,
    "rebuilt": _all(REBUILT.match),
    "database": _any(DATABASES.search),
    "bare": lambda invocation, _operands: not invocation.options,
    "no-act-first": _no_act_first,
    "pid-file": _pid_file,
    "live-data": _live_data,
    "system": _any(SYSTEM.match),
    "power": _any(POWER.match),
    "from-system": lambda invocation, operands: any(SYSTEM.match(_path(arg, invocation)) for arg in operands[:-1]),
    "edits-scratch": _edits_scratch,
    "to-scratch": _last(_into_scratch),
    "to-device": _last(_device),
    "to-power": _last(_any(POWER.match)),
    "to-database": _last(_any(DATABASES.search)),
    "to-remote": _last(lambda _invocation, operands: bool(re.match(r"[^/]+:", operands[0].value))),
    "piped": _piped,
    "downloaded": _downloaded,
    "open": _open,
    "relative": _relative,
    "system-here": _system_here,
    "made-again": _made_again,
    "dashed": lambda invocation, _operands: invocation.line.has_dashes,
    "one": lambda _invocation, operands: len(operands) == 1,
    "many": lambda _invocation, operands: len(operands) > 1,
    "production": lambda invocation, operands: (
        any(PRODUCTION.search(arg.value) for arg in operands)
        or any(PRODUCTION.search(option.value or "") for option in invocation.options)
    ),
}
