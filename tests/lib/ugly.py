#!/usr/bin/env python3
"""Records and answers that no well-meaning producer would send.

        ugly.py lines FILE         one record a line, each ugly in its way; FILE gets their names, one a line
        ugly.py bodies FILE        the same, as far as a body can be so: {"body":TEXT} a line
        ugly.py one NAME           the line of that name alone, of any size
        ugly.py lost BEFORE AFTER  the numbers of the lines whose values to hide have changed
        ugly.py serve DIR          a server of SQS that answers every receive with the file DIR/answer;
                                   DIR/port gets its port

A value that must be hidden holds 203.0.113. or canary.
"""

import base64
import json
import os
import re
import sys

import loopback

MIB = 1 << 20
IP = b'"ip":"203.0.113.7"'


def small():
    """Yield (name, body as written in the record) of what fits anywhere."""
    yield "empty-key", b'{"":1,%s}' % IP
    yield "dotted-key", b'{"a.b":{"c.d":"canary"},"body.ip":1,%s}' % IP
    yield "escaped-key", b'{"\\u0069p":"203.0.113.8","i\\u0070":"203.0.113.9"}'
    yield "huge-exponent", b'{"n":1e400,"m":-1E-400,%s}' % IP
    yield "minus-zero", b'{"n":-0,"m":-0.0,"k":-0e-0,%s}' % IP
    yield "100000-digits", b'{"n":%s,%s}' % (b"9" * 100000, IP)
    yield "number-ip", b'{"ip":1e400,"device_id":-0}'
    yield "constructor", b'{"__proto__":{"ip":"canary"},"constructor":null,%s}' % IP
    yield "escaped-nul", b'{"user_id":"canary\\u0000",%s}' % IP
    yield "lone-surrogate", b'{"user_id":"\\ud800",%s}' % IP
    yield "surrogates-swapped", b'{"user_id":"\\udc00\\ud800",%s}' % IP
    yield "plain-nul", b'{"user_id":"\0",%s}' % IP
    yield "overlong", b'{"user_id":"\xc0\xaf\xe0\x80\xaf",%s}' % IP
    yield "utf8-surrogate", b'{"user_id":"\xed\xa0\x80",%s}' % IP
    yield "past-unicode", b'{"user_id":"\xf4\x90\x80\x80",%s}' % IP
    yield "cut-utf8", b'{"user_id":"\xe2\x82",%s}' % IP
    yield "noncharacter", '{"user_id":"\uffff\ufdd0\u2028",'.encode() + IP + b"}"
    yield "cr-inside", b'{"user_id":"a",\r%s}' % IP
    yield "cr-in-string", b'{"user_id":"a\rb",%s}' % IP
    yield "tab-in-string", b'{"user_id":"a\tb",%s}' % IP
    yield "comment", b'{/* canary */"user_id":1,%s}' % IP
    yield "trailing-comma", b'{"user_id":1,%s,}' % IP
    yield "single-quotes", b"{'ip':'203.0.113.7'}"
    yield "nan", b'{"n":NaN,"m":Infinity,%s}' % IP
    yield "hex", b'{"n":0x10,%s}' % IP
    yield "leading-zero", b'{"n":007,%s}' % IP
    yield "two-values", b'{%s} {%s}' % (IP, IP)
    yield "backslash-end", b'{%s,"x":"\\"}' % IP
    yield "token-of-nobody", b'{"ip":"siv1.00000000.AAAA","user_id":"canary"}'
    yield "sql", b'{"user_id":"canary\'); DROP TABLE user_logins; --",%s}' % IP
    yield "copy-end", b'{"user_id":"\\\\.","locale":"\\\\N",%s}' % IP
    yield "format", b'{"user_id":"%%s%%n%%p",%s}' % IP
    yield "250-deep", b'{"x":' + b"[" * 249 + b"]" * 249 + b",%s}" % IP
    yield "256-deep", b'{"x":' + b"[" * 253 + b"]" * 253 + b",%s}" % IP


