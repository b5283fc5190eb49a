"""The forms of a round: what is sent, into which table, with which settings, and what changes
meanwhile.

Each event has an id, which its row or error row holds; checker.py judges by it. A form also tells
whether a message may be deleted: each such request is checked against the database.
"""

import collections
import json
import subprocess

from database import Session

MALFORMED, MAP_REFUSES, SERVER_REFUSES = 0.04, 0.02, 0.02
DROP = "DROP TABLE IF EXISTS user_logins, user_logins_ledger, user_logins_errors;"
THINGS = 40  # rows of an upsert


def quoted(names):
    return ",".join("'%s'" % name for name in [*names, ""])


class Form:
    """One event in a message, with the table and the map of the distribution."""

    name = "plain"
    visibility, share = 2, 1.0  # seconds; of the messages of a round
    settings, load = {}, ""
    table = DROP + """CREATE TABLE user_logins (user_id varchar(128), device_type varchar(32), masked_ip varchar(256),
 masked_device_id varchar(256), locale varchar(32), app_version integer, create_date date)"""

    def event(self, rng, number, name):
        """Return the body of an event, and whether it can be loaded."""
        login = {"user_id": name, "app_version": "2.3.%d" % (number % 9), "device_type": "android",
                 "ip": "2001:db8:c4a0::%x" % number, "locale": None, "device_id": "chaos-device-%d" % number}
        kind = rng.random()
        if kind < MAP_REFUSES:
            self.spoil(login)
        elif kind < MAP_REFUSES + SERVER_REFUSES:
            login["locale"] = "x" * 40
        return login, kind >= MAP_REFUSES + SERVER_REFUSES

    def spoil(self, login):
        """Change it so that the loader refuses it, not the server."""
        login["app_version"] = "none"

    def message(self, rng, number, name):
        """Return the text of a message, and its events."""
        body, good = self.event(rng, number, name)
        text = json.dumps(body)
        if rng.random() < MALFORMED:
            return malformed(text, name)
        return text, [{"id": name, "good": good, "body": body}]

    def stored(self, ask, sent):
        """Return those of these messages whose events are all rows, or error rows if bad."""
        good = {event["id"] for events in sent.values() for event in events if event["good"]}
        lines = ask(
            "SELECT 'row ' || user_id FROM user_logins WHERE user_id IN (%s);"
            "SELECT 'error ' || message_id FROM user_logins_errors WHERE message_id IN (%s)"
            % (quoted(good), quoted(sent)))
        return settled(sent, lines, lambda event: "row " + event["id"] in lines)

    def disturb(self, one):
        """Make the changes of this form during the round; return when one.calm is set."""


def malformed(text, name):
    return text[:-1], [{"id": name, "good": False, "body": text[:-1]}]


def settled(sent, lines, has_row):
    errors = collections.Counter(line.split(" ", 1)[1] for line in lines if line.startswith("error "))
    return {message for message, events in sent.items()
            if all(has_row(event) for event in events if event["good"])
            and errors[message] >= sum(not event["good"] for event in events)}


class Parts(Form):
    """Several events in a message, or none. The batches are small, so that a message spans several."""

    name = "parts"
    settings = {"SQS2PG_UNWRAP_OPTIONS": "--each .events"}
    load, share = " --batch-rows 3", 0.4
    MOST = 5

    def message(self, rng, number, name):
        count = rng.choice((0, 1, 1, 2, 2, 3, 3, 3, 4, 5))
        events = []
        for part in range(count):
            body, good = self.event(rng, number * self.MOST + part, "%s.%d" % (name, part))
            events.append({"id": body["user_id"], "good": good, "body": body})
        body = {"batch": name, "events": [event["body"] for event in events]}
        if rng.random() < MALFORMED:
            return malformed(json.dumps(body), name)
        return json.dumps(body), events or [{"id": name, "good": False, "body": body}]


