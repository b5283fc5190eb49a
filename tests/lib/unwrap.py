#!/usr/bin/env python3
"""A second implementation of sqs-unwrap, from its description alone.

        unwrap.py generate SEED COUNT        random records, nested up to six deep
        unwrap.py expect [--json .P] [--each .P
lines] <records     the expected output for them
        unwrap.py show <records              the same form of the real output

A record is shown as five fields: sqs and body as spelt, the envelope and the code of the error, or
the whole line where nothing may change.
"""

import base64
import binascii
import gzip
import json
import random
import re
import sys
import zlib

SPACE = re.compile(r'("(?:\\.|[^"\\])*")|[ \t\r\n]+')
DECODER = json.JSONDecoder()

SNS = {"Type", "MessageId", "TopicArn", "Subject", "Message", "Timestamp", "SignatureVersion", "Signature",
       "SigningCertURL", "UnsubscribeURL", "MessageAttributes", "SequenceNumber"}
BUS = {"version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail", "replay-name"}
CLOUD = {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data",
         "data_base64", "traceparent", "partitionkey"}
SIGNATURES = {"SignatureVersion", "Signature", "SigningCertURL"}


def compact(text):
    return SPACE.sub(r"\1", text)


def skip(text, at):
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def members(text):
    """Return [(key, text of its value)] of an object, or None."""
    at = skip(text, 0)
    if text[at:at + 1] != "{":
        return None
    found, at = [], skip(text, at + 1)
    while text[at] != "}":
        key, at = DECODER.raw_decode(text, at)
        at = skip(text, skip(text, at) + 1)
        end = DECODER.raw_decode(text, at)[1]
        found.append((key, text[at:end]))
        at = skip(text, end)
        if text[at] == ",":
            at = skip(text, at + 1)
    return found


def elements(text):
    """Return the texts of an array's elements, or None."""
    at = skip(text, 0)
    if text[at:at + 1] != "[":
        return None
    found, at = [], skip(text, at + 1)
    while text[at] != "]":
        end = DECODER.raw_decode(text, at)[1]
        found.append(text[at:end])
        at = skip(text, end)
        if text[at] == ",":
            at = skip(text, at + 1)
    return found


def is_body(text):
    try:
        return isinstance(json.loads(text), (dict, list))
    except ValueError:
        return False


class Event:
    """The present content: ${value}, a JSON text, or ${data}, decoded bytes."""

    def __init__(self, value, data=None, envelope=None, names=(), depth=0):
        self.value, self.data, self.envelope, self.names, self.depth = value, data, envelope, names, depth

    def inside(self, name, value, data=None, envelope=None):
        return Event(value, data, envelope or self.envelope, self.names + (name,), self.depth + 1)

    def text(self):
        """Return it as text, or None."""
        if self.value is not None:
            return json.loads(self.value) if self.value.startswith('"') else None
        try:
            return self.data.decode()
        except UnicodeDecodeError:
            return None


def of_text(text):
    """Return the body that the text of a message is."""
    return text.strip(" \t\r\n") if is_body(text) else json.dumps(text, ensure_ascii=False)


def envelope(kind, found, roles, outer, attributes=None, drop=()):
    made = {"kind": kind}
    for role, name in roles.items():
        if name in found:
            made[role] = json.loads(found[name])
    if attributes is not None:
        made["attributes"] = {name: {"type": one["Type"], "value": one["Value"]}
                              for name, one in attributes.items()}
    rest = {name: json.loads(value) for name, value in found.items()
            if name not in roles.values() and name not in drop}
    if rest:
        made["rest"] = rest
    if outer is not None:
        made["outer"] = outer
    return made


def sns(event, found):
    values = {name: json.loads(value) for name, value in found.items()}
    if not set(found) <= SNS or values.get("Type") != "Notification":
        return None
    if not isinstance(values.get("Message"), str) or not isinstance(values.get("TopicArn"), str):
        return None
    made = envelope("sns", found, {"id": "MessageId", "time": "Timestamp", "source": "TopicArn"}, event.envelope,
                    values.get("MessageAttributes"), SIGNATURES | {"Message", "MessageAttributes"})
    text = values["Message"]
    return event.inside("sns", of_text(text) if is_body(text) else found["Message"], envelope=made)


