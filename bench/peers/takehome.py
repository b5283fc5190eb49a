#!/usr/bin/env python3
"""The exercise as it is usually submitted: boto3, hashlib, psycopg2 execute_values,
delete_message_batch; ten messages at a time until the queue is empty."""

import datetime
import hashlib
import json
import os

import boto3
import psycopg2
from psycopg2.extras import execute_values

QUEUE = os.environ["SQS_QUEUE_URL"]


def masked(value):
    return hashlib.sha256(value.encode()).hexdigest()


def version_number(text):
    number = 0
    for part in text.split("."):
        number = number * 100 + int(part)
    return number


def row(message):
    body = json.loads(message["Body"])
    sent = int(message["Attributes"]["SentTimestamp"]) / 1000
    return (
        body["user_id"], body["device_type"], masked(body["ip"]), masked(body["device_id"]),
        body["locale"], version_number(body["app_version"]),
        datetime.datetime.fromtimestamp(sent, datetime.timezone.utc).date())


def main():
    sqs = boto3.client("sqs", endpoint_url=os.environ["AWS_ENDPOINT_URL_SQS"])
    connection = psycopg2.connect("")
    cursor = connection.cursor()
    while True:
        answer = sqs.receive_message(
            QueueUrl=QUEUE, MaxNumberOfMessages=10, WaitTimeSeconds=1,
            AttributeNames=["SentTimestamp"])
        messages = answer.get("Messages", [])
        if not messages:
            break
        execute_values(
            cursor,
            "INSERT INTO user_logins (user_id, device_type, masked_ip, masked_device_id, locale,"
            " app_version, create_date) VALUES %s",
            [row(message) for message in messages])
        connection.commit()
        sqs.delete_message_batch(
            QueueUrl=QUEUE,
            Entries=[{"Id": str(at), "ReceiptHandle": message["ReceiptHandle"]}
                     for at, message in enumerate(messages)])


if __name__ == "__main__":
    main()
