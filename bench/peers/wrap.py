#!/usr/bin/env python3
"""Make records as sqs-pull prints them for a queue that is subscribed to a topic of SNS. Each
record of standard input gets its body in the envelope, with all members that SNS sends."""

import json
import sys

TOPIC = "arn:aws:sns:us-east-2:123456789012:logins"
HOST = "https://sns.us-east-2.amazonaws.com/"

for number, line in enumerate(sys.stdin):
    record = json.loads(line)
    record["body"] = {
        "Type": "Notification", "MessageId": "dc1e94d9-56c5-5e96-808d-%012d" % number, "TopicArn": TOPIC,
        "Message": json.dumps(record["body"]), "Timestamp": "2026-11-21T09:00:00.123Z", "SignatureVersion": "1",
        "Signature": "FMG5tlZhJNHLHUXvZgtZzlk24FzVa7oX0T4P03neeXw8ZEXZx6z35j2FOTuNYShn" * 5 + "2h0bKNC/zLTnMyIxEzmi2g==",
        "SigningCertURL": HOST + "SimpleNotificationService-010a507c1833636cd94bdb98bd93083a.pem",
        "UnsubscribeURL": HOST + "?Action=Unsubscribe&SubscriptionArn=" + TOPIC + ":e1039402-24e7-40a3-a0d4-797da162b297",
    }
    sys.stdout.write(json.dumps(record, separators=(",", ":")) + "\n")
