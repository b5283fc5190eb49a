#!/usr/bin/env python3
"""Load masked records from standard input with psycopg2 execute_values, 100 rows a statement and
one commit for each, as the take-homes do."""

import json
import sys

import psycopg2
from psycopg2.extras import execute_values


def version_number(text):
    number = 0
    for part in text.split("."):
        number = number * 100 + int(part)
    return number


def rows():
    for line in sys.stdin:
        record = json.loads(line)
        body = record["body"]
        yield (
            body["user_id"], body["device_type"], body["masked_ip"], body["masked_device_id"],
            body["locale"], version_number(body["app_version"]), record["sqs"]["sent_at"][:10])


def main():
    connection = psycopg2.connect("")
    cursor = connection.cursor()
    batch = []

    def flush():
        execute_values(
            cursor,
            "INSERT INTO user_logins (user_id, device_type, masked_ip, masked_device_id, locale,"
            " app_version, create_date) VALUES %s", batch)
        connection.commit()
        batch.clear()

    for row in rows():
        batch.append(row)
        if len(batch) == 100:
            flush()
    if batch:
        flush()


main()
