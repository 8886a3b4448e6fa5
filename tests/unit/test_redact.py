"""Secrets are masked in whatever form and however the output is cut, and nothing else is."""

from __future__ import annotations

import base64
import html
import json
import os
import random
import re
import shlex
import subprocess
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.errors import UsageError
from engine.redact import Redactor, StreamRedactor, pattern, secrets_of, why_not, why_not_guessed
from engine.redact.automaton import Automaton, Needle
from engine.redact.encodings import forms
from engine.redact.shapes import SHAPES, Shape

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"
KEY = """-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACDx8Vn1LkqK3o3nX7Q2b0cC8mV3Zs8h1lqv0n4M5T7m2wAAAJgq3o3nKt6N
-----END OPENSSH PRIVATE KEY-----"""
ONE = Redactor({"S": "hunter22-Xy"})
MASK = re.compile(rb"\[secret:[A-Za-z0-9_.-]+\]")
BEGINNINGS = (b"hunter22", *(trigger for shape in SHAPES for trigger in shape.triggers))
"""What a secret here can begin with: generated text may hold one, as hypothesis also draws the literals of the code."""


def fed(redactor: Redactor, *pieces: bytes) -> bytes:
    stream = redactor.stream()
    return b"".join([*(stream.feed(piece) for piece in pieces), stream.flush()])


def cut(data: bytes, at: list[int]) -> list[bytes]:
    places = sorted({min(place, len(data)) for place in at} | {0, len(data)})
    return [data[first:last] for first, last in pairwise(places)]


def shell(command: str, value: str) -> bytes:
    done = subprocess.run(["bash", "-c", command], env={**os.environ, "S": value}, capture_output=True, check=True)
    return done.stdout


# Encodings.

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "raw": bytes,
    "base64": base64.b64encode,
    "base64 with a newline": lambda secret: base64.b64encode(secret + b"\n"),
    "base64 behind one byte": lambda secret: base64.b64encode(b":" + secret),
    "base64 behind two bytes": lambda secret: base64.b64encode(b"u:" + secret),
    "base64 in the middle": lambda secret: base64.b64encode(b"ab" + secret + b"@h"),
    "base64, url-safe": base64.urlsafe_b64encode,
    "base64, url-safe, in the middle": lambda secret: base64.urlsafe_b64encode(b"k" + secret + b"?"),
    "base64, in lines": base64.encodebytes,
    "base64, in a terminal's lines": lambda secret: base64.encodebytes(secret).replace(b"\n", b"\r\n"),
    "base64 twice": lambda secret: base64.b64encode(base64.b64encode(secret)),
    "base64 of echo, twice": lambda secret: base64.b64encode(base64.b64encode(secret + b"\n") + b"\n"),
    "hex": lambda secret: secret.hex().encode(),
    "HEX": lambda secret: secret.hex().upper().encode(),
    "URL": lambda secret: quote(secret, safe="").encode(),
    "URL path": lambda secret: quote(secret).encode(),
    "URL form": lambda secret: quote_plus(secret).encode(),
    "URL, lower case": lambda secret: re.sub(rb"%..", lambda m: m[0].lower(), quote(secret, safe="").encode()),
    "JSON": lambda secret: json.dumps(secret.decode()).encode(),
    "JSON, UTF-8": lambda secret: json.dumps(secret.decode(), ensure_ascii=False).encode(),
    "JSON with \\/": lambda secret: json.dumps(secret.decode()).replace("/", "\\/").encode(),
    "JSON as Go writes it": lambda secret: (
        json.dumps(secret.decode(), ensure_ascii=False)
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .encode()
    ),
    "JSON in JSON": lambda secret: json.dumps(json.dumps(secret.decode())).encode(),
    "HTML": lambda secret: html.escape(secret.decode()).encode(),
    "XML": lambda secret: html.escape(secret.decode(), quote=False).encode(),
    "XML attribute": lambda secret: html.escape(secret.decode()).replace("&#x27;", "&apos;").encode(),
    "shell": lambda secret: shlex.quote(secret.decode()).encode(),
    "shell, bash's own": lambda secret: b"'" + secret.replace(b"'", b"'\\''") + b"'",
    "printf %q": lambda secret: shell('printf %q "$S"', secret.decode()),
    "${S@Q}": lambda secret: shell('printf %s "${S@Q}"', secret.decode()),
    "set -x": lambda secret: shell('exec 2>&1; set -x; : "$S"', secret.decode()),
    "declare -p": lambda secret: shell("declare -p S", secret.decode()).removeprefix(b"declare -x S="),
    "terminal": lambda secret: secret.replace(b"\n", b"\r\n"),
    "xxd -p": lambda secret: re.sub(rb"(.{60})", rb"\1\n", secret.hex().encode()),
    "repr": lambda secret: repr(secret.decode()).encode(),
}
SECRETS = {
    "plain": "hunter22-Xy",
    "long": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEYwJalrXUtnFEMI/K7MDENG+bPxRfiCY",
    "signs": "p'a\"s$s`w\\o&r<d>/+ =%!",
    "words": "correct horse battery staple",
    "foreign": "Пароль-žluť-9",
    "lines": KEY,
    "end": "ends-with-newline-7\n",
    "url": "postgres://app:tr0ub4dor@db.internal:5432/app?sslmode=require",
}


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("encoder", ENCODERS)
def test_a_secret_is_masked_in_every_form(encoder: str, secret: str) -> None:
    value = SECRETS[secret].strip()
    encoded = ENCODERS[encoder](value.encode())
    masked = fed(Redactor({"S": SECRETS[secret]}, shapes=()), b"before " + encoded + b" after")
    assert masked.startswith(b"before ")
    assert masked.endswith(b" after")
    assert b"[secret:S]" in masked
    assert not leaks(masked, encoded), masked


