"""The cases of pg-load (see inject_case.py)."""

import json
import os
import subprocess

from inject_case import HERE, TABLE, Case, Database, login, record


class Load(Case):
    """The columns by name; a row that the server refuses, and an error record."""

    name, program = "load", "pg-load"
    arguments = ["-t", "user_logins", "--no-map", "--retry-timeout", "1s"]
    good, bad = {1, 2, 3}, {4, 5}
    table = "CREATE TABLE user_logins (user_id varchar(128), n integer)"

    def records(self):
        lines = [record(n, {"user_id": "canary-user-%d" % n, "n": n}) for n in (1, 2, 3)]
        lines.append(record(4, {"user_id": "canary-user-4", "n": "canary-4"}))
        error = json.loads(record(5, None))
        del error["body"]
        lines.append(json.dumps({**error, "error": {"stage": "mask", "code": "json", "detail": ""},
                                 "sealed": "seal1.00000000.AAAA"}) + "\n")
        return lines

    def prepare(self):
        self.write("input", "".join(self.records()))
        self.database = Database()
        self.environment = {"PGDATABASE": self.database.name}

    def fresh(self):
        # Most runs end before they touch the database.
        if not self.database.untouched():
            self.database.fresh(self.table)
        return super().fresh()

    def rows(self):
        """Return the user numbers of the rows, and of the error rows."""
        rows = [int(one.rsplit("-", 1)[1]) for one in self.database.ask("SELECT user_id FROM user_logins")]
        there = self.database.ask("SELECT to_regclass('user_logins_errors')")[0]
        errors = self.database.ask("SELECT message_id FROM user_logins_errors") if there else []
        return sorted(rows), sorted(int(one[:8], 16) for one in errors)

    def verdicts(self, result):
        """Return the status of each message number, and the errors of the lines."""
        said, wrong = {}, []
        for line in result.lines()[0]:
            try:
                verdict = json.loads(line)
                said[int(verdict["sqs"]["message_id"][:8], 16)] = verdict["status"]
            except (ValueError, KeyError):
                wrong.append("a line is no verdict")
        return said, wrong

    def judge(self, result, whole):
        said, wrong = self.verdicts(result)
        rows, errors = self.rows()
        if len(rows) != len(set(rows)) or len(errors) != len(set(errors)):
            wrong.append("a row is duplicated: %s %s" % (rows, errors))
        for number, status in said.items():
            if number not in (errors if status == "quarantined" else rows):
                wrong.append("the verdict is %s for %d, which is not stored" % (status, number))
            # The ledger shows that a COMMIT whose answer was lost has happened.
            if number in self.good and status not in ("committed", "duplicate") and not self.excused(result):
                wrong.append("the verdict is %s for %d, which is good" % (status, number))
        if whole and not self.excused(result) and set(said) != self.good | self.bad:
            wrong.append("ends well without all verdicts: %s" % said)
        return wrong + self.judge_repeated(result, said)

    def excused(self, result):
        """Return true when a filter of the map ran out of memory in its own process: quarantined,
        not lost."""
        return result.by_child

    def judge_repeated(self, result, said):
        """Repeat the records without a verdict: then everything is stored, once. With nothing done
        yet that would only be the clean run again."""
        if result.status != 0 and self.database.untouched():
            return []
        with open(self.input(), "rb") as given:
            again = subprocess.run(super().fresh(), stdin=given, cwd=self.directory, check=False, capture_output=True,
                                   env=dict(os.environ, **self.environment))
        rows, errors = self.rows()
        if again.returncode != 0 or (set(rows) | set(errors), len(rows)) != (self.good | self.bad, len(set(rows))):
            return ["not all stored once after a repetition: %s %s, status %d" % (rows, errors, again.returncode)]
        if not self.excused(result) and (set(rows), set(errors)) != (self.good, self.bad):
            return ["a record is in the wrong table: %s %s" % (rows, errors)]
        return []

    def end(self):
        self.database.end()


class LoadMap(Load):
    """The shipped map, with its filter, which another process runs; two connections, batches of
    two."""

    name = "load-map"
    arguments = ["-t", "user_logins", "-m", "map", "--retry-timeout", "1s", "-j", "2", "--batch-rows", "2"]
    good, bad, table = {1, 2, 3, 4, 5}, {6}, TABLE

    def records(self):
        return [record(n, login(n)) for n in range(1, 6)] + [record(6, login(6, app_version="canary-6"))]

    def prepare(self):
        super().prepare()
        self.write("map", (HERE / "../../share/maps/user_logins.map").read_bytes()).chmod(0o644)


class LoadExplain(LoadMap):
    """Report what would be loaded, without loading: check the rights and the tables."""

    name = "load-explain"
    arguments = ["-t", "user_logins", "-m", "map", "--retry-timeout", "1s", "--explain"]

    def judge(self, result, whole):
        wrong = [] if self.database.untouched() else ["it leaves something behind"]
        self.explained = result.out if result.hits == 0 else self.explained
        if whole and result.out != self.explained or not self.explained.startswith(result.out):
            wrong.append("ends with other messages than a clean run")
        return wrong


CASES = [Load, LoadMap, LoadExplain]
