"""What a request does, as far as its method, its address and what it sends tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from ..expressions import expression
from .invocation import Invocation
from .requests import READING, Request, request_of, stores
from .words import Arg

STOPPING = frozenset(
    """
    quit quitquitquit abortabortabort shutdown poweroff power_off reboot halt stop kill terminate drain drainlisteners
    evict failover switchover seal decommission deregister undeploy unload safeexit exit leave forceleave close purge
    suspendall stopall killall drain_listeners flushshutdown fail finalize computersystemreset chassisreset
    """.split()  # noqa: SIM905
)
DESTROYING = frozenset(
    """
    delete destroy drop truncate wipe erase remove uninstall flushall flushdb obliterate prune revoke deleterange
    deleteall deleteseries deletebyquery removeall dodelete factoryreset hardreset forcereset expunge markunused
    reinitialize reinit
    """.split()  # noqa: SIM905
)
CHANGING = frozenset(
    """
    restart reload reset clear flush rotate start enable disable reindex rebuild build buildwithparameters trigger
    promote resume pause reboot update commit optimize rollback deploy invalidate activate deactivate cancel suspend
    """.split()  # noqa: SIM905
)
"""What an address says that changes something although it is only asked for, as its last word or its action."""
ALONE = frozenset({"leave", "fail", "close", "exit", "quit", "stop", "finalize"})
"""Words that say so only when nothing stands behind them: `leave`, and no `leave-requests`."""
LEADING = frozenset(
    {"force", "do", "safe", "hard", "factory", "flush", "power", "prepare", "bulk", "batch", "graceful"}
)
"""Words in front of the verb."""
ASKING = frozenset(
    """
    _search _count _msearch _mget _field_caps _validate _analyze _explain _sql _mtermvectors _termvectors _render
    _rank_eval _find _all_docs _simulate _terms_enum
    """.split()  # noqa: SIM905
)
"""What is only asked, although by POST, as one of the last two words of a path."""
ASKING_LAST = frozenset(
    """
    explain search validate preview dry-run dryrun simulate estimate lint subjectaccessreviews introspect lookup
    selfsubjectaccessreviews selfsubjectrulesreviews tokenreviews lookup-self lookup-accessor capabilities-self
    """.split()  # noqa: SIM905
)
ASKING_METRICS = expression(r"/api/v1/(?:query|query_range|query_exemplars|labels|series)/?\Z|/kv/range\Z")
PAPERS = expression(
    r"\A(?:\w+://)?(?:[\w-]+\.)*(?:docs?|wiki|developers?|blog|kb|github|gitlab|stackoverflow|raw)\."
    r"|/(?:docs?|wiki|man|blob|blog|articles?|questions)/"
)
"""Addresses of texts about something."""
SECRET = expression(
    r"/meta-data/iam/security-credentials/.|/service-accounts/[^/]+/(?:token|identity)|/metadata/identity/oauth2/token"
    r"|/v1/(?:[\w-]+/)*(?:secret|kv|creds)/(?!metadata|config)(?:data/)?.|/namespaces/[^/]+/secrets/."
)
OBJECTS = (
    "database|table|schema|measurement|series|shard|retention|user|role|index|keyspace|materialized|view|collection|stream|"
    "connector|continuous|subscription|partition|graph|constraint|type|dictionary|function|topic|warehouse|catalog"
)
SQL = (
    rf"(?:drop[\s+]+(?:{OBJECTS})\b|truncate[\s+]+\w|delete[\s+]+from\b|delete[\s+]+where\b"
    r"|alter[\s+]+table[\s+]+\S+[\s+]+(?:delete|drop)\b|system[\s+]+shutdown|match\b.*\bdelete\b)"
)
NAMES = "q|query|sql|stmt|statements?|ksql|command|cypher"
"""What a request calls its statement."""
SQL_BODY = expression(
    rf"(?:\A|;)\s*[\"']?(?:explain\s+analyze\s+)?{SQL}"
    rf"|(?:\A|[?&\n{{,]\s*)[\"']?(?:{NAMES})[\"']?\s*[:=]\s*[\"']?(?:[^\"'&]*;\s*)?{SQL}",
    re.IGNORECASE | re.DOTALL,
)
CHANGES = r"create|alter|insert|update|upsert|grant|revoke|kill|rename|optimize|system|delete|drop|truncate|into|call"
SQL_CHANGES = expression(rf"(?:\A|[?&\n])(?:{NAMES})=[\"']?(?:{CHANGES})[\s+]", re.IGNORECASE)
SQL_ASKS = expression(
    r"\A\s*(?:\{\s*[\"'](?:query|sql|stmt|q)[\"']\s*:\s*)?[\"']?(?:(?:q|query|sql|stmt)=)?(?:select|show|describe|explain)\b"
    rf"(?!.*(?:\b(?:{CHANGES})\b|terminate_|_cancel_|;\s*\w))",
    re.IGNORECASE | re.DOTALL,
)
GRAPHQL_ASKS = expression(r"\A\s*\{\s*\"query\"\s*:\s*\"\s*(?:query\b|\{)(?!.*\bmutation\b)", re.DOTALL)
ACTION = expression(
    r"(?:[?&]|[\"'{,\s]|\A)(?:actions?|cmd|command|op|operation|do|task|type|state|desired_?state|target_?state|_method|mode|reset_?type)"
    r"[\"']?\s*[:=]\s*[\"']?([A-Za-z_-]+)",
    re.IGNORECASE,
)
STATES = frozenset({"stopped", "killed", "terminated", "deleted", "destroyed", "off", "halted"})
BODY_STOPS = expression(
    r"\"(?:replicas|desired_?count|desired_?capacity|instances|numreplicas|min_?size)\"\s*:\s*\"?0\b"
    r"|\bpurge_everything\"?\s*[:=]",
    re.IGNORECASE,
)
BODY_DESTROYS = expression(
    r"\"finalizers\"\s*:\s*(?:null|\[\s*\])|\"op\"\s*:\s*\"remove\".*finalizers|\"remove_index\"|<delete\b|\*:\*"
    r"|\"delete(?:All|_all|Many)?\"\s*:\s*(?:true|\{)|\bmutation\b.{0,40}\b(?:delete|remove|destroy|purge)",
    re.IGNORECASE | re.DOTALL,
)
QUERY_STOPS = expression(r"/maintenance\?(?:.*&)?enable=true")
QUERY_DESTROYS = expression(
    r"(?:\A|[?&\n])(?:delete\w*|purge\w*|drop|shutdown|reboot|kill|flush_?all|destroy)(?:=(?:true|1|yes|all|on))?(?:&|\Z)"
    r"|stream\.body=(?:<|%3C|\W*\{\W*)(?:delete)\b|\bstream\.body=.*\*(?::|%3A)\*",
    re.IGNORECASE,
)
PARTS = expression(r"[-_.:]+|(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=64)
def _path(url: str) -> tuple[tuple[str, ...], str]:
    """The parts of its path, and its query with the mark before it."""
    address, mark, query = url.partition("?")
    behind = re.sub(r"\A\w+://", "", address).partition("/")[2]
    return tuple(part for part in behind.split("/") if part), mark + query


def _verbs(word: str) -> Iterator[str]:
    """What a word of a path may be as a verb: itself, and how it begins (`delete_series`, `force-leave`)."""
    parts = [part.lower() for part in PARTS.split(word) if part]
    yield word.lower()
    yield "".join(parts)
    while parts and parts[0] in LEADING:
        parts = parts[1:]
    yield from (part for part in parts[:1] if part not in ALONE)


def _path_says(request: Request, verbs: frozenset[str]) -> bool:
    """Of what is only asked for, the last word alone counts, and only as a whole."""
    for url in request.urls:
        path, _ = _path(url)
        if request.method in READING:
            last = path[-1].lower() if path else ""
            if verbs & {last, re.sub(r"[-_]", "", last)} and not PAPERS.search(url):
                return True
        elif any(verbs & set(_verbs(word) if place else (word.lower(),)) for place, word in _words(path)):
            return True
    return False


def _words(path: Sequence[str]) -> Iterator[tuple[int, str]]:
    """What comes first may be the name of a collection, so that it is only believed as a whole."""
    return ((place, word) for place, word in enumerate(path) if not _is_one_purge(word, path))


def _is_one_purge(word: str, path: Sequence[str]) -> bool:
    """`purge/key` drops one thing out of a cache, which fills again."""
    return word.lower() in ("purge", "purge_cache") and (path[-1] != word or word.lower() == "purge_cache")


def _actions(request: Request) -> set[str]:
    asked = (_path(url)[1] for url in request.urls)
    texts = (*asked, request.body) if request.method not in READING else tuple(asked)
    return {verb for text in texts for found in ACTION.finditer(text) for verb in _verbs(found[1])}


def _is_search(url: str) -> bool:
    path, _ = _path(url)
    return bool(PAPERS.search(url)) or any(word.lower() in ("search", "_search", "find", "lookup") for word in path)


def _stops(request: Request) -> bool:
    if request.method == "HEAD" or _only_asks(request):
        return False
    said = _actions(request) & (STOPPING | STATES)
    sent = request.method not in READING and BODY_STOPS.search(request.body) is not None
    asked = any(QUERY_STOPS.search(url) for url in request.urls)
    return bool(said) or sent or asked or _path_says(request, STOPPING)


def _destroys(request: Request) -> bool:
    if request.method == "HEAD" or _only_asks(request):
        return False
    queries = [_path(url)[1] for url in request.urls if not _is_search(url)]
    if any(QUERY_DESTROYS.search(query) or SQL_BODY.search(_plain(query)) for query in queries):
        return True
    if not all(_is_search(url) for url in request.urls) and SQL_BODY.search(_plain(request.body)):
        return True
    if request.method not in READING and _body_destroys(request):
        return True
    return bool(_actions(request) & DESTROYING) or _path_says(request, DESTROYING)


def _body_destroys(request: Request) -> bool:
    """A script sent to `_update_by_query` rewrites everything the query finds."""
    rewrites = any("/_update_by_query" in url for url in request.urls) and '"script"' in request.body
    found = BODY_DESTROYS.search(request.body) or QUERY_DESTROYS.search(request.body)
    return rewrites or found is not None


def _plain(text: str) -> str:
    return text.replace("%20", " ").replace("%22", '"')


def _only_asks(request: Request) -> bool:
    """By POST, and yet only a question."""
    if request.method != "POST" or not request.urls:
        return False
    if all(_asks(url) for url in request.urls):
        return True
    if _path_says(request, STOPPING | DESTROYING):
        return False
    return bool(SQL_ASKS.match(request.body)) or bool(GRAPHQL_ASKS.match(request.body))


def _only_reads(request: Request) -> bool:
    """By its method, unless what is asked is a statement that changes something."""
    if request.method not in READING:
        return False
    if request.method == "GET" and any(_changes_by_address(url) for url in request.urls):
        return False
    queries = [_path(url)[1] for url in request.urls if not _is_search(url)]
    return not any(SQL_CHANGES.search(_plain(text)) for text in (*queries, request.body))


def _changes_by_address(url: str) -> bool:
    """`/restart`, `/deleteUser?id=5`, `/delete/5`, `?action=clear`: no file, no text about it."""
    path, query = _path(url)
    if not path or _is_search(url):
        return False
    said = {verb for found in ACTION.finditer(query) for verb in _verbs(found[1])}
    last = path[-1]
    is_name = "." in last or ("-" in last and not query)
    verbs = set() if is_name else set(_verbs(last)) - ALONE
    of_one = len(path) > 1 and path[-2].lower() in DESTROYING and last.isdigit()
    return of_one or bool(said & CHANGING) or last.lower() in CHANGING or bool(verbs & (DESTROYING | STOPPING))


def _asks(url: str) -> bool:
    words = [word.lower() for word in _path(url)[0]]
    last = words[-1:]
    known = bool(ASKING & set(words[-2:])) and last != ["close"]
    return known or bool(ASKING_LAST & set(last)) or ASKING_METRICS.search(url.partition("?")[0]) is not None


@lru_cache(maxsize=64)
def effects_of(request: Request) -> frozenset[str]:
    """`deletes`, `stops`, `destroys`, `asks`, `secret`: those that hold."""
    asks = _only_reads(request) or _only_asks(request)
    said = {
        "deletes": request.method == "DELETE",
        "stops": _stops(request),
        "destroys": _destroys(request),
        "asks": asks,
        "secret": any(SECRET.search(url) for url in request.urls),
    }
    return frozenset(name for name, holds in said.items() if holds)


def _has(effect: str) -> Callable[[Invocation, Sequence[Arg]], bool]:
    return lambda invocation, _operands: effect in effects_of(request_of(invocation))


PROPERTIES: Mapping[str, Callable[[Invocation, Sequence[Arg]], bool]] = {
    **{f"http-{effect}": _has(effect) for effect in ("deletes", "stops", "destroys", "asks", "secret")},
    "http-stores": lambda invocation, _operands: stores(invocation),
}
"""What the rows of the tools that send requests ask."""