def leaks(masked: bytes, encoded: bytes) -> list[bytes]:
    """Parts of the encoded secret that are still there: eight bytes and more of it."""
    rest = MASK.sub(b"\0", masked)
    armour = (b"OPENSSH", b"-----", b"PRIVATE", b"BEGIN")
    seen = {encoded[at : at + 8] for at in range(max(1, len(encoded) - 7))}
    return [part for part in seen if part in rest and not any(word in part for word in armour) and part.strip(b"-")]


def test_every_telling_line_of_a_key_is_masked_alone() -> None:
    redactor = Redactor({"KEY": KEY}, shapes=())
    for line in KEY.splitlines()[1:-1]:
        assert redactor.text(f"> {line} <") == "> [secret:KEY] <"
    assert redactor.text(KEY.splitlines()[0]) == KEY.splitlines()[0]


def test_a_very_long_secret_is_masked_whole_and_in_parts() -> None:
    value = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=200_000))
    redactor = Redactor({"BIG": value}, shapes=())
    assert MASK.sub(b"", fed(redactor, b"<" + value.encode() + b">")) == b"<>"
    assert len(redactor.text(value[:50_000])) < 2500
    assert max(len(needle.text) for needle in redactor.automaton.needles) <= 1024


# Streams.


def reference(secrets: dict[str, bytes], data: bytes) -> bytes:
    """The same by definition: every place of every form, overlapping ones joined."""
    found: list[tuple[int, int, str]] = []
    for name, value in secrets.items():
        for form in forms(value):
            at = data.find(form)
            while at >= 0:
                found.append((at, at + len(form), name))
                at = data.find(form, at + 1)
    out, done, masked = [], 0, 0
    for start, end, name in sorted(found, key=lambda one: (one[0], -one[1])):
        if start >= masked:
            out += [data[done:start], b"[secret:%s]" % name.encode()]
        masked = done = max(done, end)
    return b"".join([*out, data[done:]])


TANGLED = {"A": b"aabaabaac", "B": b"aabcaab", "C": b"baacaab", "D": b"caabaabq", "E": b"abcabcabd"}
TANGLED_REDACTOR = Redactor(TANGLED)
letters = st.text(alphabet="abcdq", max_size=120).map(str.encode)


