"""The sandbox itself: namespaces, overlays, a `/dev` and a `/proc` of its own, and then no way back to the real tree.

Everything that is written lands in one tmpfs, which is gone with the last process that uses it.
"""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from . import kernel
from .changes import Layer, Mark, signature
from .layout import MOST_PLACES, Place, mounts_of, places

SIZE = "size=1g,mode=700"
"""What a sandbox may write in all; it lies in memory."""
COPIED_BYTES = 1 << 20
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
OWN_FOLDER = "/dev/.oncue"
"""Where a step's text and what it leaves behind lie, inside."""
MOST_DESCRIPTORS = 1 << 20
SWITCHES = (
    ("user/max_user_namespaces", "0", "user.max_user_namespaces is 0"),
    ("kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone is 0"),
    ("kernel/apparmor_restrict_unprivileged_userns", "1", "kernel.apparmor_restrict_unprivileged_userns is 1"),
)
"""Settings by which a machine forbids it: below `/proc/sys`, value, in words."""


class Unavailable(Exception):
    """Why there can be no sandbox here, in one sentence."""


class Room:
    """Built by a process of its own, which lives in it from then on."""

    def __init__(self, scratch: Path) -> None:
        """`scratch` is an empty folder; nothing is left in it. Raises `Unavailable`."""
        self.layers: list[Layer] = []
        self.hidden: list[str] = []
        """Folders of the real tree that could not be laid out, and are empty in here."""
        self._skeleton: dict[str, Place] = {}
        self._copies: dict[str, tuple[int, ...]] = {}
        """Files that are copies: path → what tells whether they have been changed."""
        self.descriptor_limits = _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        """As they were, and as a step has them."""
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # two descriptors for each overlay
        mounts = mounts_of(Path("/proc/self/mountinfo").read_text(errors="surrogateescape"))
        self._enter()
        self._step("mounts of our own", kernel.mount, "none", "/", "none", kernel.RECURSIVE | kernel.PRIVATE)
        self._step("tmpfs", kernel.mount, "oncue", str(scratch), "tmpfs", kernel.NO_DEVICES, SIZE)
        self._base = str(scratch)
        self._root = f"{scratch}/root"
        self._refuse_old_kernel()
        self._build(mounts)
        self.init = self._start_init()
        self._step("new root", kernel.change_root, self._root)

    def marks_outside_overlays(self) -> dict[str, Mark]:
        """Things made in, changed in, or gone from folders that are laid out by hand."""
        found: dict[str, Mark] = {}
        for path, before in self._copies.items():
            with suppress(FileNotFoundError):
                if (now := signature(os.lstat(path))) != before:
                    found[path] = Mark("changed", now)
        known = set(self._skeleton)
        for path in [path for path, place in self._skeleton.items() if place.way == "folder"]:
            here = {f"{path.rstrip('/')}/{name}" for name in os.listdir(path)}  # noqa: PTH208
            for new in here - known - {"/proc", "/sys", "/dev"}:
                found[new] = Mark("created", signature(os.lstat(new)))
        for path in known:
            if not os.path.lexists(path):
                found[path] = Mark("deleted", ())
        return found

    # Building.

    def _enter(self) -> None:
        uid, gid = os.geteuid(), os.getegid()
        told, tell = os.pipe()
        helper = os.fork()  # only a process outside may write the maps of more than one user
        if helper == 0:
            os.close(tell)
            os.read(told, 1)
            os._exit(_write_maps(os.getppid(), uid, gid))
        os.close(told)
        try:
            kernel.unshare(kernel.EVERYTHING)
        except OSError as error:
            os.kill(helper, signal.SIGKILL)
            raise Unavailable(_forbidden(error)) from error
        finally:
            os.close(tell)  # which lets the helper go on
            _, status = os.waitpid(helper, 0)
        if status != 0:
            raise Unavailable("no user could be named inside a namespace of its own")
        with suppress(OSError):  # without it nothing listens at localhost, and nothing else is missing
            kernel.raise_loopback()

    def _step(self, what: str, call: Callable[..., None], *arguments: object) -> None:
        try:
            call(*arguments)
        except OSError as error:
            if error.errno in (errno.EPERM, errno.EACCES):
                raise Unavailable(_forbidden(error)) from error
            raise Unavailable(f"the kernel gives us no {what}: {error.strerror}") from error

    def _refuse_old_kernel(self) -> None:
        try:
            os.setxattr(self._base, "user.oncue", b"y")
        except OSError as error:
            raise Unavailable(
                "the kernel's tmpfs keeps no attributes of users, as Linux 6.6 and later ones do"
            ) from error

    def _build(self, mounts: Mapping[str, str]) -> None:
        for folder in ("root", "upper", "work"):
            os.mkdir(f"{self._base}/{folder}")  # noqa: PTH102
        kernel.mount(self._root, self._root, "none", kernel.BIND)
        for number, place in enumerate(places(mounts)):
            if number > MOST_PLACES:
                raise Unavailable("too much is mounted on this machine in too many places")
            self._skeleton[place.path] = place
            self._lay(number, place)
        if not self.layers:
            raise Unavailable("the kernel overlays no folder of this machine")
        self._make_devices()
        self._show_system()

    def _lay(self, number: int, place: Place) -> None:
        target = self._root + place.path.rstrip("/")
        if place.way == "link":
            Path(target).symlink_to(place.link)
        elif place.way == "file":
            self._show_file(place.path, target)
        else:
            os.makedirs(target, exist_ok=True)  # noqa: PTH103
            os.chmod(target, place.mode)  # noqa: PTH101
        if place.way == "hidden":
            self.hidden.append(place.path)
        elif place.way == "overlay":
            self._overlay(number, place.path, target)

    def _show_file(self, path: str, target: str) -> None:
        """A small one as a copy; a large one can only be read in here."""
        try:
            if os.stat(path).st_size <= COPIED_BYTES:  # noqa: PTH116
                shutil.copy2(path, target)
                self._copies[path] = signature(os.lstat(target))
                return
        except OSError:  # not for us to read, outside as inside
            Path(target).touch(0)
            return
        Path(target).touch()
        try:
            kernel.mount(path, target, "none", kernel.BIND)
            kernel.make_read_only(target)
        except OSError:
            self.hidden.append(path)

    def _overlay(self, number: int, path: str, target: str) -> None:
        written, work = f"{self._base}/upper/{number}", f"{self._base}/work/{number}"
        try:
            real = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            mode = os.fstat(real).st_mode & 0o7777
        except OSError:  # not for us to look into, outside as inside
            if os.access(path, os.X_OK):
                self.hidden.append(path)
            return
        for folder in (written, work):
            os.mkdir(folder)  # noqa: PTH102
        os.chmod(written, mode)  # noqa: PTH101
        options = f"lowerdir={_escaped(path)},upperdir={written},workdir={work},userxattr"
        try:
            kernel.mount("overlay", target, "overlay", 0, options)
        except OSError:
            os.close(real)
            self.hidden.append(path)
            return
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        self.layers.append(Layer(path, os.open(written, flags), real))

    def _make_devices(self) -> None:
        dev = f"{self._root}/dev"
        os.makedirs(dev, exist_ok=True)  # noqa: PTH103
        kernel.mount("dev", dev, "tmpfs", kernel.NO_SETUID, "size=64m,mode=755")
        for name in DEVICES:
            Path(dev, name).touch()
            kernel.mount(f"/dev/{name}", f"{dev}/{name}", "none", kernel.BIND)
        for name, target in (("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
            Path(dev, name).symlink_to(f"/proc/self/{target}")
        os.mkdir(f"{dev}/shm", 0o1777)  # noqa: PTH102
        os.mkdir(self._root + OWN_FOLDER, 0o700)  # noqa: PTH102
        os.mkdir(f"{dev}/pts")  # noqa: PTH102
        with suppress(OSError):  # only programs that open terminals themselves miss it
            kernel.mount("devpts", f"{dev}/pts", "devpts", 0, "newinstance,ptmxmode=0666,mode=620")
            Path(dev, "ptmx").symlink_to("pts/ptmx")
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        mine = frozenset({OWN_FOLDER, "/dev/pts"})
        self.layers.append(Layer("/dev", os.open(dev, flags), os.open("/dev", flags), mine))

    def _show_system(self) -> None:
        target = f"{self._root}/sys"
        os.makedirs(target, exist_ok=True)  # noqa: PTH103
        try:
            kernel.mount("/sys", target, "none", kernel.BIND | kernel.RECURSIVE)
            kernel.make_read_only(target)
        except OSError as error:
            raise Unavailable(f"/sys cannot be made read-only: {error.strerror}") from error

    def _start_init(self) -> int:
        """The first process of the new namespace: it shows its processes at `/proc`, and buries the dead."""
        os.makedirs(f"{self._root}/proc", exist_ok=True)  # noqa: PTH103
        told, tell = os.pipe()
        init = os.fork()
        if init == 0:
            _be_init(f"{self._root}/proc", tell)
        os.close(tell)
        answer = os.read(told, 64)
        os.close(told)
        if answer != b"ready":
            raise Unavailable("no /proc of its own can be mounted, as in a container that hides parts of it")
        return init


def _be_init(proc: str, tell: int) -> None:
    """Does not return."""
    try:
        kernel.end_with_parent()
        flags = kernel.READ_ONLY | kernel.NO_SETUID | kernel.NO_DEVICES | kernel.NO_EXECUTION
        kernel.mount("proc", proc, "proc", flags)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        os.chdir("/")
        os.write(tell, b"ready")
        os.closerange(0, MOST_DESCRIPTORS)
        while True:
            signal.sigwait({signal.SIGCHLD})
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    continue
    finally:
        os._exit(1)


def _write_maps(pid: int, uid: int, gid: int) -> int:
    """Everybody for root, so that files keep their owners; else nobody but the operator. Answers an exit status."""
    everybody = "0 0 4294967295"
    try:
        if uid == 0:
            with suppress(OSError):
                Path(f"/proc/{pid}/gid_map").write_text(everybody)
                Path(f"/proc/{pid}/uid_map").write_text(everybody)
                return 0
        Path(f"/proc/{pid}/setgroups").write_text("deny")
        Path(f"/proc/{pid}/gid_map").write_text(f"{gid} {gid} 1")
        Path(f"/proc/{pid}/uid_map").write_text(f"{uid} {uid} 1")
    except OSError:
        return 1
    return 0


def _forbidden(error: OSError) -> str:
    for name, value, words in SWITCHES:
        with suppress(OSError):
            if Path("/proc/sys", name).read_text().strip() == value:
                return f"this machine gives users no namespaces of their own: {words}"
    return f"namespaces of our own are forbidden here, as in most containers: {error.strerror}"


def _escaped(path: str) -> str:
    return path.replace("\\", "\\\\").replace(":", "\\:").replace(",", "\\,")
