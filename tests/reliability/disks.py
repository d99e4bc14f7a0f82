"""Disks that are full, read-only, or free again: a small file system of its own where one may be mounted.

Elsewhere a limit on the size of files does for the first, modes of the folder for the second.
"""

import os
import resource
import subprocess
from pathlib import Path


class Mounted:
    """A tmpfs in place of a folder."""

    full = "No space left on device"
    read_only = "Read-only file system"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=100m", "tmpfs", str(folder)]
        subprocess.run(mount, check=True, capture_output=True)

    def room(self, kilobytes: int) -> None:
        self._remount(f"rw,size={kilobytes}k")

    def lock(self) -> None:
        self._remount("ro")

    def free(self) -> None:
        self._remount("rw,size=100m")

    def close(self) -> None:
        subprocess.run(["umount", str(self.folder)], check=True)

    def _remount(self, options: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{options}", str(self.folder)], check=True)


class Limited:
    """Limits of the process, which those that it starts inherit."""

    full = "File too large"
    read_only = "Permission denied"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def room(self, kilobytes: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024 * kilobytes, self.before[1]))

    def lock(self) -> None:
        self.free()
        for folder in (self.folder, *self.folder.rglob("*/")):
            folder.chmod(0o555)

    def free(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self.before)
        for folder in (self.folder, *self.folder.rglob("*/")):
            folder.chmod(0o755)

    def close(self) -> None:
        self.free()


def disk(folder: Path) -> Mounted | Limited:
    """The folder, made, on a disk whose room can be changed."""
    try:
        return Mounted(folder)
    except (OSError, subprocess.CalledProcessError):
        if os.getuid() == 0:
            raise  # modes mean nothing to root: nothing here would be tested
        folder.rmdir()
        return Limited(folder)
