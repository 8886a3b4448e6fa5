"""The few calls of the Linux kernel that Python does not offer. Each raises `OSError` where the kernel refuses."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct

NEW_USER, NEW_MOUNTS, NEW_PIDS = 0x10000000, 0x00020000, 0x20000000
NEW_NETWORK, NEW_IPC, NEW_NAMES = 0x40000000, 0x08000000, 0x04000000
EVERYTHING = NEW_USER | NEW_MOUNTS | NEW_PIDS | NEW_NETWORK | NEW_IPC | NEW_NAMES

READ_ONLY, NO_SETUID, NO_DEVICES, NO_EXECUTION = 1, 2, 4, 8
BIND, RECURSIVE, PRIVATE = 4096, 16384, 1 << 18
DETACH = 2
AT_FDCWD, AT_RECURSIVE, SYS_MOUNT_SETATTR = -100, 0x8000, 442

PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 24, 38
LAST_CAPABILITY = 63
KEPT = frozenset({0, 1, 3, 4, 5, 6, 7})
"""Of root's, over files and processes of the sandbox: CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID. None
of them mounts anything, traces anybody or opens a file by its number."""

SIOCSIFFLAGS, IFF_UP = 0x8914, 1

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


def unshare(flags: int) -> None:
    _checked(_libc.unshare(flags), "unshare")


def mount(source: str, target: str, kind: str, flags: int = 0, options: str = "") -> None:
    data = os.fsencode(options) or None
    _checked(_libc.mount(os.fsencode(source), os.fsencode(target), kind.encode(), ctypes.c_ulong(flags), data), target)


def make_read_only(target: str) -> None:
    """A mount and all below it, as they stand; nothing in them executes or counts as a device."""
    attributes = struct.pack("QQQQ", READ_ONLY | NO_SETUID | NO_DEVICES | NO_EXECUTION, 0, 0, 0)
    path, size = os.fsencode(target), ctypes.c_size_t(len(attributes))
    _checked(_libc.syscall(SYS_MOUNT_SETATTR, AT_FDCWD, path, AT_RECURSIVE, attributes, size), target)


def change_root(root: str) -> None:
    """`root`, which is a mount, becomes `/` of everybody in the namespace, and what was there is gone."""
    os.chdir(root)
    _checked(_libc.pivot_root(b".", b"."), root)
    _checked(_libc.umount2(b".", DETACH), root)
    os.chdir("/")


def end_with_parent() -> None:
    _checked(_libc.prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0), "prctl")


def give_up_privileges() -> None:
    """For good, with whatever is executed from here on."""
    for number in range(LAST_CAPABILITY + 1):
        if number not in KEPT:
            _libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0)  # one the kernel does not know cannot be had either
    _checked(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")


def raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
