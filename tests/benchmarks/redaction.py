"""Masking secrets in a stream: `python tests/benchmarks/redaction.py`.

Log lines pass through a redactor in reads of 4 and 64 KiB, with no, one and twenty secrets, shapes of tokens always
among what is looked for. Beside it: a plain copy of the bytes, and `bytes.replace` once for each form of each secret,
which misses what lies across two reads. Processor time, so that what else the machine does is not counted.
"""

from __future__ import annotations

import argparse
import random
import statistics
import string
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "benchmarks")]

from flood import log_lines  # noqa: E402

from engine.redact import Redactor  # noqa: E402
from engine.redact.encodings import forms  # noqa: E402

MB = 1_000_000
READS = (4 << 10, 64 << 10)
ROUNDS = 5
BUDGET = 150


def secrets(count: int) -> dict[str, str]:
    """As people have them: 12 to 60 characters."""
    rng = random.Random(count)
    signs = string.ascii_letters + string.digits + "/+$_-"
    return {f"SECRET_{number}": "".join(rng.choices(signs, k=rng.randint(12, 60))) for number in range(count)}


def with_secrets(data: bytes, known: dict[str, str], every: int) -> bytes:
    """A secret at the end of every so manieth line."""
    lines, values = data.splitlines(), list(known.values())
    for number in range(0, len(lines), every):
        lines[number] += b" key " + values[number % len(values)].encode()
    return b"\n".join(lines) + b"\n"


def masked(redactor: Redactor, data: bytes, size: int) -> float:
    stream = redactor.stream()
    begun = time.process_time()
    for at in range(0, len(data), size):
        stream.feed(data[at : at + size])
    stream.flush()
    return time.process_time() - begun


def copied(data: bytes, size: int) -> float:
    begun = time.process_time()
    for at in range(0, len(data), size):
        bytes(bytearray(data[at : at + size]))
    return time.process_time() - begun


def replaced(known: dict[str, str], data: bytes, size: int) -> float:
    needles = [form for value in known.values() for form in forms(value.encode())]
    begun = time.process_time()
    for at in range(0, len(data), size):
        piece = data[at : at + size]
        for needle in needles:
            piece = piece.replace(needle, b"[secret]")
    return time.process_time() - begun


def show(words: str, sizes: dict[int, float], note: str = "") -> None:
    speeds = "".join(f"{sizes[size]:>10.0f}" for size in READS)
    sys.stdout.write(f"{words:<44}{speeds}   {note}".rstrip() + "\n")


def median_speed(run: Callable[[int], float], n_bytes: int, rounds: int) -> dict[int, float]:
    return {size: n_bytes / MB / statistics.median(run(size) for _ in range(rounds)) for size in READS}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=32)
    parser.add_argument("--quick", action="store_true", help="so little that the figures mean nothing")
    args = parser.parse_args()
    rounds = 1 if args.quick else ROUNDS
    data = log_lines(MB if args.quick else args.megabytes * MB)
    urls = data.replace(b"GET /api", b"GET https://api.internal:8443/api")

    sys.stdout.write(f"{'MB/s, in reads of':<44}" + "".join(f"{size >> 10:>6} KiB" for size in READS) + "\n")
    show("copied", median_speed(lambda size: copied(data, size), len(data), rounds))
    for count in (0, 1, 20):
        known = secrets(count)
        begun = time.process_time()
        redactor = Redactor(known)
        made = (time.process_time() - begun) * 1000
        note = f"{len(redactor.automaton.needles)} forms and triggers, made in {made:.0f} ms"
        note += f"   budget {BUDGET}" if count == 20 else ""
        words = f"{count} secrets, shapes of tokens"
        show(words, median_speed(lambda size, one=redactor: masked(one, data, size), len(data), rounds), note)
    known = secrets(20)
    redactor = Redactor(known)
    often = with_secrets(data, known, 100)
    show(
        "20 secrets, one in every 100th line",
        median_speed(lambda size: masked(redactor, often, size), len(often), rounds),
    )
    show("20 secrets, a URL in every line", median_speed(lambda size: masked(redactor, urls, size), len(urls), rounds))
    few = data[: len(data) // 32]
    show("bytes.replace, 20 secrets", median_speed(lambda size: replaced(known, few, size), len(few), 1))


if __name__ == "__main__":
    main()
