#!/usr/bin/env python3
"""Writes logins.ndjson: share/demo/logins.py >share/demo/logins.ndjson

A hundred login events, the same ones in every run. About a third repeat an
earlier address or device. No address and no device id is part of another, so
that a search for one finds no other. One event is cut off before its closing brace.
"""

import json
import random
import uuid

EVENTS = 100
CUT_OFF = 61  # this line is malformed; no other line has its address and device

rng = random.Random(20230424)


def ipv4():
    block = rng.choice(["198.18", "198.19", "100.64", "100.127"])
    return f"{block}.{rng.randrange(100, 256)}.{rng.randrange(100, 256)}"


def ipv6():
    host = ":".join(f"{rng.randrange(0x1000, 0x10000):x}" for _ in range(3))
    return f"2001:db8:{rng.randrange(0x1000, 0x10000):x}::{host}"


def address():
    return ipv6() if rng.random() < 0.18 else ipv4()


def device_id():
    return f"{rng.randrange(100, 900)}-{rng.randrange(10, 100)}-{rng.randrange(1000, 10000)}"


def fresh(make, taken):
    while (value := make()) in taken:
        pass
    taken.add(value)
    return value


def login(user, device, kind, ip):
    return {
        "user_id": user,
        "app_version": rng.choice(
            ["2.3.0"] * 6 + ["2.2.7"] * 3 + ["2.10.1", "2.3.1", "1.9.12", "0.2.6"]
        ),
        "device_type": kind,
        "ip": ip,
        "locale": rng.choice(["RU", "US", "US", "IN", "BR", "DE", "FR", "JP", "EG", None]),
        "device_id": device,
    }


def events():
    first = login("424cdd21-063a-43a7-b91b-7ca1a833afae", "593-47-5928", "android",
                  "199.172.111.135")
    first.update(app_version="2.3.0", locale="RU")
    addresses, devices = {first["ip"]}, {first["device_id"]}
    seen = [first]
    yield first
    for number in range(1, EVENTS):
        earlier = rng.choice(seen)
        what = 1.0 if number == CUT_OFF else rng.random()
        if what < 0.08:  # the same person again, from the same place
            user, device, kind, ip = (earlier[key] for key in
                                      ("user_id", "device_id", "device_type", "ip"))
        elif what < 0.20:  # the same person on the move
            user, device, kind = (earlier[key] for key in ("user_id", "device_id", "device_type"))
            ip = fresh(address, addresses)
        else:
            user = str(uuid.UUID(int=rng.getrandbits(128), version=4))
            device = fresh(device_id, devices)
            kind = rng.choice(["android", "android", "ios", "ios", "web"])
            # Two people behind one address, or a new place.
            ip = earlier["ip"] if what < 0.34 else fresh(address, addresses)
        event = login(user, device, kind, ip)
        if number != CUT_OFF:
            seen.append(event)
        yield event


def main():
    for number, event in enumerate(events()):
        text = json.dumps(event, separators=(",", ":"))
        print(json.dumps({"body": text[:-1]}, separators=(",", ":"))
              if number == CUT_OFF else text)


main()