def large():
    yield "mib-of-brackets", b"[" * MIB
    yield "mib-of-braces", b'{"a":' * (MIB // 5)
    yield "100000-keys", b"{" + b",".join(b'"k%d":%d' % (n, n) for n in range(100000)) + b",%s}" % IP
    yield "300000-same-keys", b"{" + b'"k":1,' * 300000 + IP + b"}"
    yield "20000-same-ips", b"{" + b",".join(b'"ip":"203.0.113.%d"' % (n % 256) for n in range(20000)) + b"}"
    yield "mib-of-escapes", b'{"user_id":"%s",%s}' % (b"\\u0061" * (MIB // 6), IP)
    yield "3-mib-value", b'{"ip":"203.0.113.%s"}' % (b"7" * (3 * MIB))
    yield "mib-of-blanks", b"{" + b" " * MIB + IP + b"}"


def record(number, body):
    address = b'{"queue_url":"http://localhost/000000000000/q","message_id":"%08x-0000-4000-8000-%012x",' % (number, number)
    return b'{"sqs":%s"receipt_handle":"canary-handle-%d","sent_at":"2026-11-21T09:00:00.123Z"},"body":%s}' % (
        address, number, body)


def odd_lines():
    """Yield lines that are ugly as a whole."""
    goods = (record(number, b"{%s}" % IP) for number in range(900, 999))
    yield "nothing", b""
    yield "blank", b"   "
    yield "cr-alone", b"\r\r"
    yield "bom", b"\xef\xbb\xbf" + next(goods)
    # A line break in UTF-16 has one more byte than a line break here.
    yield "utf-16", next(goods).decode().encode("utf-16-le").replace(b"\n", b"")
    yield "nuls", b"\0" * 1000
    yield "all-bytes", bytes(n for n in range(256) if n != 10)
    yield "not-an-object", b'["canary",{%s}]' % IP
    yield "text", b'"203.0.113.11"'
    yield "number", b"-0"
    yield "two-bodies", next(goods)[:-1] + b',"body":{"ip":"203.0.113.12"}}'
    yield "two-addresses", next(goods)[:-1] + b',"sqs":{"message_id":"canary"}}'
    yield "address-is-text", b'{"sqs":"canary","body":{%s}}' % IP
    yield "claim-of-nobody", next(goods)[:-1] + b',"pii":{"key":"00000000"}}'
    yield "forged-error", next(goods)[:-1] + b',"error":{"stage":"mask","code":"canary canary","detail":"203.0.113.13"}}'
    yield "forged-seal", next(goods)[:-1] + b',"error":{"stage":"mask","code":"x","detail":"y"},"sealed":"seal1.00000000.AAAA"}'


def huge(name):
    """Write, in pieces, a line that does not fit under the usual limit."""
    start, end = record(1, b"?").split(b"?")
    yield start
    if name == "60-mib":
        yield b'{%s,"note":"' % IP
        for _ in range(60):
            yield b"x" * MIB
        yield b'"}'
    elif name == "70-mib":
        yield b'{%s,"note":"' % IP
        for _ in range(70):
            yield b"x" * MIB
        yield b'"}'
    elif name == "million-same-ips":
        yield b"{" + b'"ip":"203.0.113.1",' * 1000000 + IP + b"}"
    yield end


def lines():
    number = 0
    for source in (small(), large()):
        for name, body in source:
            number += 1
            yield name, record(number, body)
    yield from odd_lines()
    yield "good", record(999, b'{"user_id":"last",%s}' % IP)


def values(line):
    """Return the values to hide, in a line as it was or as pii-unmask returns it."""
    record = line
    try:
        opened = json.loads(line, parse_int=str)
        if "line_base64" in opened:
            record = base64.b64decode(opened["line_base64"] + "==")
        elif "line" in opened:
            record = opened["line"].encode()
    except (ValueError, TypeError, RecursionError):
        pass
    return set(re.findall(rb"203\.0\.113\.\d+", record))


def lost(before, after):
    with open(before, "rb") as old, open(after, "rb") as new:
        # Lines of blanks are skipped.
        records = (line for line in old if line.strip(b" \t\r\n"))
        for number, (one, other) in enumerate(zip(records, new), 1):
            if values(one) != values(other):
                print(number)


def serve(directory):
    class Handler(loopback.Handler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            with open(os.path.join(directory, "answer"), "rb") as file:
                body = file.read()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    loopback.serve(directory, Handler)


def main():
    what, where = sys.argv[1:3]
    out = sys.stdout.buffer
    if what == "serve":
        serve(where)
    elif what == "lost":
        lost(where, sys.argv[3])
    elif what == "one":
        for piece in huge(where):
            out.write(piece)
        out.write(b"\n")
    elif what == "bodies":
        with open(where, "w", encoding="ascii") as names:
            for name, body in small():
                names.write(name + "\n")
                out.write(json.dumps({"body": body.decode("latin-1")}).encode() + b"\n")
    else:
        with open(where, "w", encoding="ascii") as names:
            for name, line in lines():
                names.write(name + "\n")
                out.write(line + b"\n")


main()