@settings(deadline=None)
@given(parts=st.lists(st.one_of(letters, st.sampled_from(list(TANGLED.values()))), max_size=12), at=st.data())
def test_overlapping_secrets_are_masked_as_one_however_they_are_cut(parts: list[bytes], at: st.DataObject) -> None:
    data = b"".join(parts)
    places = at.draw(st.lists(st.integers(0, max(1, len(data))), max_size=20))
    stream = TANGLED_REDACTOR.stream()
    out = b"".join(stream.feed(piece) for piece in cut(data, places)) + stream.end()
    assert out == reference(TANGLED, data)
    assert sum(stream.counts.values()) == len(MASK.findall(out))


@pytest.mark.parametrize(
    ("secrets", "text", "masked"),
    [
        ({"S": "aabcaab"}, "aaabcaabcaabx", "a[secret:S]x"),
        ({"P": "abc123", "Q": "abc123456"}, "abc123456 abc123 abc12345", "[secret:Q] [secret:P] [secret:P]45"),
        ({"IN": "inside", "OUT": "is-inside-of"}, "this-inside-of inside", "th[secret:OUT] [secret:IN]"),
        ({"L": "left-mid", "R": "mid-right"}, "left-mid-right", "[secret:L]"),
        ({"S": "abcdef"}, "abcdefabcdef", "[secret:S][secret:S]"),
        ({"S": "abcdef"}, "abcdef", "[secret:S]"),
        ({"odd name]\n": "abcdef"}, "abcdef", "[secret:odd_name_]"),
    ],
)
def test_the_mask_says_which_secret(secrets: dict[str, str], text: str, masked: str) -> None:
    redactor = Redactor(secrets)
    assert redactor.text(text) == masked
    for piece in range(1, len(text) + 1):
        pieces = [text.encode()[at : at + piece] for at in range(0, len(text), piece)]
        stream = redactor.stream()
        assert b"".join(map(stream.feed, pieces)) + stream.end() == masked.encode()


lines = st.lists(
    st.one_of(
        st.sampled_from([text for shape in SHAPES for text in (*(t for t, _ in shape.yes), *shape.no)]),
        st.sampled_from(["\n", " ", "x", "password=", "token: ", "://", "eyJ", "hunter22-Xy", "[secret:X]", "@", "'"]),
        st.text(max_size=12),
    ),
    max_size=14,
).map(lambda parts: "".join(parts).encode())


@settings(deadline=None)
@given(data=lines, at=st.lists(st.integers(0, 400), max_size=12))
def test_shapes_are_found_however_the_output_is_cut(data: bytes, at: list[int]) -> None:
    whole, pieces = ONE.stream(), ONE.stream()
    assert b"".join(map(pieces.feed, cut(data, at))) + pieces.end() == whole.feed(data) + whole.end()
    assert pieces.counts == whole.counts


@settings(deadline=None)
@given(st.binary(max_size=3000), st.lists(st.integers(0, 3000), max_size=10))
def test_bytes_that_hold_no_secret_come_out_as_they_are(data: bytes, at: list[int]) -> None:
    assume(not any(beginning in data for beginning in BEGINNINGS))
    stream = ONE.stream()
    assert b"".join(map(stream.feed, cut(data, at))) + stream.flush() == data
    assert stream.counts == {}


@settings(deadline=None)
@given(st.text(max_size=500))
def test_text_that_holds_no_secret_is_the_same_object(text: str) -> None:
    assume(not any(beginning in text.encode() for beginning in BEGINNINGS))
    assert ONE.text(text) is text


# Pauses.


def test_a_secret_that_pauses_shows_less_than_its_first_quarter() -> None:
    secret = b"correct-horse-battery-staple-99!"
    for pauses in ({at} for at in range(1, len(secret))):
        out = with_pauses(Redactor({"S": secret}), b"<" + secret + b">", {at + 1 for at in pauses})
        shown = out.split(b"[secret:S]")[0].removeprefix(b"<")
        assert out == b"<" + shown + b"[secret:S]>"
        assert len(shown) < 8


