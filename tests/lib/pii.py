#!/usr/bin/env python3
"""A second reading of the formats of pii-mask, from their description alone, by the Python package
`cryptography`. Keys come from a key file; KEY is an id in it.

    pii.py siv    KEYFILE DOMAIN TOKEN     open a token: its type byte and value, as JSON
    pii.py mask   KEYFILE DOMAIN TYPE TEXT  the siv token of a value under the primary key
    pii.py hmac   KEYFILE DOMAIN TYPE TEXT  the hmac token
    pii.py sealed KEYFILE TOKEN            open what is sealed
    pii.py random COUNT SEED               records with values of all kinds, oddly spelt
    pii.py same   FILE FILE                compare two files of JSON texts as values, in order
"""
import base64
import hashlib
import hmac
import json
import random
import sys

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derive(master, info, length):
    return HKDF(hashes.SHA256(), length, b"", b"sqs2pg/v1/" + info.encode()).derive(master)


def read_keys(name):
    """{id: master}, and the id of the primary."""
    keys, primary = {}, None
    with open(name, encoding="ascii") as file:
        for line in file:
            if not line.strip() or line.startswith("#"):
                continue
            tag, key_id, state, coded = line.split()
            master = base64.b64decode(coded)
            assert tag == "pii1" and key_id == derive(master, "key-id", 4).hex()
            keys[key_id] = master
            primary = key_id if state == "primary" else primary
    return keys, primary


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def open_token(keys, token, method, tag, domain):
    head, key_id, coded = token.split(".")
    assert head == tag
    cipher = AESSIV(derive(keys[key_id], f"{method}/{domain}", 64))
    return cipher.decrypt(decode(coded), [f"{tag}.{key_id}.{domain}".encode()])


def make_siv(keys, primary, domain, plain):
    cipher = AESSIV(derive(keys[primary], f"siv/{domain}", 64))
    return f"siv1.{primary}." + encode(cipher.encrypt(plain, [f"siv1.{primary}.{domain}".encode()]))


def make_hmac(keys, primary, domain, plain):
    mac = hmac.new(derive(keys[primary], f"hmac/{domain}", 32), plain, hashlib.sha256).digest()
    return f"hmac1.{primary}." + encode(mac[:16])


def spell(source, text):
    """A JSON string with some characters as escapes."""
    return '"' + "".join(f"\\u{ord(c):04x}" if ord(c) < 0x10000 and source.random() < 0.2
                         else json.dumps(c, ensure_ascii=source.random() < 0.5)[1:-1]
                         for c in text) + '"'


def value(source, depth=0):
    kind = source.randrange(9 if depth < 3 else 6)
    if kind == 0:
        return source.choice(["null", "true", "false"])
    if kind == 1:
        return source.choice(["0", "-0", "1.10", "12345678901234567891", "1e400", "-2.5E-7", "4"])
    if kind < 6:
        characters = "abc \"\\/\n\x00\x1f\x7f\u00e4\u20ac\U0001f600:,{}[]0.9-_"
        return spell(source, "".join(source.choice(characters) for _ in range(source.randrange(40))))
    space = source.choice(["", " ", "\t "])
    if kind == 6:
        return "[" + ("," + space).join(value(source, depth + 1) for _ in range(source.randrange(4))) + "]"
    return members(source, depth + 1, ["a", "b", "\u00e4", ""])


def members(source, depth, names):
    space = source.choice(["", " "])
    return "{" + ("," + space).join(
        spell(source, source.choice(names)) + space + ":" + space + value(source, depth)
        for _ in range(source.randrange(5))) + space + "}"


def make_random(count, seed):
    source = random.Random(seed)
    for number in range(count):
        body = members(source, 0, ["ip", "device_id", "ip", "x", "y z"])
        print(f'{{"sqs":{{"message_id":"{number}"}},"body":{body},"n":{value(source)}}}')


def same(first, second):
    def read(name):
        with open(name, encoding="utf-8") as file:
            return [json.loads(line, object_pairs_hook=list, parse_float=str, parse_int=str) for line in file]
    return read(first) == read(second)


def main(verb, *words):
    if verb == "random":
        return make_random(int(words[0]), words[1])
    if verb == "same":
        return None if same(*words) else "not the same"
    keys, primary = read_keys(words[0])
    if verb == "siv":
        plain = open_token(keys, words[2], "siv", "siv1", words[1])
        print(json.dumps([plain[:1].decode(), plain[1:].decode()]))
    elif verb == "sealed":
        sys.stdout.buffer.write(open_token(keys, words[1], "seal", "seal1", ""))
    else:
        make = {"mask": make_siv, "hmac": make_hmac}[verb]
        print(make(keys, primary, words[1], (words[2] + words[3]).encode()))
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
