"""A DAG for Apache Airflow, 2.4 and later, that drains one queue with sqs2pg(1) every five minutes.

Put it into the folder of the DAGs. The worker must find sqs2pg in PATH. Optional variables of the
worker's environment:

    SQS2PG_DAG_CONFIG    the settings file [/etc/sqs2pg/logins.env]
    SQS2PG_DAG_SCHEDULE  when it runs [*/5 * * * *]

The result of a run (sqs2pg(7), EXIT STATUS):

    0              success
    75             a temporary failure: retried three times, a minute apart
    LOCKED         another run has the queue: skipped
    129 and above  a signal ended it, as when memory ran out: retried
    any other      a retry changes nothing: failed immediately

A retry is safe after any end: a message is deleted only when its row is committed, and the ledger
prevents duplicate rows. Messages of sqs2pg go into the log of the task, at their own level.

The file can also be imported without Airflow; then it has no DAG.
"""

import importlib.util
import json
import logging
import os
import signal
import subprocess

SUCCESS, RETRY, SKIP, FAIL = "success", "retry", "skip", "fail"

# BashOperator also treats this status as a skip, and no program ends with it.
LOCKED = 99
TEMPORARY = 75

# The advice for an operator, by the statuses of sqs2pg(7).
ADVICE = {
    1: "some records were rejected or not deleted: look at them",
    64: "the command line is wrong: fix it",
    65: "the reject limit was reached, or the input is unusable: look at it",
    69: "permanently refused: fix the queue, the table, the rights or the login",
    70: "an internal error: report it",
    74: "input or output failed: look at the disk",
    TEMPORARY: "a temporary failure outlasted the retries",
    77: "other users may read or write a file: fix its owner or mode",
    78: "a key, policy, map or settings file is wrong: fix it",
    LOCKED: "another run has the queue",
}

LEVELS = {"error": logging.ERROR, "warning": logging.WARNING, "debug": logging.DEBUG}

# --grace of pg-load(1), a long poll and a batch.
GRACE = 90


def outcome(status):
    """Return the outcome of a task for this status of sqs2pg; that of a signal may be negative."""
    if status == 0:
        return SUCCESS
    if status == LOCKED:
        return SKIP
    if status == TEMPORARY or status < 0 or status > 128:
        return RETRY
    return FAIL


def explain(status):
    """Return the status in words."""
    if status < 0 or status > 128:
        return "sqs2pg was ended by signal %d" % (-status if status < 0 else status - 128)
    return "sqs2pg ended with %d: %s" % (status, ADVICE.get(status, "unknown to this DAG"))


def note(log, line):
    """Log one line of --log json at its level; any other line unchanged."""
    try:
        said = json.loads(line)
        log.log(LEVELS.get(said["level"], logging.INFO), "%s: %s", said["program"], said["message"])
    except (ValueError, KeyError, TypeError):
        log.info("%s", line)


def run(command, log):
    """Run the command with its lines in the log, and return its status. If the task ends before (an
    exception), stop the command in order: uncommitted messages are back on the queue."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace") as process:
        try:
            for line in process.stdout:
                note(log, line.rstrip("\n"))
            return process.wait()
        except BaseException:
            process.send_signal(signal.SIGTERM)
            try:
                for line in process.communicate(timeout=GRACE)[0].splitlines():
                    note(log, line)
            except subprocess.TimeoutExpired:
                process.kill()
            raise


def sqs2pg(config):
    """Return the command that drains the queue of this settings file."""
    return ["sqs2pg", "--log", "json", "--lock-status", str(LOCKED), "--config", config]


def drain(config):
    """Run the task: start sqs2pg, and report any outcome but success to Airflow by an exception."""
    try:
        from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
    except ImportError:  # earlier versions
        from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException
    status = run(sqs2pg(config), logging.getLogger("airflow.task"))
    told = {RETRY: AirflowException, SKIP: AirflowSkipException, FAIL: AirflowFailException}
    if outcome(status) != SUCCESS:
        raise told[outcome(status)](explain(status))


def dag():
    """Return the DAG, for the installed Airflow."""
    from datetime import datetime, timedelta, timezone
    try:
        from airflow.providers.standard.operators.python import PythonOperator
        from airflow.sdk import DAG
    except ImportError:  # Airflow 2
        from airflow import DAG
        from airflow.operators.python import PythonOperator
    with DAG(
        dag_id="sqs2pg",
        description="Moves messages from SQS into PostgreSQL",
        schedule=os.environ.get("SQS2PG_DAG_SCHEDULE", "*/5 * * * *"),
        start_date=datetime(2024, 1, 1, tzinfo=timezone.utc),
        # The next run moves the messages of a missed one.
        catchup=False,
        max_active_runs=1,
        tags=["sqs2pg"],
    ) as made:
        PythonOperator(
            task_id="drain",
            python_callable=drain,
            op_args=[os.environ.get("SQS2PG_DAG_CONFIG", "/etc/sqs2pg/logins.env")],
            retries=3,
            retry_delay=timedelta(minutes=1),
        )
    return made


if importlib.util.find_spec("airflow"):
    DRAIN = dag()
