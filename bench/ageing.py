"""Measure pg-load as its ledger grows: the same load into tables whose ledgers are empty, hold a
million keys, and more. It has the form of the groups in rows.py."""

import datetime
import itertools

from bench import HERE, TABLE, check

LEDGERS = ((0, "0"), (1, "1 million"), (10, "10 million"), (50, "50 million"))
RATE = 1000  # messages a second, in the ledgers and in the load
MAP = HERE.parent / "share" / "maps" / "user_logins.map"
NEW_FROM = datetime.datetime(2026, 3, 5, tzinfo=datetime.timezone.utc)

# Keys as pg-load makes them: 48 bits of milliseconds, then version, variant and bits of a digest.
BY_TIME = "lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || "
BITS = "overlay(overlay(right(md5(n::text), 20) PLACING '8' FROM 1 FOR 1) PLACING '8' FROM 5 FOR 1)"
BY_TEXT = "overlay(overlay(md5(n::text) PLACING '8' FROM 13 FOR 1) PLACING '8' FROM 17 FOR 1)"
FILL = """INSERT INTO {table}_ledger (key, loaded_at)
  SELECT ({key})::uuid, at FROM (SELECT n, timestamptz '2026-03-05 00:00Z' - make_interval(secs => n / {rate}.0) AS at
    FROM generate_series({high}, {low}, -1) AS n) AS made"""


class Ageing:
    name = "ageing"
    title = "Loading 300,000 records as the ledger grows, rows per second and bytes of WAL a row, after a checkpoint"
    by_name_only = True
    ratios = [("50 million keys", "0 keys", 0.9), ("10 million keys", "0 keys", 0.9)]
    limits = []
    flat = [("bytes of WAL a row", ["%s keys, WAL" % label for _, label in LEDGERS], 1.15)]

    @staticmethod
    def cells(bench):
        count = bench.count(300000)
        masked = bench.masked(count)
        turns = itertools.count()
        bytes_a_row = {}

        def records():
            """Return the records again, as new messages sent after all before. Those of a few
            seconds arrive in another order than they were sent in."""
            path = bench.work / "aged"
            turn = next(turns)
            with open(masked, encoding="ascii") as source, open(path, "w", encoding="ascii") as out:
                for number, line in enumerate(source):
                    sent = turn * count + number + number * 7919 % (5 * RATE)
                    at = NEW_FROM + datetime.timedelta(milliseconds=sent * 1000 // RATE)
                    head, rest = line.split('"message_id":"', 1)
                    rest = "%08x%s" % (turn, rest[8:])
                    before, after = rest.split('"sent_at":"', 1)
                    out.write('%s"message_id":"%s"sent_at":"%sZ%s' % (
                        head, before, at.isoformat(timespec="milliseconds")[:23], after[24:]))
            return path

        def table(millions, text=False):
            name = "aged_%d%s" % (millions, "_text" if text else "")
            if bench.sql("SELECT to_regclass('%s')" % name) and millions:
                return name
            bench.sql("DROP TABLE IF EXISTS %s, %s_ledger, %s_errors" % (name, name, name))
            bench.sql(TABLE.replace("user_logins", name))
            bench.run(["pg-load", "-q", "-t", name, "--map", str(MAP), *options(text)])
            step = 1000000 * bench.scale // 100
            for high in range(millions, 0, -1):
                bench.sql(FILL.format(table=name, key=BY_TEXT if text else BY_TIME + BITS, rate=RATE,
                                      high=high * step, low=(high - 1) * step + 1))
            bench.sql("VACUUM ANALYZE %s_ledger" % name)
            return name

        def options(text):
            return ["--key", ".sqs.message_id"] if text else []

        def load(millions, label, text=False):
            name, source = table(millions, text), records()
            before = int(bench.sql("SELECT count(*) FROM %s" % name))
            bench.sql("CHECKPOINT")
            start = bench.sql("SELECT pg_current_wal_insert_lsn()")
            seconds = bench.run(["pg-load", "-t", name, "--map", str(MAP), *options(text)], source)[1]
            wal = float(bench.sql("SELECT pg_current_wal_insert_lsn() - '%s'" % start))
            check(int(bench.sql("SELECT count(*) FROM %s" % name)) == before + count, "rows are missing")
            source.unlink()
            bytes_a_row[label] = wal / count
            return count / seconds

        cells = []
        for millions, label, text in [(*ledger, False) for ledger in LEDGERS] + [(10, "10 million --key", True)]:
            name = label + ("" if text else " keys")
            cells.append((name, "rows/s", lambda m=millions, n=name, t=text: load(m, n, t)))
            cells.append((name + ", WAL", "bytes/row", lambda n=name: bytes_a_row[n]))
        return cells


GROUPS = [Ageing]
