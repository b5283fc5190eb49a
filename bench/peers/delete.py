#!/usr/bin/env python3
"""Delete, with boto3 and ten at a time, the messages of the verdict lines on standard input."""

import json
import os
import sys

import boto3

sqs = boto3.client("sqs", endpoint_url=os.environ["AWS_ENDPOINT_URL_SQS"])


def delete(handles):
    answer = sqs.delete_message_batch(
        QueueUrl=os.environ["SQS_QUEUE_URL"],
        Entries=[{"Id": str(at), "ReceiptHandle": handle} for at, handle in enumerate(handles)])
    if answer.get("Failed"):
        sys.exit("a message was not deleted")


batch = []
for line in sys.stdin:
    verdict = json.loads(line)
    if verdict["status"] == "committed":
        batch.append(verdict["sqs"]["receipt_handle"])
    if len(batch) == 10:
        delete(batch)
        batch = []
if batch:
    delete(batch)
