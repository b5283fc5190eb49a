#!/usr/bin/env python3
"""Repeat the records of a file: repeat.py FILE TIMES. Each turn has other message ids: their first
eight digits are the number of the turn."""

import sys

MARK = b'"message_id":"'


def main():
    with open(sys.argv[1], "rb") as file:
        at = file.readline().index(MARK) + len(MARK)
        for turn in range(int(sys.argv[2])):
            digits = b"%08x" % turn
            file.seek(0)
            while lines := file.readlines(1 << 20):
                sys.stdout.buffer.write(b"".join(line[:at] + digits + line[at + 8:] for line in lines))


main()
