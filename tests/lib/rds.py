#!/usr/bin/env python3
"""Compare rds-token with generate_db_auth_token() of botocore, over hosts, ports, users, regions and credentials.

    rds.py

Needs moto's environment (botocore) and rds-token in PATH. botocore gets the time of the token of rds-token.
Prints the cases that differ, then a line of counts."""

import datetime
import os
import re
import subprocess
import sys
from unittest import mock

import botocore.auth
import botocore.session

HOSTS = ["db.abc123.eu-west-1.rds.amazonaws.com", "DB.Abc.us-gov-west-1.RDS.amazonaws.com",
         "x.y.cn-north-1.rds.amazonaws.com.cn", "localhost", "10.0.0.7", "a-b_c.example"]
PORTS = [5432, 443, 80, 1, 65535]
USERS = ["loader", "with space", "a+b/c=d&e?f", "\u00fc\u4e2d\U0001f600", "~-._", "%41", "O'Brien\\\"", "a@b:c"]
REGIONS = ["eu-west-1", "us-east-1", "cn-north-1", "ap-southeast-7"]
KEYS = [("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None),
        ("ASIAEXAMPLE", "/+slashes+/", "IQoJb3JpZ2luX2VjE/+a=="), ("AKID", "~!@#$%^&*()_", "t" * 1500)]
COUNT = 60


def cases():
    for n in range(COUNT):
        yield (HOSTS[n % len(HOSTS)], PORTS[n // 2 % len(PORTS)], USERS[n // 3 % len(USERS)],
               REGIONS[n // 5 % len(REGIONS)], KEYS[n // 7 % len(KEYS)])


def by_program(host, port, user, region, key):
    env = {"PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent",
           "AWS_ACCESS_KEY_ID": key[0], "AWS_SECRET_ACCESS_KEY": key[1]}
    env.update((name, os.environ[name]) for name in ("ASAN_OPTIONS", "SANITIZER_REPORTS") if name in os.environ)
    if key[2] is not None:
        env["AWS_SESSION_TOKEN"] = key[2]
    done = subprocess.run(["rds-token", "--hostname", host, "--port", str(port), "--username", user, "--region", region],
                          env=env, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode()


def by_botocore(host, port, user, region, key, time):
    session = botocore.session.Session()
    session.set_credentials(*key)
    client = session.create_client("rds", region_name=region)
    with mock.patch.object(botocore.auth, "get_current_datetime", lambda: time):
        return client.generate_db_auth_token(host, port, user) + "\n"


def main():
    wrong = 0
    for case in cases():
        ours = by_program(*case)
        date = re.search(r"X-Amz-Date=(\d{8}T\d{6}Z)", ours).group(1)
        theirs = by_botocore(*case, datetime.datetime.strptime(date, "%Y%m%dT%H%M%SZ"))
        if ours != theirs:
            wrong += 1
            print(case[:4], ours, theirs, sep="\n")
    print("tokens=%d wrong=%d" % (COUNT, wrong))
    return wrong != 0


sys.exit(main())
