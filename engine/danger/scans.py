"""Scripts of scanners: those that only look, and all others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..expressions import expression
from .invocation import Invocation
from .words import Arg

LOOKING = expression(
    r"(?:default|safe|version|discovery|banner|nbstat|rpcinfo|reverse-index|unusual-port|ssh2-enum-algos|http-server-header"
    r"|smb-os-discovery|smb-protocols|smb-security-mode|smb2-[\w-]+|rdp-enum-encryption|http-methods|http-security-headers"
    r"|(?:ssl|tls)-(?:cert|enum-ciphers|date|alpn|nextprotoneg|known-key)|[\w-]+-(?:info|title|headers|hostkey|version|ntlm-info|date|status))\Z"
)
"""The categories `default`, `safe`, `version` and `discovery`, and scripts out of them that people name."""
UNREAD = frozenset({"--script-updatedb", "--datadir", "--script-args-file"})


def _scripts_look(invocation: Invocation, _operands: Sequence[Arg]) -> bool:
    """Also when no script is named at all; an expression such as `not intrusive` is not followed."""
    named = [option.value or "" for option in invocation.options if option.name == "--script"]
    scripts = [script.strip() for value in named for script in value.split(",")]
    is_unread = any(option.name in UNREAD for option in invocation.options)
    return not is_unread and all(LOOKING.match(script) for script in scripts)


PROPERTIES: Mapping[str, Callable[[Invocation, Sequence[Arg]], bool]] = {"scripts-look": _scripts_look}