class Upsert(Form):
    """The last state of a few things, with their versions in random order."""

    name = "upsert"
    load = " --no-map --upsert user_id --newer version"
    table = DROP + (
        "CREATE TABLE user_logins (user_id varchar(128) PRIMARY KEY, version integer, event_id text,"
        " device_type varchar(32), masked_ip varchar(256), masked_device_id varchar(256), locale varchar(32),"
        " app_version text)")

    def event(self, rng, number, name):
        body, good = super().event(rng, number, "user-%d" % (number % THINGS))
        version = rng.randrange(2 * 10 ** 6) * 1000 + number % 1000
        return {"event_id": name, "version": version if "version" not in body else None, **body}, good

    def spoil(self, login):
        login["version"] = None

    def stored(self, ask, sent):
        things = {event["body"]["user_id"] for events in sent.values() for event in events if event["good"]}
        lines = ask(
            "SELECT 'row ' || user_id || ' ' || version FROM user_logins WHERE user_id IN (%s);"
            "SELECT 'error ' || message_id FROM user_logins_errors WHERE message_id IN (%s)"
            % (quoted(things), quoted(sent)))
        newest = {line.split(" ")[1]: int(line.split(" ")[2]) for line in lines if line.startswith("row ")}
        return settled(sent, lines, lambda event:
                       newest.get(event["body"]["user_id"], -1) >= event["body"]["version"])


class Keys(Form):
    """Rotate the key; running programs read it again."""

    name = "keys"

    def disturb(self, one):
        while not one.calm.wait(one.changing.uniform(0.3, 0.8)):
            done = subprocess.run(["pii-keygen", "-q", "--rotate", str(one.config.key)], stdout=subprocess.DEVNULL,
                                  check=False)
            if done.returncode != 0:
                one.fault("pii-keygen --rotate ended with %d" % done.returncode)
            one.changes += 1
            for pipeline in one.pipelines:
                pipeline.renew()


class Tables(Form):
    """Add, drop and change columns, in the table and beside it. When a column comes, existing rows
    get "-" in it: each later row must bring its own value."""

    name = "tables"
    load, share = " --no-map", 0.7
    table = DROP + """CREATE TABLE user_logins (user_id varchar(128), device_type varchar(32), masked_ip varchar(256),
 masked_device_id varchar(256), locale varchar(32), app_version varchar(16), points integer)"""
    TYPES = ("integer", "bigint", "numeric", "text")
    NOTES = ("note_a", "note_b", "note_c", "note_d")

    def event(self, rng, number, name):
        body, good = super().event(rng, number, name)
        return {**body, "points": number, **{note: note + name for note in self.NOTES}}, good

    def spoil(self, login):
        login["app_version"] = "9" * 20

    def change(self, rng, columns):
        """Return SQL, by the present columns: table.name."""
        kind = rng.choice(["note", "note", "note", "points", "points", "spare", "ledger", "errors"])
        if kind == "points":
            to = rng.choice(self.TYPES)
            return "ALTER TABLE user_logins ALTER points TYPE %s USING points::%s" % (to, to)
        if kind == "note":
            name = rng.choice(self.NOTES)
            if "user_logins." + name not in columns:
                return ("ALTER TABLE user_logins ADD %s text DEFAULT '-';"
                        "ALTER TABLE user_logins ALTER %s DROP DEFAULT" % (name, name))
            # It stays for a while, so that rows loaded without it are seen.
            return "ALTER TABLE user_logins DROP " + name if rng.random() < 0.3 else self.change(rng, columns)
        table, name = ("user_logins", kind) if kind == "spare" else ("user_logins_" + kind, "remark")
        if "%s.%s" % (table, name) in columns:
            return "ALTER TABLE %s DROP %s" % (table, name)
        return "ALTER TABLE IF EXISTS %s ADD %s integer" % (table, name)

    def disturb(self, one):
        session = Session()
        while not one.calm.wait(one.changing.uniform(0.1, 0.3)):
            columns = session.ask("SELECT table_name || '.' || column_name FROM information_schema.columns"
                                  " WHERE table_name LIKE 'user_logins%'")
            if columns is not None:
                done = session.ask("SET lock_timeout = '500ms';BEGIN;%s;SELECT 'changed';COMMIT"
                                   % self.change(one.changing, columns))
                one.changes += done == ["changed"]
        session.end()


class Beside(Form):
    """Load into another database meanwhile."""

    share = 0.4


class Lambda(Form):
    """Run sqs-lambda. The messages that it names come again, once their visibility timeout ends."""

    name = "lambda"
    visibility = 3


FORMS = (Form(), Parts(), Form(), Upsert(), Keys(), Lambda(), Parts(), Form(), Tables(), Lambda())


def form_of(number):
    """Return the form of the round of this number. Twenty rounds have each at least twice; thirty
    rounds have each in a storm and in a strain."""
    return FORMS[(number - 1) % len(FORMS)]
