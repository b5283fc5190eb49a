#!/usr/bin/env python3
"""A second implementation of the formats of pii-mask, from their description alone, by the Python
package `cryptography`. Keys come from a key file; KEY is an id in it.

        pii.py siv    KEYFILE DOMAIN TOKEN      open a token: its type byte and value, as JSON
        pii.py mask   KEYFILE DOMAIN TYPE TEXT  the siv token of a value under the primary key; TYPE S
                                                and J: padded
        pii.py hmac   KEYFILE DOMAIN TYPE TEXT  the hmac token
        pii.py sealed KEYFILE TOKEN             open a sealed token
        pii.py ipcrypt KEYFILE DOMAIN ADDRESS   the address of method ipcrypt; also ipcrypt-pfx
        pii.py ff1    KEYFILE DOMAIN ALPHABET TEXT [KEEP]  the result of method ff1 for text in the
                                                alphabet
        pii.py uuid   KEYFILE DOMAIN UUID       the result of method uuid
        pii.py email  KEYFILE DOMAIN ADDRESS    the result of method email
        pii.py shift  KEYFILE DOMAIN DAYS TYPE BY DATE  the result of method shift for the date
        pii.py round  UNIT TEXT                 the result of method round for a number, a date or a time
        pii.py random COUNT SEED                records with values of all kinds, oddly spelt
        pii.py same   FILE FILE                 compare two files of JSON texts as values, in order
"""
import base64
import datetime
import decimal
import hashlib
import hmac
import ipaddress
import json
import random
import re
import sys
import uuid

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derive(master, info, length):
    return HKDF(hashes.SHA256(), length, b"", b"sqs2pg/v1/" + info.encode()).derive(master)


def read_keys(name):
    """Return {id: master} and the id of the primary."""
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


def pad(plain, multiple=16):
    """Return the value after the type byte, filled to a multiple, with the type byte in upper case."""
    value = plain[1:] + b"\x80"
    return plain[:1].upper() + value + bytes(-len(value) % multiple)


def unpad(plain):
    if plain[:1] in b"SJ":
        value = plain[1:].rstrip(b"\0")
        assert value[-1:] == b"\x80"
        return plain[:1].lower() + value[:-1]
    return plain


def open_token(keys, token, method, tag, domain):
    head, key_id, coded = token.split(".")
    assert head == tag
    cipher = AESSIV(derive(keys[key_id], f"{method}/{domain}", 64))
    return cipher.decrypt(decode(coded), [f"{tag}.{key_id}.{domain}".encode()])


def make_siv(keys, primary, domain, plain):
    cipher = AESSIV(derive(keys[primary], f"siv/{domain}", 64))
    return f"siv1.{primary}." + encode(cipher.encrypt(plain, [f"siv1.{primary}.{domain}".encode()]))


def make_mac(keys, primary, method, domain, data):
    return hmac.new(derive(keys[primary], f"{method}/{domain}", 32), data, hashlib.sha256).digest()


def make_hmac(keys, primary, domain, plain):
    mac = hmac.new(derive(keys[primary], f"hmac/{domain}", 32), plain, hashlib.sha256).digest()
    return f"hmac1.{primary}." + encode(mac[:16])


def aes(key, block):
    cipher = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return cipher.update(block) + cipher.finalize()


def address_bytes(text):
    address = ipaddress.ip_address(text)
    return bytes(10) + b"\xff\xff" + address.packed if address.version == 4 else address.packed


def address_text(data):
    if data[:12] == bytes(10) + b"\xff\xff":
        return str(ipaddress.IPv4Address(data[12:]))
    return str(ipaddress.IPv6Address(data))


def make_ipcrypt(keys, primary, domain, text):
    return address_text(aes(derive(keys[primary], f"ipcrypt/{domain}", 16), address_bytes(text)))


def make_prefix(keys, primary, domain, text):
    """Return ipcrypt-pfx, on numbers of 128 bits."""
    key = derive(keys[primary], f"ipcrypt-pfx/{domain}", 32)
    data = address_bytes(text)
    number, out = int.from_bytes(data, "big"), 0
    start = 96 if data[:12] == bytes(10) + b"\xff\xff" else 0
    for i in range(128):
        bit = number >> (127 - i) & 1
        if i >= start:
            prefix = (1 << i | number >> (128 - i)).to_bytes(16, "big")
            bit ^= (aes(key[:16], prefix)[15] ^ aes(key[16:], prefix)[15]) & 1
        out = out << 1 | bit
    return address_text(out.to_bytes(16, "big"))


