#!/usr/bin/env python3
"""Receive COUNT messages with boto3, ten at a time, and drop them."""

import os
import sys

import boto3

sqs = boto3.client("sqs", endpoint_url=os.environ["AWS_ENDPOINT_URL_SQS"])
left = int(sys.argv[1])
while left > 0:
    answer = sqs.receive_message(
        QueueUrl=os.environ["SQS_QUEUE_URL"], MaxNumberOfMessages=10, WaitTimeSeconds=0,
        AttributeNames=["SentTimestamp"])
    left -= len(answer.get("Messages", []))