def test_a_secret_echoed_key_by_key_shows_less_than_its_first_quarter() -> None:
    secret = b"correct-horse-battery-staple-99!"
    out = with_pauses(Redactor({"S": secret}), b"<" + secret + b">", set(range(40)))
    assert out == b"<correct[secret:S]>"


def test_a_beginning_that_was_not_the_secret_costs_its_bytes_only() -> None:
    stream = Redactor({"S": "correct-horse-battery"}).stream()
    out = stream.feed(b"a correct-h") + stream.flush() + stream.feed(b"at is worn") + stream.flush()
    assert out == b"a [secret:S]at is worn"


def test_a_prompt_is_shown_after_a_pause() -> None:
    stream = Redactor({"S": "hunter22-Xy"}).stream()
    assert stream.feed(b"Enter token: ") + stream.flush() == b"Enter token: "
    assert not stream.holding


def test_a_token_without_a_newline_is_masked_at_a_pause_and_after_it() -> None:
    stream = Redactor().stream()
    out = [stream.feed(b"password=hunterlo"), stream.flush(), stream.feed(b"ng&x=1\n"), stream.flush()]
    assert b"".join(out) == b"password=[secret:password]&x=1\n"


def with_pauses(redactor: Redactor, data: bytes, pauses: set[int]) -> bytes:
    stream = redactor.stream()
    out = []
    for at in range(len(data)):
        out.append(stream.feed(data[at : at + 1]))
        if at + 1 in pauses:
            out.append(stream.flush())
    return b"".join([*out, stream.flush()])


def test_a_secret_learned_in_the_middle_is_masked_from_then_on() -> None:
    redactor = Redactor({"A": "first-one-1"})
    stream = redactor.stream()
    early = stream.feed(b"second-one-2 first-one-1 ")
    stream.adopt(redactor.with_secret("B", "second-one-2"))
    late = stream.feed(b"second-one-2 first-one-1\n")
    assert (early, late) == (b"second-one-2 [secret:A] ", b"[secret:B] [secret:A]\n")
    assert stream.counts == {"A": 2, "B": 1}


def test_a_variable_set_anew_keeps_its_old_value_masked() -> None:
    redactor = Redactor({"A": "first-one-1"}).with_secret("A", "second-one-2")
    assert redactor.text("first-one-1 second-one-2") == "[secret:A] [secret:A]"
    assert redactor.with_secret("A", "second-one-2") is redactor


# No leaks at all.


def leak_cases(seed: int, count: int) -> Iterator[tuple[int, bool]]:
    return ((seed + number, number % 5 == 0) for number in range(count))


def check_no_leak(pool: list[tuple[Redactor, dict[str, str]]], seed: int, paused: bool) -> None:
    rng = random.Random(seed)
    redactor, secrets = pool[seed % len(pool)]
    planted, parts = [], []
    for _ in range(rng.randint(1, 4)):
        name = rng.choice(list(secrets))
        encoded = FAST[rng.randrange(len(FAST))](secrets[name].encode())
        planted.append(encoded)
        parts += [rng.choice(NOISE), encoded]
    data = b"".join([*parts, rng.choice(NOISE)])
    stream = redactor.stream()
    out = list(pieces_of(stream, data, rng, paused))
    kept = b"".join(out)
    for encoded in planted:
        if paused:
            assert len(longest_shown(kept, encoded)) <= 20, (seed, encoded, kept)
        else:
            assert encoded not in kept, (seed, encoded, kept)
            assert not leaks(kept, encoded), (seed, encoded, kept)
    assert sum(stream.counts.values()) == len(MASK.findall(kept))


def pieces_of(stream: StreamRedactor, data: bytes, rng: random.Random, paused: bool) -> Iterator[bytes]:
    style = rng.randrange(3)
    places = (
        list(range(len(data)))
        if style == 0 and len(data) < 400
        else [rng.randrange(len(data)) for _ in range(1 if style == 1 else 12)]
    )
    for piece in cut(data, places):
        yield stream.feed(piece)
        if paused and rng.random() < 0.3:
            yield stream.flush()
    yield stream.flush()


