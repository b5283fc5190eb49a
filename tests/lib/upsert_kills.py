#!/usr/bin/env python3
"""Load records over few rows in random order, by several pg-load --upsert in parallel. Their
processes are killed and their sessions ended, again and again. Each is given the records without a
verdict, until there are none.

    upsert_kills.py RECORDS ROWS LOADERS BATCH KILLS SEED

Then check the table t (id, n, v), empty before and not read until now. The state of each row must
be that of the newest record of its id, found by sorting the records here. Prints the figures as one
line of JSON; exits 1 after errors, with a line for each kind.
"""

import json
import random
import subprocess
import sys
import threading
import time

RECORDS, ROWS, LOADERS, BATCH, KILLS, SEED = map(int, sys.argv[1:7])
chance = random.Random(SEED)


def psql(query):
    return subprocess.run(["psql", "-qXAtF|", "-c", query], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()


def make_records():
    """Return every id, with numbers that no two records of it share, in random order."""
    last = {}
    records = []
    for number in range(RECORDS):
        row = number % ROWS
        last[row] = last.get(row, 0) + 1
        records.append((number, row, last[row], f"{row}/{last[row]}/{chance.randrange(10 ** 6)}"))
    chance.shuffle(records)
    return records


def line_of(record):
    number, row, newer, value = record
    sqs = {"queue_url": "http://localhost/1/q", "message_id": f"{number:08x}-0000-4000-8000-{number:012x}",
           "receipt_handle": f"h{number}", "sent_at": "2026-11-21T09:00:00.123Z"}
    return json.dumps({"sqs": sqs, "body": {"id": row, "n": newer, "v": value}}) + "\n"


class Loader(threading.Thread):
    """Run one pg-load after the other, until each of its records has a verdict."""

    def __init__(self, index, records):
        super().__init__()
        self.index = index
        self.waiting = {record[0]: record for record in records}
        self.verdicts = {}
        self.effects = []
        self.kills = 0
        self.runs = 0
        self.wrong = []
        self.random = random.Random(SEED * 1000 + index)

    def run(self):
        while self.waiting and self.runs < 1000 and not self.wrong:
            self.runs += 1
            self.load()

    def load(self):
        name = f"in.{self.index}"
        with open(name, "w", encoding="utf-8") as text:
            text.writelines(line_of(record) for record in self.waiting.values())
        # Kill it once that many verdicts have been read, and a moment later.
        until = self.random.randrange(4 * BATCH) if self.kills < KILLS // LOADERS else None
        with open(name, encoding="utf-8") as text, open(f"err.{self.index}", "a", encoding="utf-8") as errors:
            child = subprocess.Popen(["pg-load", "-t", "t", "--upsert", "id", "--newer", "n", "--batch-rows", str(BATCH),
                                      "--retry-timeout", "5m"], stdin=text, stdout=subprocess.PIPE, stderr=errors)
            count = 0
            for verdict in child.stdout:
                self.take(verdict)
                count += 1
                if until is not None and count == until + 1:
                    time.sleep(self.random.random() / 10)
                    child.kill()
                    self.kills += 1
                    until = None
            status = child.wait()
        if status not in (0, -9):
            self.wrong.append(f"loader {self.index} ended with {status}")

    def take(self, text):
        if not text.endswith(b"\n"):
            return  # cut by the kill
        verdict = json.loads(text)
        number = int(verdict["sqs"]["receipt_handle"][1:])
        if self.waiting.pop(number, None) is None:
            self.wrong.append("a verdict on a record that already had one, or was not sent")
        self.verdicts[number] = verdict["status"]
        if verdict["status"] == "committed":
            self.effects.append(verdict["effect"])


def end_sessions(loaders):
    """End some session of a loader on the server, as long as they run."""
    ended = 0
    while any(loader.is_alive() for loader in loaders):
        loaders[0].join(timeout=0.1 + chance.random() / 2)
        if ended < KILLS and any(loader.is_alive() for loader in loaders):
            ended += len(psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                              " AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"))
    return ended


def main():
    records = make_records()
    loaders = [Loader(index, records[index::LOADERS]) for index in range(LOADERS)]
    began = time.monotonic()
    for loader in loaders:
        loader.start()
    ended = end_sessions(loaders)
    for loader in loaders:
        loader.join()
    seconds = time.monotonic() - began

    wrong = [text for loader in loaders for text in loader.wrong]
    verdicts = {number: status for loader in loaders for number, status in loader.verdicts.items()}
    effects = [effect for loader in loaders for effect in loader.effects]
    if len(verdicts) != RECORDS or not set(verdicts.values()) <= {"committed", "duplicate"}:
        wrong.append(f"{RECORDS} records, verdicts: {len(verdicts)} of {sorted(set(verdicts.values()))}")
    newest = {}
    for _, row, newer, value in records:
        newest[row] = max(newest.get(row, (0, "")), (newer, value))
    expected = [f"{row}|{newer}|{value}" for row, (newer, value) in sorted(newest.items())]
    found = psql("SELECT id, n, v FROM t ORDER BY id")
    if found != expected:
        wrong.append(f"rows: {len(found)} of {len(expected)}, {len(set(found) ^ set(expected))} lines differ")
    keys = psql("SELECT count(*) FROM t_ledger")[0]
    if keys != str(RECORDS):
        wrong.append(f"keys in the ledger: {keys} of {RECORDS}")
    # No verdict reports the inserts of a run that died first.
    if effects.count("inserted") > ROWS:
        wrong.append(f"{effects.count('inserted')} verdicts of an inserted row, of {ROWS} rows")
    deadlocks = psql("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")[0]
    if deadlocks != "0":
        wrong.append(f"{deadlocks} deadlocks")
    print(json.dumps({"records": RECORDS, "rows": len(found), "loaders": LOADERS, "batch": BATCH,
                      "killed": sum(loader.kills for loader in loaders), "sessions_ended": ended,
                      "runs": sum(loader.runs for loader in loaders), "seconds": round(seconds, 1),
                      "committed": len(effects), "duplicate": list(verdicts.values()).count("duplicate"),
                      "inserted": effects.count("inserted"), "updated": effects.count("updated"),
                      "stale": effects.count("stale"), "deadlocks": int(deadlocks)}))
    for text in wrong:
        print(text, file=sys.stderr)
    sys.exit(1 if wrong else 0)


main()
