#!/usr/bin/env python3
"""Give files the state that a disk may have after a power cut, from the records of
tests/fault/power.c.

    disk.py sync FOLDER          the present state is on the disk
    disk.py cut FOLDER [SEED]    unsynced data is gone; with a seed, some of it remains

No process may have a file of the folder open meanwhile. The seed draws among the states that a disk may
be in. A folder has the names of its last sync, or the present ones. A file has any of the sectors
written since its last sync.
"""

import ctypes
import os
import pathlib
import random
import shutil
import sys

SECTOR = 512
SYSTEMS = ("files", "data")


class Disk:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.disk, self.before = self.folder / "disk", self.folder / "disk.before"

    def sync(self):
        """Put the present state on the disk."""
        shutil.rmtree(self.disk, ignore_errors=True)
        self.disk.mkdir()
        self.disk.chmod(0o777)
        library = ctypes.CDLL(str(self.folder / "power.so"))
        for system in SYSTEMS:
            for path, _, files in os.walk(self.folder / system):
                for name in [*files, "."]:
                    fd = os.open(os.path.join(path, name), os.O_RDONLY)
                    library.fsync(fd)
                    os.close(fd)
        if not all((self.disk / name).is_symlink() for name in SYSTEMS):
            raise RuntimeError("the library does not work")

    def cut(self, rng=None):
        """Cut the power, and restore it."""
        shutil.rmtree(self.before, ignore_errors=True)
        self.disk.rename(self.before)
        self.sync()  # the remaining state, in the same form
        for name in SYSTEMS:
            made, status = self.folder / (name + ".made"), (self.folder / name).stat()
            made.mkdir()
            self.own(made, status.st_uid, status.st_gid, status.st_mode & 0o7777)
            self.build(os.readlink(self.before / name), made, rng)
            shutil.rmtree(self.folder / name)
            made.rename(self.folder / name)
        self.sync()

    @staticmethod
    def own(path, uid, gid, mode):
        if os.geteuid() == 0:
            os.chown(path, uid, gid)
        os.chmod(path, mode)

    @staticmethod
    def names(disk, of):
        """Return the names of a folder; None when it was never synced."""
        path = disk / (of + ".names")
        return path.read_bytes().split(b"\0")[:-1] if path.exists() else None

    def build(self, of, path, rng):
        kept, now = self.names(self.before, of) or [], self.names(self.disk, of)
        if rng is not None and now is not None and rng.random() < 0.3:
            kept = now
        for entry in kept:
            kind, mode, uid, gid, one, name = entry.decode().split(" ", 5)
            if kind == "d":
                (path / name).mkdir()
                self.build(one, path / name, rng)
            else:
                (path / name).write_bytes(self.content(one, rng))
            self.own(path / name, int(uid), int(gid), int(mode, 8))

    def content(self, of, rng):
        kept, now = [(disk / of).read_bytes() if (disk / of).exists() else b"" for disk in (self.before, self.disk)]
        if rng is None or kept == now:
            return kept
        share, mixed = rng.choice([0, 0.5, 1]), bytearray(kept)
        for at in range(0, len(now), SECTOR):
            piece = now[at:at + SECTOR]
            if kept[at:at + SECTOR] != piece and rng.random() < share:
                mixed.extend(bytes(max(0, at - len(mixed))))
                mixed[at:at + SECTOR] = piece
        return bytes(mixed)


def main():
    what, folder, *seed = sys.argv[1:]
    if what == "sync":
        Disk(folder).sync()
    else:
        Disk(folder).cut(random.Random(seed[0]) if seed else None)


if __name__ == "__main__":
    main()
