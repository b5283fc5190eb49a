#!/usr/bin/env python3
"""Upsert records from standard input with psycopg2 execute_values and ON CONFLICT DO UPDATE. A
statement has ten rows, the messages of one receive, and a commit of its own."""

import json
import sys

import psycopg2
from psycopg2.extras import execute_values

BATCH = 10


def main():
    connection = psycopg2.connect("")
    cursor = connection.cursor()
    batch = []

    def flush():
        execute_values(
            cursor,
            "INSERT INTO states (user_id, device_type, masked_ip, masked_device_id, locale, app_version,"
            " changed) VALUES %s ON CONFLICT (user_id) DO UPDATE SET device_type = EXCLUDED.device_type,"
            " masked_ip = EXCLUDED.masked_ip, masked_device_id = EXCLUDED.masked_device_id,"
            " locale = EXCLUDED.locale, app_version = EXCLUDED.app_version, changed = EXCLUDED.changed"
            " WHERE states.changed < EXCLUDED.changed", batch)
        connection.commit()
        batch.clear()

    for line in sys.stdin:
        record = json.loads(line)
        body = record["body"]
        batch.append((body["user_id"], body["device_type"], body["masked_ip"], body["masked_device_id"],
                      body["locale"], body["app_version"], record["sqs"]["sent_at"]))
        if len(batch) == BATCH:
            flush()
    if batch:
        flush()


main()
