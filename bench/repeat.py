#!/usr/bin/env python3
"""The records of a file again and again: repeat.py FILE TIMES. The message ids of each turn are
others: their first eight digits are the turn's."""

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
