#!/usr/bin/env python3
"""Run a command on a terminal of its own, type lines into it, and print what the terminal shows.

    typed.py [--hang-up] PROMPT COMMAND...

Each line of standard input is typed when PROMPT is shown again. After the last one the command runs
to its end; with --hang-up the terminal is closed when PROMPT is shown once more. The exit status is
that of the command, 128+n for signal n; 124 when the terminal is silent for two minutes.
"""
import os
import pty
import select
import signal
import sys

SILENCE = 120


def main():
    arguments = sys.argv[1:]
    hang_up = arguments[:1] == ['--hang-up']
    prompt, *command = arguments[hang_up:]
    lines = sys.stdin.buffer.read().splitlines(keepends=True)
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(command[0], command)
    shown, seen = b'', 0
    while True:
        if not select.select([terminal], [], [], SILENCE)[0]:
            os.kill(child, signal.SIGKILL)
            sys.exit(124)
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # The last process that had it open has ended.
            break
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        shown += chunk
        at = shown.find(prompt.encode(), seen)
        if at >= 0 and lines:
            seen = len(shown)
            os.write(terminal, lines.pop(0))
        elif at >= 0 and hang_up:
            break
    os.close(terminal)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    sys.exit(status if status >= 0 else 128 - status)


main()
