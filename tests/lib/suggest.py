#!/usr/bin/env python3
"""Print events of typical producers, as records, one set each.

usage: suggest.py SET COUNT
"""
import json
import random
import sys
import uuid

CHANCE = random.Random(17)


def nested(n):
    address = {"street": "Main Street 1", "city": "Springfield", "geo": {"lat": CHANCE.uniform(-90, 90), "lng": CHANCE.uniform(-180, 180)}}
    return {"orderId": 1000 + n, "placedAt": f"2026-11-{1 + n % 28:02}T10:00:{n % 60:02}.{n % 1000:03}Z", "paid": n % 3 == 0,
            "customer": {"id": str(uuid.UUID(int=CHANCE.getrandbits(128), version=4)), "fullName": "J. Doe", "address": address},
            "total": round(CHANCE.uniform(1, 100), 2), "items": [{"sku": f"A{i}", "qty": i} for i in range(n % 4)],
            "shipTo": None if n % 2 else {"HTTPStatus": 200, "carrierCode": "DHL"}}


def sparse(n):
    return {"k" + chr(97 + i): [i * n, "text", 0.5, True][i % 4] for i in range(26) if CHANCE.random() < .1}


def unicode(n):
    return {"größe": n, "Ärger": True, "名前": "x", "ΔΕΛΤΑ": 1.5, "имя файла": "f", "emoji😀key": 1, "": "empty", "a b": "c", 'quo"te': 1,
            "semi;--": 2, "new\nline": 3, "user": "u", "select": 1, "order": {"by": 1, "group": {"table": 2}}, "userId": 1, "userid": 2,
            "user_id": 3, "USER_ID": 4, "xmin": 5, "2fa": True, "_id": "q", "$type": "t", "@timestamp": "2024-02-29T00:00:00Z", "x'*/y": 1,
            "\u202eevil": 1, "é" * 50: 1, "\\(x)": 2, "#a": 1, "a!": 2, "a|b": {"c\\": 1}, "long" * 20: {"er" * 30: 1}}


def mixed(n):
    return {"any": [1, "a", True, [1], {"z": 1}, None, 2.5][n % 7], "text": ["x", 5][n % 2], "object": [{"a": 1}, "t", [2]][n % 3],
            "flag": [True, 1][n % 2], "maybe": [None, 3][n % 2], "day": ["", "2024-01-01"][n % 2], "list": [[], [1], ["x", None]][n % 3],
            "address": ["10.0.0.1", "::1", "2001:db8::/32"][n % 3], "id": ["550e8400-e29b-41d4-a716-446655440000", "none"][n % 2]}


def keys(n):
    """Return a hundred thousand different keys, in an object of its own, and at the top."""
    body = {"type": "totals", "number": n, "totals": {f"user{i:06}": i for i in range(n * 2000, n * 2000 + 2000)}}
    return body | ({f"visitor-{i:06}": i for i in range(n * 2000, n * 2000 + 2000)} if n % 2 else {})


def arrays(n):
    return {"numbers": [1, 2], "none": [], "deep": [[1], [2, [3]]], "nulls": [None], "objects": [{"x": [{"y": n}]}],
            "texts": ["é", "\0" if n == 3 else "z"]}


def nulls(n):
    return {"a": None, "b": {"c": None}, "d": {}, "e": [None]} if n % 3 else {"a": None} if n % 2 else {}


def bodies(n):
    """Return some bodies that are no objects among those that are."""
    return [{"a": n, "at": 1700000000 + n, "deep": {"er": [n]}}, {}, "plain text", None, [1, 2], 7, "with \0"][n % 7]


SPELT = ["1", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "12345678901234567890123", "1.10", "1e5",
         "0.30000000000000004", "1E-7", "1e400", "1e-400", "1e200000", "1e-20000", "-0", "0.0", "100000000000000000",
         "123456789012345678901234567890.123456789"]


def numbers(n):
    members = [f'"n{i}":{text}' for i, text in enumerate(SPELT)]
    members += [f'"any":{SPELT[n % len(SPELT)]}', f'"mix":{["1", chr(34) * 2, "1e300000"][n % 3]}', f'"float":{["1e5", "2.5", "3"][n % 3]}',
                f'"list":[{SPELT[n % len(SPELT)]}]', f'"beyond":{SPELT[n % 6]}', f'"price":{n}.{n % 10}0']
    return "{" + ",".join(members) + "}"


def dates(n):
    start = 1700000000
    return {"iso": f"2024-02-{1 + n % 29:02}T23:59:59Z", "offset": "2024-01-15T10:00:00" + ["+01:00", "-0530", "Z", "+02"][n % 4],
            "local": f"2024-01-15 10:00:{n % 60:02}", "day": f"2024-01-{1 + n % 31:02}", "day_or_time": ["2024-01-01", "2024-01-01T00:00:00Z"][n % 2],
            "mail": "Wed, 31 Jan 2024 08:00:00 GMT", "mail_short": "1 Feb 2024 08:00 +0100", "compact": "20240131T080000Z", "slashes": "01/31/2024",
            "never": "2024-02-30", "epoch": start + n, "created_at": (start + n) * 1000 + n, "ts": start + n + .125,
            "micros_time": (start + n) * 1000000 + 7, "user_no": start + n, "empty_at": ["", "2024-01-01T00:00:00Z"][n % 2], "null_at": [None, start][n % 2]}


def envelopes(n):
    """Return two events of S3 in a message of SNS: sqs-unwrap makes two records of it."""
    events = [{"eventSource": "aws:s3", "eventTime": "2026-11-21T09:00:00.000Z", "eventName": "ObjectCreated:Put",
               "s3": {"bucket": {"name": "inbox"}, "object": {"key": f"file-{n}-{i}", "size": 10 * n + i}}} for i in range(2)]
    return {"Type": "Notification", "MessageId": f"m{n}", "TopicArn": "arn:aws:sns:eu-central-1:123456789012:files",
            "Message": json.dumps({"Records": events}), "Timestamp": "2026-11-21T09:00:00.000Z", "SignatureVersion": "1", "Signature": "x",
            "SigningCertURL": "https://x", "UnsubscribeURL": "https://y"}


def logins(n):
    return {"user_id": str(uuid.UUID(int=n, version=4)), "ip": f"203.0.113.{n % 250}" if n % 5 else "2001:db8::1", "device_id": f"593-47-{5000 + n}",
            "email": None if n % 4 == 0 else "canary@example.com", "note": "canary " * (200 if n == 7 else 1), "app_version": "2.3.0"}


def main():
    make, count = globals()[sys.argv[1]], int(sys.argv[2])
    for n in range(count):
        body = make(n)
        text = body if make is numbers else json.dumps(body, ensure_ascii=False)
        print(f'{{"sqs":{{"queue_url":"http://localhost/1/q","message_id":"{uuid.UUID(int=n + 1, version=4)}","receipt_handle":"h{n}",'
              f'"sent_at":"2026-11-21T09:00:00.123Z"}},"body":{text}}}')


main()