def make_uuid(keys, primary, domain, text):
    key, given = derive(keys[primary], f"uuid/{domain}", 32), uuid.UUID(text)
    made = given
    while given.int not in (0, 2 ** 128 - 1):
        made = uuid.UUID(bytes=aes(key, made.bytes))
        if (made.bytes[6] >> 4 == given.bytes[6] >> 4 and made.variant == given.variant
                and made.int not in (0, 2 ** 128 - 1)):
            break
    return str(made)


def make_email(keys, primary, domain, text):
    text = text.lower()
    mac = make_mac(keys, primary, "email", domain, text.encode())
    return base64.b32encode(mac[:16]).decode().rstrip("=").lower() + "@" + text.split("@")[1]


def make_shift(keys, primary, domain, days, kind, by, date):
    days = int(days)
    rest = int.from_bytes(make_mac(keys, primary, "shift", domain, (kind + by).encode())[:8], "big") % (2 * days)
    moved = datetime.date.fromisoformat(date) + datetime.timedelta(rest - days + (rest >= days))
    return moved.isoformat()


def make_round(unit, text):
    if unit.isdigit():
        number = decimal.Decimal(text)
        places = len(text.partition(".")[2])
        whole = (number / int(unit)).to_integral_value(decimal.ROUND_FLOOR) * int(unit)
        return f"{whole:.{places}f}"
    date, time = text[:10], text[10:]
    kept = {"day": 10, "month": 8, "year": 5}[unit]
    zone = re.search(r"(Z|[+-][0-9:]+)?$", time).start()
    return date[:kept] + "01-01"[kept - 5:] + re.sub("[0-9]", "0", time[:zone]) + time[zone:]


ALPHABETS = {"digits": "0123456789", "hex": "0123456789abcdef",
             "alnum36": "0123456789abcdefghijklmnopqrstuvwxyz",
             "alnum62": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"}


def make_ff1(keys, primary, domain, alphabet, text, keep=0):
    """Return the result of NIST SP 800-38G, algorithm 7, on Python's integers."""
    key, tweak = derive(keys[primary], f"ff1/{domain}", 32), domain.encode()
    kept, text = text[:int(keep)], text[int(keep):]
    tweak += b"\0" + kept.encode() if kept else b""
    letters = ALPHABETS[alphabet]
    radix, n = len(letters), len(text)
    u, v = n // 2, n - n // 2
    size = ((radix ** v - 1).bit_length() + 7) // 8
    taken = 4 * -(-size // 4) + 4

    def number(part):
        result = 0
        for letter in part:
            result = result * radix + letters.index(letter)
        return result

    head = (b"\x01\x02\x01" + radix.to_bytes(3, "big") + bytes([10, u % 256])
            + n.to_bytes(4, "big") + len(tweak).to_bytes(4, "big"))
    a, b = number(text[:u]), number(text[u:])
    for i in range(10):
        message = head + tweak + bytes((-len(tweak) - size - 1) % 16) + bytes([i]) + b.to_bytes(size, "big")
        mac = bytes(16)
        for at in range(0, len(message), 16):
            mac = aes(key, bytes(x ^ y for x, y in zip(mac, message[at:at + 16])))
        stream = mac + b"".join(aes(key, (int.from_bytes(mac, "big") ^ j).to_bytes(16, "big"))
                                for j in range(1, -(-taken // 16)))
        modulus = radix ** (u if i % 2 == 0 else v)
        a, b = b, (a + int.from_bytes(stream[:taken], "big")) % modulus
    result = ""
    for part, length in ((b, v), (a, u)):
        for _ in range(length):
            result = letters[part % radix] + result
            part //= radix
    return kept + result


def spell(source, text):
    """Return a JSON string with some characters as escapes."""
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
    if verb == "round":
        return print(make_round(*words))
    keys, primary = read_keys(words[0])
    if verb == "siv":
        plain = open_token(keys, words[2], "siv", "siv1", words[1])
        print(json.dumps([plain[:1].decode(), unpad(plain)[1:].decode()]))
    elif verb == "sealed":
        sys.stdout.buffer.write(unpad(open_token(keys, words[1], "seal", "seal1", "")))
    elif verb in ("ipcrypt", "ipcrypt-pfx"):
        make = {"ipcrypt": make_ipcrypt, "ipcrypt-pfx": make_prefix}[verb]
        print(make(keys, primary, words[1], words[2]))
    elif verb in ("ff1", "uuid", "email", "shift"):
        make = {"ff1": make_ff1, "uuid": make_uuid, "email": make_email, "shift": make_shift}[verb]
        print(make(keys, primary, *words[1:]))
    else:
        make = {"mask": make_siv, "hmac": make_hmac}[verb]
        plain = (words[2] + words[3]).encode()
        print(make(keys, primary, words[1], pad(plain) if words[2] in "SJ" else plain))
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
