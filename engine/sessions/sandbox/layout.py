"""Which folder of the real tree is shown how in the sandbox. Pure, apart from listing the folders it has to.

A folder with another file system mounted below it cannot be overlaid as a whole, since the kernel does not uncover
what a mount hides: it is made anew, and each thing in it laid by itself.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

OWN = frozenset({"/proc", "/sys", "/dev"})
"""Made by the sandbox itself."""
NOT_FILES = re.compile(
    r"proc|sysfs|devtmpfs|devpts|cgroup2?|mqueue|securityfs|debugfs|tracefs|pstore|efivarfs|bpf|configfs|fusectl|"
    r"binfmt_misc|hugetlbfs|rpc_pipefs|nsfs|autofs|fuse.*|selinuxfs"
)
"""Kinds of file systems that hold no files of the machine, or whose look alone may start or hang something."""
MOST_PLACES = 4000
"""Mounting so many takes a quarter of a second; a tree that takes more is mounted too strangely to be laid out."""

Way = Literal["overlay", "folder", "link", "file", "hidden"]


@dataclass(frozen=True, slots=True)
class Place:
    path: str
    way: Way
    link: str = ""
    """What a link says."""
    mode: int = 0o755


def mounts_of(mountinfo: str) -> Mapping[str, str]:
    """Mount point → kind of file system, the last one where there are several; from `/proc/self/mountinfo`."""
    found: dict[str, str] = {}
    for line in mountinfo.splitlines():
        left, _, right = line.partition(" - ")
        found[_unescaped(left.split()[4])] = right.split()[0]
    return found


def _unescaped(path: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), path)


def places(mounts: Mapping[str, str], path: str = "/") -> Iterator[Place]:
    """Everything to be laid out below `path`, itself included, folders before what is in them."""
    if path in OWN:
        return
    if path != "/" and NOT_FILES.fullmatch(mounts.get(path, "")):
        yield Place(path, "hidden")
        return
    below = "/" if path == "/" else f"{path}/"
    if not any(one.startswith(below) and one != path for one in mounts):
        yield Place(path, "overlay")
        return
    yield Place(path, "folder", mode=stat.S_IMODE(os.stat(path).st_mode))  # noqa: PTH116
    try:
        entries = sorted(os.scandir(path), key=lambda one: one.name)
    except OSError:  # may be gone through and not listed; then nothing in it is shown
        return
    for entry in entries:
        yield from _entry(mounts, entry)


def _entry(mounts: Mapping[str, str], entry: os.DirEntry[str]) -> Iterator[Place]:
    if entry.is_symlink():
        yield Place(entry.path, "link", os.readlink(entry.path))  # noqa: PTH115
    elif entry.is_dir():
        yield from places(mounts, entry.path)
    elif entry.is_file():
        yield Place(entry.path, "file")
