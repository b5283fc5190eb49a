"""Run Debian's node_exporter, Prometheus and Alertmanager over a folder of metrics files, with the
files of share/prometheus."""

import json
import pathlib
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

from receivers import Receivers
from shorten import shorter

SHARE = pathlib.Path(__file__).resolve().parents[2] / "share" / "prometheus"


def free_port():
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()


def until(seconds, condition):
    """Return the result of the condition once it is true; None after SECONDS."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            return None
        time.sleep(0.1)
    return value


class Watch:
    def __init__(self, folder, figures, factor):
        self.folder, self.figures = folder, figures
        self.receivers = Receivers()
        self.ports = {name: free_port() for name in ("exporter", "prometheus", "alertmanager")}
        self.url = "http://127.0.0.1:%d" % self.ports["prometheus"]
        self.processes = {}
        self.times = 0
        self.configure(factor)

    def write(self, name, factor, changes):
        """Write one of the shipped files, with its times divided and with these texts replaced,
        each found once or more."""
        text, count = shorter((SHARE / name).read_text(encoding="utf-8"), factor)
        self.times += count
        for old, new in changes:
            if old not in text:
                raise RuntimeError("%s: no %s" % (name, old))
            text = text.replace(old, new)
        (self.folder / name).write_text(text, encoding="utf-8")

    def configure(self, factor):
        self.write("sqs2pg.rules.yml", factor, ())
        self.write("prometheus.yml", factor, (
            ("localhost:9093", "127.0.0.1:%d" % self.ports["alertmanager"]),
            ("localhost:9100", "127.0.0.1:%d" % self.ports["exporter"])))
        hook = "http://127.0.0.1:%d/" % self.receivers.hook_port
        secrets = self.folder / "secrets"
        secrets.mkdir()
        (secrets / "smtp-password").write_text("x", encoding="ascii")
        (secrets / "slack-url").write_text(hook + "slack", encoding="ascii")
        # Local addresses, and a mail server without TLS; the title is the name, to be counted.
        self.write("alertmanager.yml", factor, (
            ("mail.example.org:587", "127.0.0.1:%d\n  smtp_require_tls: false" % self.receivers.mail_port),
            ("/etc/prometheus/", "%s/" % secrets),
            ("'{{ .CommonAnnotations.summary }}'", "'{{ .CommonLabels.alertname }}'"),
            ("https://on-call.example.org/alerts", hook + "on-call"),
            ("https://watch.example.org/sqs2pg", hook + "dead-man")))
        for command in ("promtool check config prometheus.yml", "amtool check-config alertmanager.yml"):
            subprocess.run(command.split(), cwd=self.folder, check=True, stdout=subprocess.DEVNULL)

    def start(self, name):
        listen = "--web.listen-address=127.0.0.1:%d" % self.ports[name]
        command = {
            "exporter": ["prometheus-node-exporter", "--collector.disable-defaults", "--collector.textfile",
                         "--collector.textfile.directory=%s" % self.figures],
            "prometheus": ["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=tsdb",
                           "--rules.alert.resend-delay=2s"],
            "alertmanager": ["prometheus-alertmanager", "--config.file=alertmanager.yml",
                             "--storage.path=alertmanager", "--cluster.listen-address="],
        }[name]
        with open(self.folder / (name + ".log"), "ab") as log:
            self.processes[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *command, listen], cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if not until(60, lambda: self.answers(name)):
            raise RuntimeError("no %s" % name)

    def answers(self, name):
        try:
            return get("http://127.0.0.1:%d/" % self.ports[name])
        except (urllib.error.URLError, OSError):
            return None

    def stop(self, name):
        process = self.processes.pop(name)
        process.terminate()
        process.wait()

    def stop_all(self):
        for name in list(self.processes):
            self.stop(name)

    def query(self, expression):
        """Run an instant query: return the labels and value of each series."""
        answer = json.loads(get("%s/api/v1/query?%s" % (self.url, urllib.parse.urlencode({"query": expression}))))
        return [(series["metric"], float(series["value"][1])) for series in answer["data"]["result"]]

    def alerts(self):
        """Return the names of pending or firing alerts except the dead man's, sent or not."""
        return {labels["alertname"] for labels, _ in self.query('ALERTS{alertname!="Sqs2pgDeadMan"}')}

    def complaints(self):
        """Return the errors that the three reported, except unsent alerts: one of the faults causes
        those."""
        found = []
        for log in sorted(self.folder.glob("*.log")):
            for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
                if "level=error" in line and "component=notifier" not in line:
                    found.append("%s: %s" % (log.stem, line))
        return found
