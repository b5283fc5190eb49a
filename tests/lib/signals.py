"""Stop, continue and signal runs of sqs2pg at random moments.

  signals.py ROUNDS SEED SQS2PG SETTINGS QUEUE... -- SENDER [ARGUMENT...]

SETTINGS is a file without a queue; each QUEUE belongs to one run at a time. SENDER, with a queue
after its arguments, sends its input: records {"body":{"id":N,...}}, each N once. Prints each error
of a round, and a line of figures; exits 1 if there was any error. sqs2pg(1) says how each run may
end. The caller checks whether every N arrives.
"""
import collections
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

MESSAGES = 20
LONGEST_S = 90  # of a run, under a sanitizer and beside others; a hang lasts forever
STAGES = {"sqs-pull", "sqs-unwrap", "pii-mask", "tee", "pg-load", "sqs-ack", "mawk", "gawk", "awk"}
DEEDS = ["none", "TERM", "INT", "HUP", "TERM", "twice", "twice", "stop", "stop", "stop-TERM", "stop-twice",
         "KILL", "KILL", "killed"]


def stat(pid):
    """Return (name, state, parent, session) of a process, or None."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            text = file.read()
    except OSError:
        return None
    name, rest = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:].split()
    return name, rest[0], int(rest[1]), int(rest[3])


def processes():
    return [(pid, found) for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if (found := stat(pid))]


def left_in(session):
    return [f"{found[0]} {pid} {found[1]}" for pid, found in processes() if found[3] == session and found[1] not in "ZX"]


def stages_of(parent):
    return [pid for pid, found in processes() if found[2] == parent and found[0] in STAGES and found[1] not in "ZX"]


def send_signal(pid, number):
    """Send a signal; return true when a live process got it."""
    found = stat(pid)
    if not found or found[1] in "ZX":
        return False
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def answers(pid):
    """Return true when the script handles signals itself, or has ended."""
    try:
        with open(f"/proc/{pid}/status") as file:
            return any(int(line.split()[1], 16) & 1 << 14 for line in file if line.startswith("SigCgt:"))
    except OSError:
        return True


def act(chance, deed, run, follow, done):
    """Do the deed; return the statuses that the run may then have."""
    term, pause = signal.SIGTERM, lambda longest: time.sleep(chance.uniform(0, longest))
    if deed in ("TERM", "INT", "HUP"):
        send_signal(run.pid, getattr(signal, "SIG" + deed))
        return {0}
    if deed == "twice":
        first, second = chance.choice([(term, signal.SIGINT), (term, signal.SIGHUP), (signal.SIGINT, signal.SIGHUP)])
        send_signal(run.pid, first)
        pause(0.3)
        send_signal(run.pid, second)
        return {0, 128 + second, 128 + first}  # it may end before the signal, or get both together
    if deed == "killed":
        send_signal(run.pid, signal.SIGKILL)
        return {0, -signal.SIGKILL}
    if deed == "none":
        return {0}
    while not (stages := stages_of(run.pid)) and run.poll() is None:
        time.sleep(0.005)
    pause(0.4)
    stages = stages_of(run.pid) or stages
    if not stages:
        return {0}
    stage = chance.choice(stages)
    done[stat(stage)[0] if stat(stage) else "gone"] += 1
    if deed == "KILL":
        # A process that has just ended may still be killed, without effect.
        killed = send_signal(stage, signal.SIGKILL)
        pause(0.2)
        send_signal(run.pid, term)
        return {0, 137} if killed else {0}
    send_signal(stage, signal.SIGSTOP)
    pause(0.4)
    if deed == "stop-twice":
        # Another signal: the kernel would merge the same one again, before the first was handled.
        second = chance.choice([signal.SIGINT, signal.SIGHUP])
        send_signal(run.pid, term)
        pause(0.2)
        send_signal(run.pid, second)
        return {0, 128 + second, 128 + term}
    if deed == "stop-TERM":
        send_signal(run.pid, term)
        pause(0.4)
    send_signal(stage, signal.SIGCONT)
    if deed == "stop" and follow:
        pause(0.4)
        send_signal(run.pid, term)
    return {0}


class Trial:
    def __init__(self, rounds, seed, sqs2pg, settings, sender):
        self.lock = threading.Lock()
        self.rounds, self.seed, self.sqs2pg, self.settings, self.sender = rounds, seed, sqs2pg, settings, sender
        self.next, self.faults, self.slowest, self.renewals = 0, [], 0.0, 0
        self.deeds, self.done, self.statuses = (collections.Counter() for _ in range(3))

    def round(self, number, queue):
        chance = random.Random(self.seed * 1000003 + number)
        deed = chance.choice(DEEDS)
        text = "".join(json.dumps({"body": {"id": number * MESSAGES + i, "ip": "192.0.2.1"}}) + "\n"
                       for i in range(MESSAGES))
        subprocess.run(self.sender + [queue], input=text.encode(), check=True)
        arguments = [self.sqs2pg, "-c", self.settings]
        if chance.random() < 0.5:
            arguments += ["--archive", os.path.dirname(os.path.abspath(self.settings))]
        follow = deed != "none" and chance.random() < 0.5
        arguments += ["--follow"] * follow
        environment = dict(os.environ, SQS_QUEUE_URL=queue)
        name = f"{self.settings}.{number}.err"
        with open(name, "wb") as errors:
            run = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stderr=errors, env=environment,
                                   start_new_session=True)
        began = time.monotonic()
        while not answers(run.pid):
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 1.2) ** 2)
        # Ask for another line: of a run that follows its queue this changes the stages, and not how
        # it ends.
        for _ in range(chance.choice([0, 0, 1, 2, 3])):
            self.renewals += send_signal(run.pid, signal.SIGUSR1)
            time.sleep(chance.uniform(0, 1.2) ** 2)
        allowed = act(chance, deed, run, follow, self.done)
        wrong = []
        try:
            status = run.wait(LONGEST_S)
        except subprocess.TimeoutExpired:
            wrong.append("hangs: " + ", ".join(left_in(run.pid)))
            os.killpg(run.pid, signal.SIGKILL)
            status = run.wait()
        else:
            # A process that got SIGKILL takes a moment to end, and so does a shell that exits.
            until = time.monotonic() + (LONGEST_S if deed == "killed" else 5)
            while left_in(run.pid) and time.monotonic() < until:
                time.sleep(0.05)
            left = left_in(run.pid)
            if left:
                wrong.append("leaves " + ", ".join(left))
            if status not in allowed:
                wrong.append(f"status {status}, not of {sorted(allowed)}")
        for process in left_in(run.pid):
            send_signal(int(process.split()[1]), signal.SIGKILL)
        with self.lock:
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.deeds[deed] += 1
            self.statuses[status] += 1
            if wrong:
                with open(name, errors="replace") as errors:
                    said = errors.read()
                self.faults.append(f"round {number} {deed} {' '.join(arguments[3:])}: {'; '.join(wrong)}\n{said}")
        os.unlink(name)

    def work(self, queue):
        while True:
            with self.lock:
                number, self.next = self.next, self.next + 1
            if number >= self.rounds:
                return
            try:
                self.round(number, queue)
            except Exception as error:  # a thread that ends would lose its rounds silently
                with self.lock:
                    self.faults.append(f"round {number}: {error!r}")


def main():
    # The parent may have had them ignored, as nohup does.
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    split = sys.argv.index("--")
    rounds, seed, sqs2pg, settings, *queues = sys.argv[1:split]
    trial = Trial(int(rounds), int(seed), sqs2pg, settings, sys.argv[split + 1:])
    workers = [threading.Thread(target=trial.work, args=(queue,)) for queue in queues]
    began = time.monotonic()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for fault in trial.faults:
        print(fault)
    print(f"rounds={rounds} faults={len(trial.faults)} seconds={time.monotonic() - began:.0f} "
          f"slowest={trial.slowest:.1f} renewals={trial.renewals} deeds={dict(trial.deeds)} stages={dict(trial.done)} "
          f"statuses={dict(sorted(trial.statuses.items()))}")
    sys.exit(1 if trial.faults else 0)


main()
