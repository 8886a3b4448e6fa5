"""Commands of the clients themselves, such as psql's `\\dt`: which of them are done without a client, and what to write
in place of the others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..expressions import expression
from .sql_readings import CLIENTS
from .sql_tokens import SENDING, Statement, Token, statements

COMMAND = expression(r"\\([a-zA-Z]+|[!?.])([+S]*)[ \t]*(.*)", re.DOTALL)
RELATIONS = expression(r"d[tvmsiE]+")
"""psql's lists of tables, views, materialized views, sequences, indexes and foreign tables, alone or together."""
CATALOGUE = frozenset({"d", "l", "list", "du", "dg", "dn", "dx", "df", "conninfo"})
SHOWN_SO = "results are shown in one form"
KEPT_OPEN = "the connection is kept until the run ends"
DONE: Mapping[str, str] = {"q": KEPT_OPEN, "quit": KEPT_OPEN, "g": "", "p": "the step's text is above"}
"""Nothing has to be done for them; why is said."""
DONE_FOR_PSQL: Mapping[str, str] = {
    "timing": "every step is timed",
    "pset": SHOWN_SO,
    "a": SHOWN_SO,
    "t": SHOWN_SO,
    "H": SHOWN_SO,
}
STOPS = "a step ends at its first error"
"""What `\\set ON_ERROR_STOP on` is for."""
SAYING = frozenset({"echo", "qecho"})
ANOTHER_DATABASE = "a step is connected to the database its fence names, as in `{database=NAME}`"
ANOTHER_FILE = "write the file's statements into the runbook, where they are judged and shown before they run"
INSTEAD: Mapping[str, str] = {
    "c": ANOTHER_DATABASE,
    "connect": ANOTHER_DATABASE,
    "copy": "it reads or writes a file of the client's; use a shell step with psql, or write SELECT or INSERT",
    "i": ANOTHER_FILE,
    "ir": ANOTHER_FILE,
    "include": ANOTHER_FILE,
    "o": "a step's output is recorded; use a shell step with psql to have it in a file",
    "g": "a step's output is recorded; use a shell step with psql to have it in a file",
    "!": "write it as a shell step",
    "set": "inputs are written as placeholders, such as `{name}`",
    "gset": "inputs are written as placeholders, such as `{name}`",
    "watch": "run the step again instead",
    "gexec": "write the statements themselves, so that they are judged before they run",
    "e": "write the statement itself",
}
INSTEAD_OF_MYSQL: Mapping[str, str] = {
    "c": "leave out the statement that it drops",
    "s": "write the catalogue's or `SHOW` query instead",
    "u": "a step is connected to the database its fence names; `USE NAME` changes it",
    ".": ANOTHER_FILE,
    "!": INSTEAD["!"],
}
ELSE = "it belongs to the client program; write it as SQL"


def is_done(name: str, argument: str, dialect: str) -> bool:
    """Without a client, or by a query. `dialect` is empty where it is not known."""
    if name in DONE:
        return True
    if dialect not in ("postgres", ""):
        return False
    is_listing = name in CATALOGUE or RELATIONS.fullmatch(name) is not None
    return is_listing or name in DONE_FOR_PSQL or name == "x" or name in SAYING or stops(name, argument)


def stops(name: str, argument: str) -> bool:
    """It asks for what is so anyway."""
    return name == "set" and argument.split()[:1] == ["ON_ERROR_STOP"]


def parts(command: str) -> tuple[str, str] | None:
    """Name and argument of a command behind a backslash; None for any other."""
    found = COMMAND.match(command)
    if found is None:
        return None
    name, argument = found[1], found[3].strip().rstrip(";").strip()
    if name[0] == "d" and "S" in name + found[2]:  # the server's own too, which a pattern includes
        return name.rstrip("S"), argument or "*"
    return name, argument


def refusal_of_command(command: str, dialect: str) -> str:
    """Why a command is not carried out, with what to write instead; empty for one that is."""
    found = parts(command)
    if found is None:
        return f"{command.split(maxsplit=1)[0]} is a command of the client program; write it as SQL"
    name, argument = found
    if is_done(name, argument, dialect):
        return ""
    instead = INSTEAD if dialect in ("postgres", "") else INSTEAD_OF_MYSQL
    return f"\\{name} cannot be used here: {instead.get(name, ELSE)}"


def command_refusal(text: str, dialect: str) -> str:
    """Why the commands in a text are not carried out: empty where they are, and where there are none. Without a dialect
    they are taken for psql's."""
    read = statements(text, CLIENTS[dialect or "postgres"])
    found = (_refusal(text, one, token, dialect) for one in read for token in one.tokens if token.kind == "client")
    return next(filter(None, found), "")


def _refusal(text: str, one: Statement, token: Token, dialect: str) -> str:
    refuse = refusal_of_command if token is one.tokens[0] else refusal_within
    return refuse(text[token.start : token.end].strip(), dialect)


def refusal_within(command: str, dialect: str) -> str:
    """The same for one that stands within a statement."""
    found = parts(command)
    if found is not None and found[0] in SENDING and dialect in ("postgres", ""):
        return f"\\{found[0]} cannot be used here: {INSTEAD.get(found[0], ELSE)}"
    name = command.split(maxsplit=1)[0]
    return f"{name} stands within a statement: end that with a semicolon first, and give {name} a line of its own"