def eventbridge(event, found):
    if not set(found) <= BUS or not {"detail-type", "source", "detail"} <= set(found):
        return None
    if not found["detail"].startswith("{"):
        return None
    made = envelope("eventbridge", found, {"id": "id", "time": "time", "source": "source", "type": "detail-type"},
                    event.envelope, drop={"detail"})
    return event.inside("eventbridge", found["detail"], envelope=made)


def cloudevents(event, found):
    if not set(found) <= CLOUD or not {"specversion", "type", "source"} <= set(found):
        return None
    if ("data" in found) == ("data_base64" in found):
        return None
    made = envelope("cloudevents", found, {"id": "id", "time": "time", "source": "source", "type": "type"},
                    event.envelope, drop={"data", "data_base64"})
    if "data" in found:
        return event.inside("cloudevents", found["data"], envelope=made)
    try:
        data = base64.b64decode(json.loads(found["data_base64"]), validate=True)
    except (binascii.Error, ValueError, TypeError):
        return None
    made = event.inside("cloudevents", None, data, made)
    if made.text() is not None:
        made.value = of_text(made.text())
    return made


def s3(event, found):
    if set(found) != {"Records"} or not found["Records"].startswith("["):
        return None
    made = []
    for text in elements(found["Records"]):
        pairs = members(text)
        if pairs is None or [value for key, value in pairs if key == "eventSource"] != ['"aws:s3"']:
            return None
        record = dict(pairs)
        bucket = {"name": json.loads(text)["s3"]["bucket"]["name"]}
        around = {"kind": "s3", "time": json.loads(record["eventTime"]), "source": bucket["name"],
                  "type": json.loads(record["eventName"])}
        if event.envelope is not None:
            around["outer"] = event.envelope
        made.append(event.inside("s3", text, envelope=around))
    return made or None


def open_envelope(event):
    pairs = members(event.value)
    if pairs is None or len(dict(pairs)) != len(pairs):
        return None
    found = dict(pairs)
    return sns(event, found) or eventbridge(event, found) or cloudevents(event, found) or s3(event, found)


def from_base64(data):
    """Decode either alphabet, not both, with its padding or with none."""
    if b"-" in data or b"_" in data:
        if b"+" in data or b"/" in data:
            return None
        data = data.translate(bytes.maketrans(b"-_", b"+/"))
    if b"=" not in data:
        data += b"=" * (-len(data) % 4)
    made = base64.b64decode(data, validate=True)
    return made if base64.b64encode(made) == data else None


def decoded(name, data):
    try:
        if name == "base64":
            return from_base64(data)
        if name == "gzip":
            return gzip.decompress(data)
        worker = zlib.decompressobj()
        made = worker.decompress(data)
        return made if worker.eof and not worker.unused_data else None
    except (binascii.Error, ValueError, OSError, EOFError, zlib.error):
        return None


def is_settled(text, lines):
    """Return true when a decoded text can be a body: an object or array, or lines of them."""
    first = [line for line in text.split("\n") if line.strip(" \t\r")][:1]
    return is_body(text) or (lines and first != [] and is_body(first[0]))


def open_encoding(event, lines):
    """Remove one encoding, whether or not the result is an object or array."""
    text = event.text()
    if text is not None:
        if is_body(text):
            return event.inside("json", of_text(text))
        try:
            inner = json.loads(text)
            if isinstance(inner, str):
                return event.inside("json", of_text(inner) if is_settled(inner, lines) else None, inner.encode())
        except ValueError:
            pass
        data = decoded("base64", text.encode()) if len(text) >= 3 else None
        if data is not None:
            return given(event, "base64", data, lines)
    data = event.data
    for name, begin in (("gzip", b"\x1f\x8b"), ("zlib", b"\x78")):
        if data is not None and data.startswith(begin) and decoded(name, data) is not None:
            return given(event, name, decoded(name, data), lines)
    return None