def longest_shown(kept: bytes, encoded: bytes) -> bytes:
    rest = MASK.sub(b"\0", kept)
    length = 0
    for at in range(len(encoded)):
        while encoded[at : at + length + 1] in rest and at + length < len(encoded):
            length += 1
    return encoded[:length]


NOISE = (
    b" ",
    b"\n",
    b"\r\n",
    b"x=",
    b"\x1b[31m",
    b"log: ",
    b"\xff\x00\xfe",
    b"password=",
    b"://u:",
    b"aab aab ",
    b"'",
    b'{"token": "',
    b"Authorization: Bearer ",
)
FAST = [encode for name, encode in ENCODERS.items() if name not in ("printf %q", "${S@Q}", "set -x", "declare -p")]


@pytest.fixture(scope="module")
def pool() -> list[tuple[Redactor, dict[str, str]]]:
    rng = random.Random(7)
    made = []
    for _ in range(40):
        secrets = {f"S{number}": made_secret(rng) for number in range(rng.randint(1, 5))}
        secrets["NEXT"] = secrets["S0"] + made_secret(rng)[:4].strip()  # one that begins with another
        made.append((Redactor(secrets, shapes=SHAPES if rng.random() < 0.5 else ()), secrets))
    return made


def made_secret(rng: random.Random) -> str:
    kind = rng.randrange(4)
    if kind == 0:  # overlaps itself
        unit = "".join(rng.choices("abXY1", k=rng.randint(3, 4))) + "9"
        return unit * rng.randint(2, 4)
    alphabet = ("abcdefghijklmnopqrstuvwxyz0123456789", "aB3$'\"\\/<&>+ =é%", "ABCDEFabcdef0123456789+/=")[kind - 1]
    return "k" + "".join(rng.choices(alphabet, k=rng.randint(9, 60))) + "7"


def test_no_secret_leaks_through_any_encoding_and_cut(pool: list[tuple[Redactor, dict[str, str]]]) -> None:
    for seed, paused in leak_cases(0, 5_000):
        check_no_leak(pool, seed, paused)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_secret_leaks_in_a_hundred_thousand_cases(pool: list[tuple[Redactor, dict[str, str]]]) -> None:
    for seed, paused in leak_cases(1_000_000, 100_000):
        check_no_leak(pool, seed, paused)


@pytest.mark.parametrize("secret", ["plain", "signs", "lines"])
def test_no_split_in_two_and_no_bytewise_read_leaks(secret: str) -> None:
    redactor = Redactor({"S": SECRETS[secret]})
    for encode in FAST:
        data = b"log: " + encode(SECRETS[secret].encode()) + b" end\n"
        whole = fed(redactor, data)
        assert fed(redactor, *(data[at : at + 1] for at in range(len(data)))) == whole
        for at in range(1, len(data), 1 if len(data) < 200 else 7):
            assert fed(redactor, data[:at], data[at:]) == whole


# What cannot be masked.


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "shorter than 6 bytes"),
        ("abc12", "shorter than 6 bytes"),
        ("abc12\n", "shorter than 6 bytes"),
        ("------", "one or two characters"),
        ("123456789", "fewer than 10 digits"),
        ("Production", "everyday word"),
        ("password", "everyday word"),
    ],
)
def test_a_value_that_would_hide_ordinary_text_is_refused_and_that_is_said(value: str, reason: str) -> None:
    redactor = Redactor({"NAME": value})
    assert reason in why_not(value.encode())
    assert reason in redactor.unmaskable["NAME"]
    text = f"{value} true production password 123456789 ------"
    assert redactor.text(text) == text


@pytest.mark.parametrize("value", ["hunter", "s3cret", "1234567890", "Passw0rd", "a b c d"])
def test_a_declared_secret_of_six_bytes_is_masked(value: str) -> None:
    assert why_not(value.encode()) == ""
    assert Redactor({"S": value}).text(f"<{value}>") == "<[secret:S]>"


