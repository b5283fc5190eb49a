#!/usr/bin/env python3
"""Start moto's server, with one action at a time for each queue.

moto 5 changes the messages of a queue without its lock: of two parallel deletes one can be lost, and two parallel
receives can return the same message. A receive that waits for messages lets other actions in, and looks again soon.
"""

import functools
import sys

from moto.server import main
from moto.sqs.models import Queue, SQSBackend

ACTIONS = (
    "send_message", "send_message_batch", "receive_message", "delete_message", "delete_message_batch",
    "change_message_visibility", "change_message_visibility_batch", "purge_queue")
LOOK_S = 0.05


def alone(action):
    @functools.wraps(action)
    def run(backend, queue_name, *arguments, **named):
        with backend.get_queue(queue_name)._messages_lock:  # pylint: disable=protected-access
            return action(backend, queue_name, *arguments, **named)
    return run


def wait_for_messages(queue, timeout):
    """Wait without the lock, also when there are messages that may not be received now."""
    queue._messages_lock.wait(min(timeout, LOOK_S))  # pylint: disable=protected-access


Queue.wait_for_messages = wait_for_messages
for name in ACTIONS:
    setattr(SQSBackend, name, alone(getattr(SQSBackend, name)))

if __name__ == "__main__":
    sys.exit(main())