def given(event, name, data, lines):
    made = event.inside(name, None, data)
    if made.text() is not None and is_settled(made.text(), lines):
        made.value = of_text(made.text())
    return made


def recognise(event, lines):
    """Return the remaining events, several for an S3 envelope; or None: too deep."""
    reached, tried = event, event
    for _ in range(16):
        is_json = tried.value is not None and tried.value[0] in "{["
        if tried.value is not None and tried.value[0] not in '{["':
            break
        made = open_envelope(tried) if is_json else open_encoding(tried, lines)
        if made is None:
            break
        if isinstance(made, list):
            return None if made[0].depth > 4 else made
        tried = made
        settled = made.value is not None
        if settled and made.depth > 4:
            return None
        if settled:
            reached = tried
    return [reached]


def at_path(text, path):
    for key in path.split(".")[1:]:
        if key == "":
            break
        pairs = members(text)
        values = [value for name, value in pairs or [] if name == key]
        if len(values) != 1:
            return None
        text = values[0]
    return text


def take_json(event, path):
    found = at_path(event.value, path)
    if path == "." and not event.value.startswith('"'):
        return event
    if found is None:
        return event
    if found.startswith('"'):
        if not is_body(json.loads(found)):
            return event
        found = of_text(json.loads(found))
    if found[0] not in "{[":
        return event
    return Event(found, None, event.envelope, event.names + ("json",), event.depth)


def split(event, each):
    """Return the events that --each makes, or None when it does not apply."""
    if each == "lines":
        if not event.value.startswith('"'):
            return None
        lines = [line.rstrip("\r") for line in json.loads(event.value).split("\n") if line.strip(" \t\r")]
        return [Event(of_text(line), None, event.envelope, event.names + ("lines",), event.depth) for line in lines]
    found = at_path(event.value, each)
    if found is None or not found.startswith("["):
        return None
    return [Event(value, None, event.envelope, event.names + ("each",), event.depth) for value in elements(found)]


def events(body, path, each):
    """Return [(event, deep)] of a body, or the code of the error."""
    first = recognise(Event(body), each == "lines")
    if first is None:
        return "deep"
    made = []
    for event in first:
        picked = take_json(event, path) if path else event
        parts = split(picked, each) if each else None
        if parts == []:
            return "empty"
        for part in parts if parts is not None else [picked]:
            again = recognise(part, each == "lines") if part is not event else [part]
            made += [(one, False) for one in again] if again is not None else [(part, True)]
    if len(made) == 1 and made[0][1]:
        return "deep"
    return made


def spelt(value):
    return compact(value) if value[0] in '{["' else json.dumps(value)


def show(sqs, body, around, code):
    print(sqs, body, json.dumps(around, sort_keys=True), code, sep="\t")


def expect(arguments):
    path = arguments[arguments.index("--json") + 1] if "--json" in arguments else None
    each = arguments[arguments.index("--each") + 1] if "--each" in arguments else None
    for line in sys.stdin:
        record = dict(members(line))
        sqs, body = record["sqs"], record["body"]
        made = events(body, path, each)
        if isinstance(made, str):
            show(sqs, body, None, made)
            continue
        for number, (event, deep) in enumerate(made):
            own = sqs
            if len(made) > 1:
                own = sqs[:-1] + ',"part":%d,"parts":%d,"unwrap":"%s"}' % (number, len(made), ".".join(event.names))
            changed = event.names != ()
            show(own, spelt(event.value) if changed else body, event.envelope, "deep" if deep else None)


def show_all():
    for line in sys.stdin:
        record = dict(members(line))
        show(record["sqs"], record["body"], json.loads(record.get("envelope", "null")),
             json.loads(record.get("error", "{}")).get("code"))


ODD = ['1.10', '1e400', '-0', '12345678901234567891', '"\\u00e4\\ud83d\\ude00"', '"\\/\\b"', '0.0', '1E+2', 'null',
       'true', '"\xe4 \u20ac"', '{}', '[]', '[1.0 , 2.00]', '{"a":1,"a":1.0}', '" [\\" "']


