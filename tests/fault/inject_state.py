"""The state of inject.py: a file of lines of JSON. The first has the tree that it belongs to. Each
further one has a finished unit: a case, a kind and an error.

A unit counts only for the same programs, cases and --each. With others the file begins again.
"""

import hashlib
import json
import os
import pathlib
import shutil

HERE = pathlib.Path(__file__).resolve().parent


def files(library):
    """Return all files that a result depends on, in one order."""
    root = HERE.parent.parent
    programs = pathlib.Path(shutil.which("pg-load")).parent
    found = [library, *programs.iterdir(), *HERE.glob("inject*.py"), root / "scripts/pipeline.sh",
             *(root / "scripts/pipeline").iterdir(), *(root / "share/maps").iterdir()]
    return sorted(one for one in found if one.is_file())


def fingerprint(library):
    whole = hashlib.sha256()
    for one in files(library):
        whole.update(one.name.encode() + b"\0" + hashlib.sha256(one.read_bytes()).digest())
    return whole.hexdigest()


class State:
    """Without a path it keeps nothing."""

    def __init__(self, path, library, each):
        self.path, self.units = path, {}
        if path is None:
            return
        head = {"tree": fingerprint(library), "each": each}
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        if lines and self.parse(lines[0]) == head:
            for line in lines[1:]:
                unit = self.parse(line)
                if unit is not None:
                    self.units[unit["case"], unit["kind"], unit["how"]] = unit
        elif lines:
            print("inject: the state is of another tree or another --each; it begins again", flush=True)
        # Without a line that was cut off.
        with open(str(path) + ".new", "w", encoding="utf-8") as file:
            file.write("".join(json.dumps(one) + "\n" for one in [head, *self.units.values()]))
        os.replace(str(path) + ".new", path)

    @staticmethod
    def parse(line):
        """Return the value of a line, or None for one that was cut off."""
        try:
            return json.loads(line)
        except ValueError:
            return None

    def has(self, case, kind, how):
        return (case, kind, how) in self.units

    def unit(self, case, kind, how):
        return self.units[case, kind, how]

    def keep(self, unit):
        if self.path is None:
            return
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(unit) + "\n")
            file.flush()
            os.fsync(file.fileno())
