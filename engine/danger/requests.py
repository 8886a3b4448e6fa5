"""Requests over HTTP: by which method they go where with what, and which files their answers are written to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from .files import is_scratch
from .invocation import Invocation
from .words import HOLE, Arg

METHODS = frozenset(
    """
    GET HEAD OPTIONS TRACE LIST PROPFIND REPORT SEARCH QUERY POST PUT PATCH DELETE PURGE BAN MOVE COPY MKCOL LOCK UNLOCK
    """.split()  # noqa: SIM905
)
READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "LIST", "PROPFIND", "REPORT", "SEARCH", "QUERY"})
HTTPIE = frozenset({"http", "https", "xh", "xhs"})
WGET = frozenset({"wget", "wget2"})
METHOD = frozenset({"-X", "--request", "--method"})
DATA = frozenset(
    """
    -d --data --data-raw --data-binary --data-ascii --data-urlencode --json -F --form --form-string --url-query
    --post-data --post-file --body-data --body-file
    """.split()  # noqa: SIM905
)
FILES = frozenset(
    """
    -o --output -D --dump-header -c --cookie-jar --trace --trace-ascii --stderr --etag-save --hsts --libcurl
    --output-document --output-file --save-cookies --append-output
    """.split()  # noqa: SIM905
)
"""Options that name a file to be written; `-O` and `-P` differ between the tools."""


class Request(NamedTuple):
    method: str
    """In capitals; empty when it is only known then."""
    urls: tuple[str, ...]
    body: str
    """What is sent, or asked behind the address (`curl -G`)."""


@lru_cache(maxsize=8)  # every row of a tool asks
def request_of(invocation: Invocation) -> Request:
    if invocation.tool in HTTPIE:
        return _httpie(invocation)
    options = invocation.options
    names = {option.name for option in options}
    data = [option.value or "" for option in options if option.name in DATA]
    urls = (*(arg.value for arg in invocation.operands), *_values(invocation, "--url"))
    said = next((option.value for option in reversed(options) if option.name in METHOD and option.value), None)
    method = "" if said is not None and HOLE in said else (said or _implied(invocation.tool, names, data)).upper()
    stdin = invocation.setting.stdin
    piped = [stdin.text] if stdin is not None and stdin.text and any("@-" in value for value in data) else []
    return Request(method, urls, "\n".join([*(value for value in data if not value.startswith("@")), *piped]))


def _implied(tool: str, names: set[str], data: Sequence[str]) -> str:
    if names & {"-T", "--upload-file"} and tool not in WGET:
        return "PUT"
    if data and not names & {"-G", "--get"} and names & (DATA - {"--url-query"}):
        return "POST"
    return "HEAD" if names & {"-I", "--head", "--spider"} else "GET"


def _httpie(invocation: Invocation) -> Request:
    """`http POST host/path name=value`: the method may be left out, and is POST where something is sent."""
    words = [arg.value for arg in invocation.operands]
    said = words.pop(0).upper() if words and words[0].upper() in METHODS else ""
    url, items = words[:1], words[1:]
    stdin = invocation.setting.stdin
    body = [*items, *_values(invocation, "--raw"), *([stdin.text] if stdin is not None and stdin.text else [])]
    sent = [item for item in items if re.search(r"(?<![=:])(?::?=|@)(?!=)", item)]
    return Request(said or ("POST" if sent or len(body) > len(items) else "GET"), tuple(url), "\n".join(body))


def _values(invocation: Invocation, name: str) -> Iterator[str]:
    return (option.value for option in invocation.options if option.name == name and option.value)


def stores(invocation: Invocation) -> bool:
    """It writes a file that is more than scratch."""
    names = {option.name for option in invocation.options}
    written = [option.arg._replace(value=option.value or "") for option in invocation.options if option.name in FILES]
    place = next(_values(invocation, "--output-dir"), invocation.directory)
    if invocation.tool in WGET:
        places = [option.value for option in invocation.options if option.name in ("-P", "--directory-prefix")]
        outputs = [option for option in invocation.options if option.name in ("-O", "--output-document")]
        written += [option.arg._replace(value=option.value or "") for option in outputs]
        place = (places or [invocation.directory])[-1] or ""
        to_place = not outputs and "--spider" not in names
    else:
        to_place = bool(names & {"-O", "--remote-name", "--remote-name-all", "-J"})
    if invocation.tool in HTTPIE:
        to_place = bool(names & {"-d", "--download"}) and not written
    if any("%output{" in value for value in (*_values(invocation, "-w"), *_values(invocation, "--write-out"))):
        return True
    if to_place and not is_scratch(place.rstrip("/") + "/file", place):
        return True
    return any(not _is_passing(invocation, arg) for arg in written)


def _is_passing(invocation: Invocation, arg: Arg) -> bool:
    path = arg.value
    if path in ("-", "/dev/null", "/dev/stdout", "/dev/stderr", "%", "/dev/fd/1", "nul"):
        return True
    if not path.startswith(("/", "~", HOLE)) and invocation.directory:
        path = f"{invocation.directory.rstrip('/')}/{path}"
    source = invocation.written(arg)
    return is_scratch(path, source.partition("=")[2] if source.startswith("--") else source)
