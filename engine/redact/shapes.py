"""Tokens told by their shape, one row each. A row costs nothing until one of its triggers stands in the output.

A row decides on at most `REACH` bytes of one line, counted from its trigger, so a line without an end is no harm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

REACH = 512
SHORT = 4096
"""How much of one token is masked at most; more than that is not one token, and may be evidence."""
LONG = 16384
"""The same for a private key."""


@dataclass(frozen=True)
class Shape:
    name: str
    triggers: tuple[bytes, ...]
    """What its text begins with, exactly."""
    head: bytes
    """Regular expression, matched where the trigger begins. What is masked begins with its group `secret`. Once it
    matches a text it has to match every longer one in the same place, because the rest may not have been read yet."""
    end: bytes = b""
    """Regular expression at whose end the mask ends, searched after the head; empty: where the group does."""
    limit: int = SHORT
    alone: bool = False
    """Not inside a word."""
    needed: bytes = b""
    """Stands in every match, for triggers that are frequent without one."""
    yes: tuple[tuple[str, str], ...] = ()
    """Texts, and what is masked in them."""
    no: tuple[str, ...] = ()
    """Texts that stay."""

    @cached_property
    def head_expression(self) -> re.Pattern[bytes]:
        return re.compile(self.head)

    @cached_property
    def end_expression(self) -> re.Pattern[bytes]:
        return re.compile(self.end)


def _cases(*words: str) -> tuple[bytes, ...]:
    """As programs, environments and headers write them."""
    return tuple({form.encode(): None for word in words for form in (word, word.upper(), word.capitalize())})


STOP = rb"\s\"'`&;,|<>(){}\[\]\\"
"""Ends a value in a line."""
WORD_END = rb"(?=[^A-Za-z0-9_-])"
PLACEHOLDER = rb"(?![$%*]|x+(?:[" + STOP + rb"]|@)|(?i:password|passwd|secret|changeme|example)(?:[" + STOP + rb"]|@))"
"""What documents write where the secret would be."""
STATEMENT = (
    rb"(?!(?i:true|false|null|none|yes|no|required|expired|invalid|incorrect|changed|missing|disabled|enabled|unknown"
    rb"|default|empty|prompt|unset|rejected|accepted|success|failed|failure|REDACTED)[" + STOP + rb"])"
)
VALUE = rb"(?P<secret>[^" + STOP + rb"]{24}|[^" + STOP + rb"]{%d,23}(?=[" + STOP + rb"]))"
"""Decided once its end is in sight, or once it is long."""
KEY = (
    rb"(?i:password|passwd|passphrase|token|api[_-]?key|access[_-]?key|secret[_-]?key|client[_-]?secret)"
    rb"\\?[\"']?[ \t]{0,2}[:=][ \t]{0,2}\\?[\"']?"
)

SHAPES: tuple[Shape, ...] = (
    Shape(
        "private-key",
        (b"-----BEGIN ",),
        rb"(?P<secret>-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----)",
        rb"-----END[A-Z0-9 ]{0,40}-----|(?=[^A-Za-z0-9+/=\s\\:,-])|(?<=[a-z0-9])(?= [a-z])",
        limit=LONG,
        yes=(
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7\nq3Lx==\n-----END RSA PRIVATE KEY-----\nok",
                "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7\nq3Lx==\n-----END RSA PRIVATE KEY-----",
            ),
            (
                '"key": "-----BEGIN PRIVATE KEY-----\\nMIIEvQ\\n-----END PRIVATE KEY-----\\n"',
                "-----BEGIN PRIVATE KEY-----\\nMIIEvQ\\n-----END PRIVATE KEY-----",
            ),
        ),
        no=(
            "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIE\n-----END CERTIFICATE-----",
            "-----BEGIN PUBLIC KEY-----",
        ),
    ),
    Shape(
        "aws-key",
        (b"AKIA", b"ASIA"),
        rb"(?P<secret>A[KS]IA[0-9A-Z]{16})",
        rb"(?=[^0-9A-Z])",
        alone=True,
        yes=(("key AKIAIOSFODNN7EXAMPLE used", "AKIAIOSFODNN7EXAMPLE"),),
        no=("AKIA is short", "XAKIAIOSFODNN7EXAMPLE", "region ASIA_PACIFIC_SOUTHEAST_1"),
    ),
    Shape(
        "github-token",
        (b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"github_pat_"),
        rb"(?P<secret>(?:gh[pousr]_[A-Za-z0-9]{30}|github_pat_[A-Za-z0-9_]{30}))",
        rb"(?=[^A-Za-z0-9_])",
        alone=True,
        yes=(
            ("ghp_16C7e42F292c6912E7710c838347Ae178B4a!", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"),
            ("x github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvw", "github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvw"),
        ),
        no=("ghp_short", "the prefix ghp_ marks a token"),
    ),
    Shape(
        "gitlab-token",
        (b"glpat-", b"glrt-", b"gldt-"),
        rb"(?P<secret>gl(?:pat|rt|dt)-[A-Za-z0-9_-]{20})",
        WORD_END,
        alone=True,
        yes=(("glpat-Xy12Zw34Uv56Ts78Rq90 ", "glpat-Xy12Zw34Uv56Ts78Rq90"),),
        no=("glpat-0", "glrt- begins a runner's token"),
    ),
    Shape(
        "slack-token",
        (b"xoxb-", b"xoxp-", b"xoxa-", b"xoxr-", b"xoxs-", b"xapp-"),
        rb"(?P<secret>x(?:ox[abprs]|app)-[A-Za-z0-9-]{12})",
        WORD_END,
        alone=True,
        yes=(("xoxb-123456789012-abcdefGHIJKL\n", "xoxb-123456789012-abcdefGHIJKL"),),
        no=("xoxb-...", "xoxp-<your-token>"),
    ),
    Shape(
        "api-key",
        (b"sk_live_", b"sk_test_", b"rk_live_", b"AIza", b"hvs.", b"npm_", b"dop_v1_"),
        rb"(?P<secret>(?:[sr]k_(?:live|test)_[A-Za-z0-9]{16}|AIza[A-Za-z0-9_-]{35}|hvs\.[A-Za-z0-9_-]{24}"
        rb"|npm_[A-Za-z0-9]{36}|dop_v1_[a-f0-9]{64}))",
        WORD_END,
        alone=True,
        yes=(
            ("sk_live_4eC39HqLyjWDarjtT1zdp7dc", "sk_live_4eC39HqLyjWDarjtT1zdp7dc"),
            ("hvs.CAESIJ1Yl2kQ0nV8pW3xT6rB9sD ", "hvs.CAESIJ1Yl2kQ0nV8pW3xT6rB9sD"),
        ),
        no=("npm_config_registry=https://registry", "sk_live_ keys", "AIza"),
    ),
    Shape(
        "jwt",
        (b"eyJ",),
        rb"(?P<secret>eyJ[A-Za-z0-9_-]{8,256}\.eyJ[A-Za-z0-9_-]{8})",
        rb"(?=[^A-Za-z0-9_.=-])",
        alone=True,
        yes=(
            (
                "jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P ok",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
            ),
        ),
        no=("eyJhbGciOiJIUzI1NiJ9", "keyJar", '{"next": "eyJvZmZzZXQiOjEwMH0="}'),
    ),
    Shape(
        "url-password",
        (b"://",),
        rb"://[^\s/@:\"'<>?#]{0,128}:" + PLACEHOLDER + rb"(?P<secret>[^\s/@\"'<>{}?#]{3,256})@",
        needed=b"@",
        yes=(
            ("postgres://app:s3cr3t@db:5432/app", "s3cr3t"),
            ("redis://:hunter22@cache", "hunter22"),
        ),
        no=(
            "https://example.com:8443/a@b",
            "postgres://app:$PASSWORD@db",
            "postgres://app:<password>@db",
            "git clone ssh://git@host:2222/x.git",
            "https://user:password@example.com",
        ),
    ),
    Shape(
        "authorization",
        _cases("authorization", "bearer "),
        rb"(?i:(?:authorization[\"']?[:=][ \t]{0,2}[\"']?)?(?:bearer|basic|token|apikey)[ \t]{1,2})"
        rb"(?=[A-Za-z0-9._~+/=-]{0,63}[0-9A-Z])(?P<secret>[A-Za-z0-9._~+/=-]{12})",
        rb"(?=[^A-Za-z0-9._~+/=-])",
        yes=(
            ("Authorization: Bearer mF_9.B5f-4.1JqM-x\r\n", "mF_9.B5f-4.1JqM-x"),
            ("authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA=="),
            ("-H 'Bearer abcdefghijklmnop1' x", "abcdefghijklmnop1"),
        ),
        no=(
            "Bearer authentication failed",
            "Authorization: Bearer $TOKEN",
            "authorization failed for user",
            "bearer of",
        ),
    ),
    Shape(
        "password",
        _cases("password", "passwd", "passphrase"),
        rb"(?i:password|passwd|passphrase)=[\"']?" + PLACEHOLDER + STATEMENT + VALUE % 6,
        rb"(?=[" + STOP + rb"])",
        yes=(
            ("mysql --password=hunterlong db", "hunterlong"),
            ("DB_PASSWORD='Xk3-9pq!' ", "Xk3-9pq!"),
            ("a?passwd=abcdefgh&b=1", "abcdefgh"),
        ),
        no=(
            "password=$DB_PASSWORD",
            "password=required",
            "PASSWORD=<your-password>",
            "password=***",
            "--password=[secret:DB]",
            "passwd=x",
        ),
    ),
    Shape(
        "credential",
        _cases("password", "passwd", "passphrase", "token", "api_key", "api-key", "apikey", "access_key", "access-key")
        + _cases("secret_key", "client_secret", "client-secret")
        + (b"apiKey", b"ApiKey", b"accessKey", b"AccessKey", b"secretKey", b"SecretKey", b"clientSecret"),
        KEY
        + PLACEHOLDER
        + STATEMENT
        + rb"(?![/~.]|\w{1,10}://|\d{4}-\d\d-\d\d)(?=[^"
        + STOP
        + rb"]{0,63}\d)(?=[^"
        + STOP
        + rb"]{0,63}[A-Za-z])"
        + VALUE % 8,
        rb"(?=[" + STOP + rb"])",
        yes=(
            ('{"token": "abc123def456"}', "abc123def456"),
            ("password: tr0ub4dor&3x", "tr0ub4dor"),
            (
                "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            ),
            ("x-api-key: 9f8e7d6c5b4a\n", "9f8e7d6c5b4a"),
        ),
        no=(
            "password: incorrect",
            "token: expired",
            "tokens: 4096 used",
            "Password: ",
            "token: 2026-01-01T00:00:00Z",
            "api_key: /etc/keys/key1",
            "token count: 12ab34cd56",
            "token: 123456789012",
        ),
    ),
)
