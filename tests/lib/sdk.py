#!/usr/bin/env python3
"""Compare how boto3 and sqs-pull read the same configurations.

    sdk.py [-v] [CASE...]

Needs moto's environment (boto3, cryptography) and sqs-pull in PATH. Each of the two runs each case of
sdk_cases.py once, with a server (sdk_server.py) that notes host, region, key id and token of requests to STS and SQS.
Prints the cases where the two differ, then a line of counts. The status is 0 if they differ exactly as in DIFFERENCES.
-v: all cases."""

import copy
import os
import subprocess
import sys
import tempfile

import boto3
import botocore.config
import botocore.hooks
import botocore.loaders
import botocore.session

import sdk_cases
import sdk_server

QUEUE = "no-queue"
LOADER = botocore.loaders.create_loader()
# Registered once, not for each session: that would take a third of the time of boto3.
HANDLERS = botocore.hooks.HierarchicalEmitter()
botocore.session.Session(event_hooks=HANDLERS)


def environment(case, folder, server):
    """Write the files of a case and return its variables."""
    def filled(text):
        return text.replace("DIR", folder).replace("LOCAL", "http://127.0.0.1:%d" % server.port)

    proxy = "http://127.0.0.1:%d" % server.port
    env = {"PATH": os.environ["PATH"], "HOME": folder, "AWS_CONFIG_FILE": folder + "/config",
           "AWS_SHARED_CREDENTIALS_FILE": folder + "/credentials", "AWS_EC2_METADATA_DISABLED": "true",
           "AWS_CA_BUNDLE": server.authority.file, "no_proxy": "127.0.0.1", "http_proxy": proxy, "https_proxy": proxy}
    # The options of a build with sanitizers, and where it reports.
    env.update((name, os.environ[name]) for name in ("ASAN_OPTIONS", "SANITIZER_REPORTS") if name in os.environ)
    env.update((name, filled(value)) for name, value in case.get("env", {}).items())
    for name in ("config", "credentials"):
        # DEFAULT is a section name too, and keeps its letters.
        with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as file:
            file.write(filled(case.get(name, "")))
    return env


def ask_boto3(case):
    core = botocore.session.Session(event_hooks=copy.copy(HANDLERS), include_builtin_handlers=False)
    core.register_component("data_loader", LOADER)
    session = boto3.Session(botocore_session=core, profile_name=case.get("profile"))
    config = botocore.config.Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=10)
    client = session.client("sqs", region_name=case.get("region"), endpoint_url=case.get("endpoint"), config=config)
    client.get_queue_url(QueueName=QUEUE)


def by_boto3(case, env, server):
    """Return its requests, the last one to SQS; or a failure."""
    server.noted.clear()
    kept = dict(os.environ)
    os.environ.clear()
    os.environ.update(env)
    words = ""
    try:
        ask_boto3(case)
    except Exception as error:  # pylint: disable=broad-exception-caught # whatever it is
        words = "%s: %s" % (type(error).__name__, error)
    finally:
        os.environ.clear()
        os.environ.update(kept)
    return list(server.noted), words.partition("\n")[0]


def by_sqs_pull(case, env, server):
    server.noted.clear()
    command = ["sqs-pull", "-Q", QUEUE, "--retry-timeout", "0"]
    for option, name in (("profile", "--profile"), ("region", "--region"), ("endpoint", "--endpoint-url")):
        command += [name, case[option]] if option in case else []
    done = subprocess.run(command, env=env, capture_output=True, check=False, timeout=60)
    return list(server.noted), "%d %s" % (done.returncode, done.stderr.decode().partition("\n")[0])


def outcome(noted):
    """Return a request to SQS, and those to STS before it; None without one."""
    return noted if noted and noted[-1][1] == "sqs GetQueueUrl" else None


def main():
    verbose, wanted = "-v" in sys.argv, [word for word in sys.argv[1:] if word != "-v"]
    names, differ, wrong = set(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        server = sdk_server.Server(folder)
        for name, text in (("token", "env-token"), ("other", "other-token"),
                           ("process", '{"Version":1,"AccessKeyId":"PROCESS","SecretAccessKey":"s"}')):
            with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                file.write(text)
        for name, case in sdk_cases.cases():
            if wanted and name not in wanted:
                continue
            assert name not in names, name
            names.add(name)
            env = environment(case, folder, server)
            theirs, their_words = by_boto3(case, env, server)
            ours, our_words = by_sqs_pull(case, env, server)
            same = outcome(theirs) == outcome(ours)
            differ += not same
            expected = name in sdk_cases.DIFFERENCES
            wrong += same == expected
            if verbose or not same or expected:
                print("%s: %s" % (name, "same" if same else sdk_cases.DIFFERENCES.get(name, "NOT EXPECTED")))
            if verbose or not same:
                print("    boto3     %s (%s)\n    sqs-pull  %s (%s)" % (theirs, their_words, ours, our_words))
            sys.stdout.flush()
    stale = set() if wanted else set(sdk_cases.DIFFERENCES) - names
    print("configurations=%d different=%d wrong=%d" % (len(names), differ, wrong + len(stale)))
    return 1 if wrong or stale else 0


sys.exit(main())
