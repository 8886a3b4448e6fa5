"""Blocks as files: sourced, or run whole by the interpreter their first line names."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Mapping

from .bash_shell import find_bash, write_private

DOCUMENT = re.compile(rb"<<[^<]")
UNCLOSED = re.compile(rb"here-document at line \d+ delimited by end-of-file")
FATAL = re.compile(rb"\bset\s[^\n;&|]*-\w*u|nounset|\$\{\w+:?\?")
"""A missing variable is meant to end the block. Told to an interactive shell it ends only the command it is in."""
READ_LATER = re.compile(rb"\balias\b|\bextglob\b")
"""Changes how the lines after it are read, so these must not all be read at once."""
CHECK_SECONDS = 10.0


def write_block(path: str, text: bytes) -> bytes:
    """Write a block to be sourced, and answer the command that does it."""
    if FATAL.search(text) and not READ_LATER.search(text):
        # One command, so that what ends a command ends the block; line numbers stay as they are.
        text = b"{ :; " + text + b"\n\n}\n"
    write_private(path, text)
    return b"\\builtin . " + os.fsencode(shlex.quote(path))


def write_script(path: str, text: bytes) -> bytes:
    """Write a script to be run, and answer the command that does it.

    Where the directory forbids execution the interpreter is called as the kernel would call it.
    """
    write_private(path, text, 0o700)
    words = [path]
    if os.statvfs(path).f_flag & os.ST_NOEXEC:
        words = [*_interpreter(text), *words]
    return b" ".join(os.fsencode(shlex.quote(word)) for word in words)


def unclosed_document(path: str, text: bytes, environment: Mapping[str, str]) -> bytes:
    """What bash says about a here-document without its end in the file, for which it only warns; empty if nothing.

    Bash is asked, because nobody else knows its grammar well enough to refuse a block.
    """
    if not DOCUMENT.search(text):
        return b""
    try:
        checked = subprocess.run(
            [find_bash(environment), "--norc", "--noprofile", "-n", path],
            env={"PATH": environment.get("PATH", os.defpath), "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=CHECK_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return b""
    lines = [line for line in checked.stderr.splitlines() if UNCLOSED.search(line)]
    return b"".join(line + b"\r\n" for line in lines)


def _interpreter(text: bytes) -> list[str]:
    """Interpreter and at most one argument, as the kernel splits them."""
    return os.fsdecode(text[2:].partition(b"\n")[0].strip()).split(None, 1)
