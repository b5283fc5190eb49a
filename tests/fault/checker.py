#!/usr/bin/env python3
"""Judge a round by the ids of its events: compare the events sent with the contents of the
database.

    checker.py --sent FILE --form NAME --key FILE [--database NAME] [--outrun] [--look FILE...]

FILE has a line for each event: {"id":…,"message":…,"good":…,"body":…}. Each good one must be one
row with what was sent, and one key of the ledger. Each bad one must be one error row with it. With
--upsert a row must be the greatest version of its events. No clear value may be in the database or
in the files. With --outrun, a loader has warned that rows may lack values for the newest columns.

It shares no code with the programs, and uses only pii-unmask, to show what is stored. It prints a
line for each violation and, at the end, its counts.
"""

import argparse
import collections
import gzip
import json
import os
import pathlib
import re
import subprocess
import sys
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
from clear import is_clear  # noqa: E402

EVENT = re.compile(r'"(?:event_id|batch|user_id)": ?"([^"]+)"')
BEFORE = "-"  # in a column added after the row


class Checker:
    def __init__(self, options):
        self.options = options
        self.violations = []
        with open(options.sent, encoding="utf-8") as file:
            self.events = {event["id"]: event for event in map(json.loads, file)}
        self.good = {name: event["body"] for name, event in self.events.items() if event["good"]}
        self.bad = {name: event for name, event in self.events.items() if not event["good"]}

    def violation(self, text):
        self.violations.append(text)

    # ---- what is stored

    def query(self, text):
        """Return the rows of a query, as JSON, a line for each."""
        done = subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-c", text],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            self.violation("the database does not answer: %s" % done.stderr.strip().splitlines()[0])
        return done.stdout.splitlines()

    def unmask(self, what, lines):
        """Return the records as they were sent."""
        done = subprocess.run(["pii-unmask", "-q", "--key-file", self.options.key], input="".join(
            line + "\n" for line in lines), capture_output=True, text=True, check=False)
        records = [json.loads(line) for line in done.stdout.splitlines()]
        if len(records) != len(lines) or done.returncode != 0:
            self.violation("of %d %s %d can be unmasked" % (
                len(lines), what, sum("error" not in record for record in records)))
        return records

    # ---- what must be stored

    def each_once(self, what, found, due):
        counts = collections.Counter(found)
        lost, more = due - counts.keys(), counts.keys() - due
        if len(found) != len(counts):
            self.violation("%d %s are doubled, %s of them" % (
                len(found) - len(counts), what, max(counts, key=counts.get)))
        if lost:
            self.violation("%d %s are lost, %s of them" % (len(lost), what, min(lost)))
        if more:
            self.violation("%d %s must not exist, among them %s" % (len(more), what, min(more)))

    def same(self, name, row, body):
        """Return true when the row is what its event was."""
        for column, due in body.items():
            value = row.get(column)
            if column.startswith("note_") and (column not in row or value == BEFORE):
                continue
            if column.startswith("note_") and value is None:
                if not self.options.outrun:
                    self.violation("the row of %s is newer than a column, and has no value in it" % name)
            elif column == "app_version" and "create_date" in row:
                parts = [int(part) for part in due.split(".")]
                if value != parts[0] * 10000 + parts[1] * 100 + parts[2]:
                    self.violation("the row of %s has another version" % name)
            elif column in ("points", "version") and str(value) == str(due):
                continue
            elif value != due:
                self.violation("the row of %s differs from its event in %s" % (name, column))

    def rows(self):
        records = self.unmask("rows", self.query(
            "SELECT json_build_object('body', row_to_json(user_logins)) FROM user_logins"))
        rows = [record["body"] for record in records if "body" in record]
        if self.options.form == "upsert":
            return self.last_states(rows)
        self.each_once("rows", [row.get("user_id") for row in rows], set(self.good))
        for row in rows:
            if row.get("user_id") in self.good:
                self.same(row["user_id"], row, self.good[row["user_id"]])
        return len(rows)

    def last_states(self, rows):
        newest = {}
        for body in self.good.values():
            if body["version"] > newest.get(body["user_id"], {"version": -1})["version"]:
                newest[body["user_id"]] = body
        self.each_once("rows", [row.get("user_id") for row in rows], set(newest))
        for row in rows:
            due = newest.get(row.get("user_id"))
            if due is not None and row.get("event_id") != due["event_id"]:
                self.violation("the row of %s is not its newest event" % due["user_id"])
            elif due is not None:
                self.same(due["event_id"], row, due)
        return len(rows)

    def ledger(self):
        keys = int("".join(self.query("SELECT count(*) FROM user_logins_ledger")) or 0)
        if keys != len(self.good):
            self.violation("the ledger has %d keys of %d events" % (keys, len(self.good)))

    def errors(self):
        lines = self.query("SELECT json_build_object('message', message_id, 'record', record)"
                           " FROM user_logins_errors WHERE resolved_at IS NULL ORDER BY first_at")
        rows = [json.loads(line) for line in lines]
        kept = self.unmask("error rows", [row["record"] for row in rows])
        ids = []
        for row, record in zip(rows, kept):
            body = record.get("body")
            match = EVENT.search(body if isinstance(body, str) else json.dumps(body))
            event = self.bad.get(match.group(1)) if match else None
            ids.append(event["id"] if event else "an event of message %s" % row["message"])
            if event is None:
                self.violation("an error row of message %s belongs to no bad event: it holds %s" % (
                    row["message"], " ".join(sorted(record))))
            elif body not in (event["body"], loaded(event["body"])) or row["message"] != event["message"]:
                self.violation("the error row of %s differs from its event" % event["id"])
        if self.options.form == "keys":
            ids = self.without_late(ids, rows)
        self.each_once("error rows", ids, set(self.bad))
        return len(rows)

    @staticmethod
    def without_late(ids, rows):
        """Leave out the rows of deliveries that came after a later one, masked with another key."""
        kept, newest = [], {}
        for one, row in zip(ids, rows):
            count = json.loads(row["record"])["sqs"]["receive_count"]
            if count < newest.get(one, 0):
                continue
            newest[one] = count
            kept.append(one)
        return kept

    def clear_values(self):
        dump = subprocess.run(["pg_dump", "--data-only"], capture_output=True, check=True).stdout
        for place, content in [("the database", dump)] + [(path, content_of(path)) for path in self.options.look]:
            if is_clear(content):
                self.violation("a clear value is in %s" % place)

    def judge(self):
        counts = {"events": len(self.events), "rows": self.rows(), "quarantined": self.errors()}
        self.ledger()
        self.clear_values()
        for text in self.violations:
            print("violation: %s" % text)
        print("counts: %s" % json.dumps(counts))


def loaded(body):
    try:
        return json.loads(body) if isinstance(body, str) else body
    except ValueError:
        return body


def content_of(path):
    """Return what exists of a file that may have been cut off."""
    if not path.endswith((".gz", ".part")):
        return pathlib.Path(path).read_bytes()
    content = b""
    try:
        with gzip.open(path) as file:
            while more := file.read(65536):
                content += more
    except (EOFError, OSError, zlib.error):
        pass
    return content


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sent", required=True)
    parser.add_argument("--form", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--database")
    parser.add_argument("--outrun", action="store_true")
    parser.add_argument("--look", nargs="*", default=[])
    options = parser.parse_args()
    if options.database:
        os.environ["PGDATABASE"] = options.database
    Checker(options).judge()


main()
