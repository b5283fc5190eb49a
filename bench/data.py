#!/usr/bin/env python3
"""Make records for the bench: data.py SEED COUNT >records.ndjson; data.py --bodies SEED COUNT for
the bodies alone.

Login events in the form of share/demo/logins.ndjson. About a third repeat an earlier address or
device; one in six addresses is IPv6. The same seed gives the same bytes.
"""

import datetime
import random
import sys
import uuid

BEGAN = datetime.datetime(2026, 3, 5, 7, 8, 9)
HANDLE = "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a" * 6
LOCALES = ["RU", "US", "US", "IN", "BR", "DE", "FR", "JP", "EG", None]
VERSIONS = ["2.3.0"] * 6 + ["2.2.7"] * 3 + ["2.10.1", "2.3.1", "1.9.12", "0.2.6"]


def address(rng):
    if rng.random() < 0.18:
        return "2001:db8:" + ":".join("%x" % rng.randrange(0x1000, 0x10000) for _ in range(6))
    return "100.%d.%d.%d" % (rng.randrange(64, 128), rng.randrange(256), rng.randrange(256))


def body(rng, seen):
    ip, device = address(rng), "%03d-%02d-%04d" % (
        rng.randrange(1000), rng.randrange(100), rng.randrange(10000))
    if seen and rng.random() < 0.34:
        ip, device = rng.choice(seen)
    elif len(seen) < 10000:
        seen.append((ip, device))
    locale = rng.choice(LOCALES)
    return (
        '{"user_id":"%s","app_version":"%s","device_type":"%s","ip":"%s","locale":%s,"device_id":"%s"}'
        % (uuid.UUID(int=rng.getrandbits(128), version=4), rng.choice(VERSIONS),
           rng.choice(["android", "ios", "web"]), ip, '"%s"' % locale if locale else "null", device))


def sent_at(rng, number):
    """Return times of a thousand messages a second; their order differs from that of receiving by
    up to 2 s."""
    at = BEGAN + datetime.timedelta(milliseconds=number + rng.randrange(2000))
    return at.isoformat(timespec="milliseconds")


def main():
    arguments = sys.argv[1:]
    bodies = arguments[0] == "--bodies"
    seed, count = (int(argument) for argument in arguments[-2:])
    rng, seen = random.Random(seed), []
    for number in range(count):
        text = body(rng, seen)
        if bodies:
            print(text)
            continue
        print('{"sqs":{"queue_url":"https://sqs.eu-west-1.amazonaws.com/123456789012/logins",'
              '"message_id":"%s","receipt_handle":"%d%s","sent_at":"%sZ",'
              '"first_received_at":"2026-03-05T07:08:10.000Z","lease_until":"2026-03-05T07:13:10.000Z",'
              '"receive_count":1},"body":%s}'
              % (uuid.UUID(int=rng.getrandbits(128), version=4), number, HANDLE, sent_at(rng, number), text))


main()
