#!/usr/bin/env python3
"""The exercise with asyncio. CONSUMERS tasks run their blocking calls of boto3 and psycopg2 in
threads. They use at most sixteen connections, and ten messages at a time, until the queue is empty
for all."""

import asyncio
import concurrent.futures
import os

import boto3
import psycopg2
from botocore.config import Config
from psycopg2.extras import execute_values

from takehome import QUEUE, row

CONSUMERS = int(os.environ.get("CONSUMERS", "8"))
INSERT = ("INSERT INTO user_logins (user_id, device_type, masked_ip, masked_device_id, locale,"
          " app_version, create_date) VALUES %s")


def load(connection, messages):
    with connection, connection.cursor() as cursor:
        execute_values(cursor, INSERT, [row(message) for message in messages])


async def consume(sqs, pool):
    while True:
        answer = await asyncio.to_thread(
            sqs.receive_message, QueueUrl=QUEUE, MaxNumberOfMessages=10, WaitTimeSeconds=1,
            AttributeNames=["SentTimestamp"])
        messages = answer.get("Messages", [])
        if not messages:
            return
        connection = await pool.get()
        await asyncio.to_thread(load, connection, messages)
        pool.put_nowait(connection)
        await asyncio.to_thread(
            sqs.delete_message_batch, QueueUrl=QUEUE,
            Entries=[{"Id": str(at), "ReceiptHandle": message["ReceiptHandle"]}
                     for at, message in enumerate(messages)])


async def main():
    asyncio.get_running_loop().set_default_executor(concurrent.futures.ThreadPoolExecutor(CONSUMERS))
    sqs = boto3.client("sqs", endpoint_url=os.environ["AWS_ENDPOINT_URL_SQS"],
                       config=Config(max_pool_connections=CONSUMERS))
    pool = asyncio.Queue()
    for _ in range(min(CONSUMERS, 16)):
        pool.put_nowait(psycopg2.connect(""))
    await asyncio.gather(*(consume(sqs, pool) for _ in range(CONSUMERS)))


asyncio.run(main())
