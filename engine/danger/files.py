"""Paths: what lies where, and what it means that something is written there."""

from __future__ import annotations

from typing import NamedTuple

from ..expressions import expression
from ..levels import Level
from .verdict import Category
from .words import HOLE

SCRATCH = expression(r"(?:/tmp|/var/tmp|/dev/shm|/run/user/\d+)/[^/]|/private/tmp/[^/]")
SCRATCH_NAME = expression(
    r"\$\{?(?:\w*_)?(?:TMP|TEMP|SCRATCH|TMPDIR|TEMPDIR|WORKDIR|tmp|temp|scratch|tmpdir|tempdir)\w*\b"
)
"""A variable that is named after what it holds: `$TMPDIR`, `${SCRATCH:?}`, `$tmp_dir`."""
DEVICE = expression(
    r"/dev/(?:sd[a-z]|hd[a-z]|vd[a-z]|xvd[a-z]|nvme\d|md\d|md/|dm-\d|mapper/|disk/|mmcblk\d|loop\d|rdisk\d|disk\d"
    r"|zd\d|zvol/|drbd|rbd|nbd|mem\b|kmem\b|port\b|sg\d|st\d|nst\d|mtd|[^/]+/[^/]+)"
)
NOWHERE = expression(r"/dev/(?:null|stdout|stderr|tty|fd/\d+|zero|full)\Z")
POWER = expression(
    r"(?:.*/)?(?:\.ssh/)?authorized_keys2?\Z|/etc/(?:sudoers(?:\.d/.*)?|passwd|shadow|group|gshadow|pam\.d/.*|ld\.so\.preload"
    r"|security/.*)\Z"
)
"""Files that say who may do what."""
TIMED = expression(r"/etc/cron(?:tab\Z|\.[a-z]+/)|/var/spool/cron/|/etc/systemd/system/")
KERNEL = expression(r"/proc/|/sys/")
VITAL = expression(r"/boot/|/etc/(?:fstab|hosts|resolv\.conf|nsswitch\.conf|crypttab|mdadm|lvm/)")
SYSTEM_ROOTS = expression(
    r"(?:/|/\*|~|~/|~/\*|\*|\.|\./?\*|\$HOME/?\*?|/(?:bin|boot|dev|etc|home|lib|lib64|opt|proc|root|run|sbin|srv|sys|usr|var)"
    r"(?:/\*?)?)\Z"
)
DATA_ROOTS = expression(
    r"/(?:var/lib|var/opt|var/spool|srv|data|mnt|media|backup|backups|home|opt|export|exports|volumes?|pgdata|u0\d)/"
)
"""Where services and people keep what nothing rebuilds."""


class Write(NamedTuple):
    level: Level
    category: Category
    rule: str
    why: str


def is_scratch(path: str, source: str) -> bool:
    """A place for passing things. `source` is the path as written, where a variable still has its name."""
    if ".." in path.split("/"):
        return False
    return bool(SCRATCH.match(path)) or (path.startswith(HOLE) and SCRATCH_NAME.match(source.strip("\"'")) is not None)


def is_device(path: str) -> bool:
    return DEVICE.match(path) is not None and not NOWHERE.match(path) and not SCRATCH.match(path)


def writing(path: str, source: str, *, append: bool, nothing: bool) -> Write | None:
    """What it means to write to a file; None when nothing is kept there. `nothing`: it is only emptied."""
    if NOWHERE.match(path):
        return None
    if is_device(path):
        return Write("dangerous", "disk", "write-device", f"writes over the device {source}")
    if path == "/proc/sysrq-trigger":
        return Write("dangerous", "availability", "write-sysrq", "makes the kernel reboot or halt at once")
    if POWER.match(path):
        return Write("dangerous", "privilege", "write-power", f"changes who has access: {source}")
    if is_scratch(path, source):
        return None
    if KERNEL.match(path):
        return Write("caution", "config_change", "write-kernel", f"changes a setting of the running kernel: {source}")
    if append:
        return Write("caution", "config_change", "append-file", f"adds to {source}")
    if nothing:
        return Write("dangerous", "data_destruction", "empty-file", f"empties {source}; what was in it is gone")
    if VITAL.match(path) or TIMED.match(path):
        return Write("caution", "config_change", "write-system", f"writes over {source}")
    return Write("caution", "config_change", "write-file", f"writes over {source} if it exists")
