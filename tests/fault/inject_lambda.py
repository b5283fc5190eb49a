"""The case of sqs-lambda (see inject_case.py), behind the emulator of AWS for the Lambda runtime
interface, with a database without failures."""

import functools
import json
import os
import pathlib
import socket
import subprocess

from inject_case import HERE, SECRETS, Case, Database, message_id

# Ask once, end the function, and say what ended it: a status of its own, or 0 for an answer.
SCRIPT = r"""emulator=$1 interface=$2 runtime=$3
rm -f statuses pid said
printf '#!/bin/bash\nsqs-lambda 2>>said &\necho $! >pid\nwait $!\necho $? >>statuses\n' >bootstrap
chmod +x bootstrap
: >said
AWS_LAMBDA_FUNCTION_TIMEOUT=20 "$emulator" --log-level error \
  --runtime-interface-emulator-address "127.0.0.1:$interface" --runtime-api-address "127.0.0.1:$runtime" ./bootstrap >/dev/null 2>&1 &
started=$!
disown
until (: <"/dev/tcp/127.0.0.1/$interface") 2>/dev/null; do sleep 0.05; done
curl -sS --noproxy '*' --max-time 30 -d @event 2>/dev/null \
  "http://127.0.0.1:$interface/2015-03-31/functions/function/invocations"
[ -s statuses ] || { [ -s pid ] && kill "$(<pid)" 2>/dev/null; }
for ((n = 0; n < 100; n++)); do [ ! -s statuses ] || break; sleep 0.05; done
kill -9 "$started"
cat said >&2
exit "$(head -n 1 statuses)"
"""


@functools.lru_cache(None)
def emulator():
    found = subprocess.run(["bash", "-c", '. "$1/scripts/deps.sh" && emulator_dir', "-", HERE.parent.parent],
                           check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    return pathlib.Path(found) / "aws-lambda-rie"


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Lambda(Case):
    """One event with three good messages and one of invalid JSON."""

    name, program = "lambda", "sqs-lambda"
    longest_s, heavy, most = 90, True, 1000
    good, bad = {1, 2, 3}, {4}
    table = "CREATE TABLE user_logins (id integer, masked_ip text, masked_device_id text)"

    def prepare(self):
        self.write("input", "")
        self.key()
        self.database = Database()
        bodies = [json.dumps({"id": n, "ip": "203.0.113.%d" % n, "device_id": "canary-%d" % n})
                  for n in sorted(self.good)]
        bodies += ['{"ip":"203.0.113.4"'] * len(self.bad)
        self.write("event", json.dumps({"Records": [{
            "messageId": message_id(n), "receiptHandle": "canary-handle-%d" % n, "body": body,
            "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1763715600123", "SenderId": "A",
                           "ApproximateFirstReceiveTimestamp": "1763715600456"},
            "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:q", "awsRegion": "eu-west-1"}
            for n, body in enumerate(bodies, 1)]}))
        self.environment = {"PGDATABASE": self.database.name, "SQS2PG_TABLE": "user_logins", "SQS2PG_KEY_FILE": "key",
                            "SQS2PG_LOAD_OPTIONS": "--no-map --retry-timeout 1s"}

    def command(self):
        return ["bash", "-c", SCRIPT, "bash", str(emulator()), *(str(one) for one in free_ports(2))]

    def fresh(self):
        if not self.database.untouched():
            self.database.fresh(self.table)
        return self.command()

    def stored(self):
        """Return the numbers of the rows, and of the error rows."""
        rows = [int(one) for one in self.database.ask("SELECT id FROM user_logins")]
        there = self.database.ask("SELECT to_regclass('user_logins_errors')")[0]
        errors = self.database.ask("SELECT message_id FROM user_logins_errors") if there else []
        return sorted(rows), sorted(int(one[:8], 16) for one in errors)

    def acknowledged(self, out):
        """Return the numbers of the messages that the answer lets SQS delete."""
        try:
            failures = json.loads(out)["batchItemFailures"]
        except (ValueError, KeyError, TypeError):
            return set()
        return (self.good | self.bad) - {int(one["itemIdentifier"][:8], 16) for one in failures}

    def judge(self, result, whole):
        wrong, done = [], self.acknowledged(result.out)
        rows, errors = self.stored()
        if not done <= set(rows) | set(errors):
            wrong.append("acknowledges %s, rows %s, error rows %s" % (sorted(done), rows, errors))
        if len(rows) != len(set(rows)) or len(errors) != len(set(errors)):
            wrong.append("a row is duplicated: %s %s" % (rows, errors))
        harmless = any(one in result.spec for one in (":EINTR:", ":short:"))
        if (result.hits == 0 or harmless) and (not whole or done != self.good | self.bad):
            wrong.append("acknowledges %s only, and nothing was lost" % sorted(done))
        return wrong + self.judge_repeated(result)

    def judge_repeated(self, result):
        """Deliver the event once more, without failures: then everything is stored, once."""
        if result.hits == 0 or result.status != 0 and self.database.untouched():
            return []
        again = subprocess.run(self.command(), cwd=self.directory, check=False, stdin=subprocess.DEVNULL,
                               capture_output=True, env=dict(os.environ, **self.environment))
        rows, errors = self.stored()
        if self.acknowledged(again.stdout) != self.good | self.bad or set(rows) | set(errors) != self.good | self.bad:
            return ["after a repetition: rows %s, error rows %s, status %d" % (rows, errors, again.returncode)]
        if len(rows) != len(set(rows)) or not set(rows) <= self.good:
            return ["a row is duplicated, or in the wrong table: %s" % rows]
        return []

    def secrets(self):
        return [*SECRETS, self.master]

    def end(self):
        self.database.end()


CASES = [Lambda]
