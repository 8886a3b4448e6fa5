"""Takes `report.png`: the beginning of the report of a real run, as a browser shows it. Wants Chromium.

uv run python recordings/make_report.py [REPORT.html]     # a name keeps the page, too
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from incident import ROOT, stranger
from make_recording import Terminal, walk

PICTURE = Path(__file__).with_name("report.png")
SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {2: 3, 6: 4}
"""Colour type of a PNG → samples of a pixel; those a browser writes."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTH, HEIGHT = 1000, 1718
"""Down to the end of the timeline."""
ROOM = 200
"""A window of so many more rows: its own frame takes some."""
ALONE = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--blink-settings=preferredColorScheme=0",
)
"""It asks nobody for anything; dark, as the cockpit's picture beside it."""


def main() -> None:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit(f"none of {', '.join(BROWSERS)} is here")
    os.chdir(ROOT)
    with TemporaryDirectory() as folder:
        page = Path(sys.argv[1] if len(sys.argv) > 1 else f"{folder}/report.html").absolute()
        page.write_bytes(report(Path(folder)))
        take(browser, page, Path(folder))
    sys.stdout.write(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size} bytes\n")


def report(home: Path) -> bytes:
    environment = stranger(home)
    terminal = Terminal(environment)
    walk(terminal, home / ".local" / "state" / "oncue" / "audit.db")
    terminal.ended()
    words = [sys.executable, "-m", "tui", "report", "--format", "html"]
    return subprocess.run(words, env=environment, stdout=subprocess.PIPE, check=True).stdout


def take(browser: str, page: Path, folder: Path) -> None:
    size = f"--window-size={WIDTH},{HEIGHT + ROOM}"
    words = [browser, *ALONE, f"--user-data-dir={folder / 'browser'}", size, f"--screenshot={PICTURE}", page.as_uri()]
    subprocess.run(words, stderr=subprocess.DEVNULL, timeout=120, check=True)
    PICTURE.write_bytes(cropped(PICTURE.read_bytes(), HEIGHT))


def cropped(png: bytes, n_rows: int) -> bytes:
    """The first rows of a picture; each is told by those above it alone."""
    parts = list(chunks(png))
    header = parts[0][1]
    width, _, depth, colours = struct.unpack(">IIBB", header[:10])
    row_bytes = 1 + width * CHANNELS[colours] * depth // 8
    rows = zlib.decompress(b"".join(data for kind, data in parts if kind == b"IDAT"))
    kept = zlib.compress(rows[: n_rows * row_bytes], 9)
    fresh = [(b"IHDR", struct.pack(">II", width, n_rows) + header[8:]), (b"IDAT", kept), (b"IEND", b"")]
    return SIGNATURE + b"".join(map(chunk, fresh))


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        at += 12 + size


def chunk(part: tuple[bytes, bytes]) -> bytes:
    kind, data = part
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


if __name__ == "__main__":
    main()
