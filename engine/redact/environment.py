"""Which environment variables hold secrets nobody has declared: told by name and value, and passwords inside URLs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from .maskable import why_not_guessed

SECRET_NAME = re.compile(
    r"TOKEN|PASSW|PASSPHRASE|SECRET|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|(_KEY|_PWD|_PASS|_PAT|_AUTH)$", re.I
)
UNSHOWN_NAME = re.compile(
    r"TOKEN|PASS|PWD|PW$|SECRET|CRED|KEY|PIN$|PIN_|AUTH|BEARER|COOKIE|SESSION|JWT|SIGNATURE|PRIVATE|SALT|SEED|OTP|MFA|DSN",
    re.I,
)
"""What may be a secret is not shown, even where it is too short or too plain to be masked wherever it turns up."""
UNSHOWN_VALUE = re.compile(
    r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9+/=_-]{20,}\Z|[^/@\s]+:[^/@\s]{6,}\Z|.*://[^/\s]*:[^/\s]*@"
)
"""As a token, as `name:password`, or as a URL with one in it."""
OTHER_NAME = re.compile(
    r"PUBLIC|^(GPG|CACHE|SORT|PRIMARY|HOST)_KEY$"
    r"|_(FILE|PATH|DIR|NAME|ID|URL|URI|HOST|PORT|USER|COMMAND|HELPER|PROGRAM|SOCK|SOCKET|TTL|TIMEOUT|TYPE|VERSION|ARN)$",
    re.I,
)
"""`VAULT_TOKEN_FILE` says where a secret is; it is none."""
URL_PASSWORD = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://[^\s/@:]*:([^\s/@]+)@")
PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")


def secrets_of(environment: Mapping[str, str], declared: Sequence[str] = ()) -> dict[str, str]:
    """Variable → the part of its value that is masked: all of it, or the password of the URL it is.

    `declared` are globs over names: what they fit is secret whatever it looks like.
    """
    found = {name: secret for name, value in environment.items() if (secret := _secret_part(name, value))}
    return found | {
        name: value for name, value in environment.items() if any(fnmatchcase(name, glob) for glob in declared)
    }


def maybe_secret(name: str, value: str) -> bool:
    """Whether a value had better not be shown."""
    named = UNSHOWN_NAME.search(name) and not OTHER_NAME.search(name)
    return bool(named or UNSHOWN_VALUE.match(value))


def password_in(value: bytes) -> bytes:
    """Of the URL that the value is, as it is sent; empty when there is none."""
    found = URL_PASSWORD.match(value)
    return PERCENT.sub(lambda code: bytes([int(code[1], 16)]), found[1]) if found else b""


def _secret_part(name: str, value: str) -> str:
    if password := password_in(value.encode(errors="surrogateescape")):
        value = password.decode(errors="surrogateescape")
    elif not SECRET_NAME.search(name) or OTHER_NAME.search(name):
        return ""
    if value.startswith(("$", "<", "{")):  # names a secret, and is none
        return ""
    return "" if why_not_guessed(value.encode(errors="surrogateescape")) else value
