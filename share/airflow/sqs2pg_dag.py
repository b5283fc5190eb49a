"""A DAG for Apache Airflow, 2.4 and later, that drains one queue with sqs2pg(1) every five minutes.

Put it into the folder of the DAGs, beside an sqs2pg that the worker finds in PATH. Variables of the
worker's environment, all of them optional:

    SQS2PG_DAG_CONFIG    the file of settings [/etc/sqs2pg/logins.env]
    SQS2PG_DAG_SCHEDULE  when it runs [*/5 * * * *]

What comes of a run (sqs2pg(7), EXIT STATUS):

    0              success
    75             a temporary failure: tried again, three times, a minute apart
    LOCKED         another run has the queue: skipped
    129 and above  ended by a signal, as when memory ran out: tried again
    any other      another try changes nothing: failed at once

A try again is safe after any end: a message is deleted only when its row is committed, and the ledger
keeps rows single. What sqs2pg says goes into the log of the task, at its own level.

Without Airflow the file can be imported, too; then it has no DAG.
"""

import importlib.util
import json
import logging
import os
import signal
import subprocess

SUCCESS, RETRY, SKIP, FAIL = "success", "retry", "skip", "fail"

# The status that BashOperator, too, takes for a skip, and that no program ends with.
LOCKED = 99
TEMPORARY = 75

# What an operator is to do, by the statuses of sqs2pg(7).
ADVICE = {
    1: "some records were rejected or not deleted: look at them",
    64: "the command line is wrong: fix it",
    65: "the reject limit was reached, or the input is unusable: look at it",
    69: "refused for good: fix the queue, the table, the rights or the login",
    70: "an internal error: report it",
    74: "input or output failed: look at the disk",
    TEMPORARY: "a temporary failure outlasted the retries",
    77: "a file may be read or written by others: fix its owner or mode",
    78: "a key, policy, map or file of settings is wrong: fix it",
    LOCKED: "another run has the queue",
}

LEVELS = {"error": logging.ERROR, "warning": logging.WARNING, "debug": logging.DEBUG}

# --grace of pg-load(1), a long poll and a batch.
GRACE = 90


def outcome(status):
    """What becomes of a task whose sqs2pg ended with this status; one of a signal may be negative."""
    if status == 0:
        return SUCCESS
    if status == LOCKED:
        return SKIP
    if status == TEMPORARY or status < 0 or status > 128:
        return RETRY
    return FAIL


def explain(status):
    """The status in words."""
    if status < 0 or status > 128:
        return "sqs2pg was ended by signal %d" % (-status if status < 0 else status - 128)
    return "sqs2pg ended with %d: %s" % (status, ADVICE.get(status, "unknown to this DAG"))


def note(log, line):
    """Hands on one line of --log json; any other as it is."""
    try:
        said = json.loads(line)
        log.log(LEVELS.get(said["level"], logging.INFO), "%s: %s", said["program"], said["message"])
    except (ValueError, KeyError, TypeError):
        log.info("%s", line)


def run(command, log):
    """Runs it to its end, its lines into the log, and returns its status. When the task is ended before
    (an exception), so is the command, in order: what was not committed is back on the queue."""
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
    """The command that drains the queue of this file of settings."""
    return ["sqs2pg", "--log", "json", "--lock-status", str(LOCKED), "--config", config]


def drain(config):
    """The task: runs sqs2pg, and tells Airflow by an exception what is not success."""
    try:
        from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
    except ImportError:  # earlier ones
        from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException
    status = run(sqs2pg(config), logging.getLogger("airflow.task"))
    told = {RETRY: AirflowException, SKIP: AirflowSkipException, FAIL: AirflowFailException}
    if outcome(status) != SUCCESS:
        raise told[outcome(status)](explain(status))


def dag():
    """The DAG, for the Airflow that is installed."""
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
        # What a missed run would have moved, the next one moves.
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