def test_secrets_are_found_in_the_environment_by_name_and_look() -> None:
    environment = {
        "GITHUB_TOKEN": "abc123DEF456",
        "DB_PASSWORD": "tr0ub4dor&3",
        "SIGNING_KEY": "k9x8w7v6u5",
        "DATABASE_URL": "postgres://app:s3cr3t-99@db.internal/app",
        "VAULT_TOKEN_FILE": "/run/secrets/vault-9f8e",
        "SSH_KEY": "/home/alice/.ssh/id_ed25519",
        "TOKEN_TTL": "1h",
        "MAX_TOKENS": "4096000000000",
        "SECRET_BACKEND": "production.internal",
        "PASSWORD_STORE": "enabled",
        "HOSTNAME": "db-1.internal",
        "PWD": "/root/x9y8z7w6",
        "GPG_KEY": "A035C8C19219BA821ECEA86B64E628F8D684696D",
        "STRIPE_PUBLIC_KEY": "pk-live-4eC39HqLyjWDarjt",
    }
    assert secrets_of(environment) == {
        "GITHUB_TOKEN": "abc123DEF456",
        "DB_PASSWORD": "tr0ub4dor&3",
        "SIGNING_KEY": "k9x8w7v6u5",
        "DATABASE_URL": "s3cr3t-99",
    }


def test_the_password_of_a_url_is_masked_alone_too_and_as_it_is_sent() -> None:
    assert secrets_of({"DATABASE_URL": "postgres://app:p%40ss-w0rd@db/app"}) == {"DATABASE_URL": "p@ss-w0rd"}
    redactor = Redactor(secrets_of({"APP_DSN": "postgres://app:p%40ss-w0rd@db/app"}, ["*_DSN"]), shapes=())
    text = redactor.text("p@ss-w0rd p%40ss-w0rd postgres://app:p%40ss-w0rd@db/app")
    assert text == "[secret:APP_DSN] [secret:APP_DSN] [secret:APP_DSN]"


@pytest.mark.parametrize("value", ["db-primary.internal", "10.0.12.7:5432", "5m", "2026-01-01T00:00:00Z", "us-east"])
def test_ages_addresses_and_host_names_are_no_guessed_secrets(value: str) -> None:
    assert why_not_guessed(value.encode())


# Shapes.


@pytest.mark.parametrize(
    ("shape", "text", "masked"), [(shape, text, masked) for shape in SHAPES for text, masked in shape.yes]
)
def test_a_shape_masks_its_examples(shape: Shape, text: str, masked: str) -> None:
    assert Redactor().text(text) == text.replace(masked, f"[secret:{shape.name}]")


@pytest.mark.parametrize("text", [text for shape in SHAPES for text in shape.no])
def test_a_shape_leaves_its_counter_examples(text: str) -> None:
    assert Redactor().text(text) == text
    assert Redactor().text(text + "\n") == text + "\n"


def test_every_shape_has_examples_and_a_name_that_stands_in_a_mask() -> None:
    for shape in SHAPES:
        assert shape.yes
        assert shape.no
        assert MASK.fullmatch(b"[secret:%s]" % shape.name.encode())
        assert all(len(trigger) >= 3 for trigger in shape.triggers)


def test_masking_again_changes_nothing() -> None:
    redactor = Redactor({"DB": "hunter22-Xy"})
    for shape in SHAPES:
        for text, _ in shape.yes:
            masked = redactor.text(f"{text} hunter22-Xy password=hunter22-Xy\n")
            assert redactor.text(masked) == masked


def test_a_known_secret_is_named_although_a_shape_fits_too() -> None:
    assert Redactor({"DB": "hunter22Xy"}).text("password=hunter22Xy ") == "password=[secret:DB] "