def plain(random_):
    pairs = ['%s:%s' % (json.dumps(random_.choice(["z", "a", "a", "\xfc", "ip", "n"])), random_.choice(ODD))
             for _ in range(random_.randrange(5))]
    text = (random_.choice([",", " , ", ",\n"])).join(pairs)
    if random_.random() < 0.1:
        return "[" + ", ".join(random_.choice(ODD) for _ in range(random_.randrange(4))) + "]"
    if random_.random() < 0.1:
        return '{"events":[' + ", ".join("{%s}" % text for _ in range(random_.randrange(4))) + "]}"
    return "{" + text + "}"


def object_of(random_, pairs):
    random_.shuffle(pairs)
    if random_.random() < 0.04:
        pairs.append(("surprise", "1"))
    if random_.random() < 0.04:
        pairs.append(random_.choice(pairs))
    return "{" + ", ".join("%s: %s" % (json.dumps(key), value) for key, value in pairs) + "}"


def around(random_, text):
    """Return the text within one more envelope or encoding."""
    quote = json.dumps
    kind = random_.randrange(10)
    if kind < 2:
        pairs = [("Type", '"Notification"'), ("TopicArn", '"arn:t"'), ("Message", quote(text)), ("Signature", '"s"'),
                 ("MessageId", '"\\u0069"')]
        if random_.random() < 0.5:
            pairs.append(("MessageAttributes", '{"n": {"Type":"Number","Value":"1.10"}}'))
        if random_.random() < 0.5:
            pairs.append(("Subject", random_.choice(['null', '"s"'])))
        return object_of(random_, pairs)
    if kind == 2 and is_body(text):
        return object_of(random_, [("detail-type", '"t"'), ("source", '"s"'), ("detail", text), ("version", '"0"'),
                                   ("resources", '[1.10]')])
    if kind == 3 and is_body(text):
        return object_of(random_, [("specversion", '"1.0"'), ("type", '"t"'), ("source", '"s"'), ("data", text)])
    if kind == 4:
        return object_of(random_, [("specversion", '"1.0"'), ("type", '"t"'), ("source", '"s"'), ("data", quote(text))])
    if kind == 5:
        data = random_.choice([text.encode(), gzip.compress(text.encode(), mtime=0), zlib.compress(text.encode())])
        return object_of(random_, [("specversion", '"1.0"'), ("type", '"t"'), ("source", '"s"'), ("id", '"i"'),
                                   ("data_base64", quote(base64.b64encode(data).decode()))])
    if kind == 6 and is_body(text):
        records = ['{"eventSource":"aws:s3","eventTime":"t","eventName":"e","s3":{"bucket":{"name":"b"}},"x": %s}' % text
                   for _ in range(random_.randrange(1, 4))]
        return object_of(random_, [("Records", "[" + ", ".join(records) + "]")])
    if kind == 7:
        return quote(text)
    data = random_.choice([text.encode(), gzip.compress(text.encode(), mtime=0), zlib.compress(text.encode())])
    text = random_.choice([base64.b64encode, base64.urlsafe_b64encode])(data).decode()
    return text if random_.random() < 0.5 else text.rstrip("=")


def generate(seed, count):
    random_ = random.Random(seed)
    for number in range(count):
        text = plain(random_)
        if random_.random() < 0.1:
            text = "\n".join(compact(plain(random_)) for _ in range(3)) + random_.choice(["", "\n", "\r\n\r\n"])
        for _ in range(random_.choice([0, 1, 1, 2, 2, 3, 4, 5, 6])):
            text = around(random_, text)
            if random_.random() < 0.1:
                text = '{"events": [%s, %s], "deep": {"text": %s}}' % (json.dumps(text), plain(random_), json.dumps(text))
        body = compact(text) if is_body(text) else json.dumps(text)
        print('{"sqs":{"message_id":"m%d","receipt_handle":"r"},"body":%s}' % (number, body))


if __name__ == "__main__":
    sys.stdin.reconfigure(newline="\n")
    if sys.argv[1] == "generate":
        generate(int(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1] == "expect":
        expect(sys.argv[2:])
    else:
        show_all()
