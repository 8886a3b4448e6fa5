"""Which values of a shell's variables are not shown."""

from __future__ import annotations

import pytest

from engine.redact import maybe_secret


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "s3cr3t"),
        ("CREDS", "bob:tr0ub4dor-zz"),
        ("MY_PIN", "1234"),
        ("api_key", "abc"),
        ("X", "bob:tr0ub4dor-zz"),
        ("X", "ghp0123456789abcdefABCDEF"),
        ("URL", "postgres://bob:pw@db/app"),
        ("AUTHORIZATION", "Basic x"),
        ("SESSION_COOKIE", "a"),
    ],
)
def test_it_may_be_a_secret(name: str, value: str) -> None:
    assert maybe_secret(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NAMESPACE", "kubevirt"),
        ("DIR", "/srv/queue-7/old"),
        ("HOST", "db-1.prod.example:5432"),
        ("COUNT", "31"),
        ("VAULT_TOKEN_FILE", "/run/token"),
        ("MESSAGE", "two words and a third: done"),
        ("URL", "https://grafana.example/d/1"),
    ],
)
def test_it_is_none(name: str, value: str) -> None:
    assert not maybe_secret(name, value)