def test_a_log_that_mentions_a_key_is_not_swallowed() -> None:
    text = "expected -----BEGIN PRIVATE KEY----- but got 17 bytes\nnext line\n"
    assert Redactor().text(text) == "expected [secret:private-key] got 17 bytes\nnext line\n"


def test_a_line_without_an_end_stays_small_in_memory() -> None:
    stream = Redactor({"S": "hunter22-Xy"}).stream()
    piece = b"password=abcdefgh1 http://a b token: -----BEGIN x eyJ." * 80
    size = 0
    tracemalloc.start()
    try:
        for _ in range(200):
            size += len(stream.feed(piece))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 600_000
    assert peak < 1_000_000


def test_a_token_that_never_ends_is_masked_up_to_its_limit() -> None:
    stream = Redactor().stream()
    out = stream.feed(b"password=" + b"x1" * 50_000) + stream.feed(b"y" * 100_000) + stream.flush()
    assert out.startswith(b"password=[secret:password]")
    assert 190_000 < len(out) < 200_000


# A team's own patterns.


def test_a_pattern_masks_its_group_or_all_of_it() -> None:
    redactor = Redactor(patterns=[pattern("badge", r"badge (\d{4,9})"), pattern("acme", r"ACME-[A-Z0-9]{8}")])
    assert redactor.text("badge 12345 ACME-ABCD1234\n") == "badge [secret:badge] [secret:acme]\n"
    named = Redactor(patterns=[pattern("x", r"(a)=(?P<secret>\w+)")])
    assert named.text("a=bcd") == "a=[secret:x]"


@settings(deadline=None)
@given(
    parts=st.lists(st.sampled_from([b"badge 123", b"4", b" ", b"\n", b"\r\n", b"\r", b"x" * 700]), max_size=20),
    at=st.lists(st.integers(0, 3000), max_size=8),
)
def test_a_pattern_is_found_however_the_output_is_cut(parts: list[bytes], at: list[int]) -> None:
    redactor = Redactor(patterns=[pattern("badge", r"badge (\d+)")])
    data = b"".join(parts)
    stream = redactor.stream()
    assert b"".join(map(stream.feed, cut(data, at))) + stream.end() == fed(redactor, data)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(", "is not a regular expression"),
        ("x*", "matches nothing at all"),
        ("(a+)+b", "for ever"),
        ("(?:a|b*){2,}c", "for ever"),
        (r"(\w+\s?)*x", "for ever"),
        (".*a.*b.*c", "open repetitions"),
        (r"x{1,9000}.*y+", "open repetitions"),
    ],
)
def test_a_bad_pattern_is_refused_in_a_sentence(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=re.escape(words)) as refused:
        pattern("mine", text)
    assert "'mine'" in str(refused.value)


def test_a_pattern_needs_a_name_that_can_stand_in_a_mask() -> None:
    with pytest.raises(UsageError, match="letters, digits"):
        pattern("my pattern]", "abc")


@pytest.mark.parametrize("text", [r"[a-z*+]{3}x", r"\(a\+\)\+b", r"(ab){2}c", r"(?:a|b)+", r"(?P<secret>\w+)@x"])
def test_a_pattern_that_is_cheap_is_accepted(text: str) -> None:
    assert pattern("mine", text).name == "mine"


# Ordinary text.


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of public runbooks is not beside the checkout")
def test_almost_nothing_is_masked_in_ordinary_runbooks() -> None:
    redactor = Redactor()
    masked = total = 0
    for path in sorted(CORPUS.rglob("*.md")):
        for line in path.read_text(errors="replace").splitlines():
            total += 1
            masked += redactor.text(line) is not line
    assert total > 10_000
    assert masked / total < 0.001


def test_an_automaton_knows_where_its_needles_may_still_grow() -> None:
    automaton = Automaton([Needle(b"abcabd", "A"), Needle(b"bd-bd-e", "B"), Needle(b"tok")])
    for text, where in [(b"", 0), (b"xx", 2), (b"xab", 1), (b"abcab", 0), (b"abcabd", 4), (b"abcabc", 3), (b"tok", 3)]:
        assert automaton.growing(text) == where
