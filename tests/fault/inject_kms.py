"""The cases of kms-open (see inject_case.py), with the KMS of one moto server, without failures."""

import atexit
import base64
import http.client
import json
import os
import pathlib
import socket
import subprocess
import threading
import time

from inject_case import HERE, SECRETS, Case, prefix_of

CONTEXT = ["--context", "queue=logins"]


class Server:
    """A server that the first caller starts; it ends with this process."""

    lock = threading.Lock()
    port = None

    @classmethod
    def start(cls):
        with cls.lock:
            if cls.port is None:
                with socket.socket() as free:
                    free.bind(("127.0.0.1", 0))
                    port = free.getsockname()[1]
                python = subprocess.run(["bash", "-c", '. "$1/scripts/deps.sh" && python_dir', "-", HERE.parent.parent],
                                        check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
                program = pathlib.Path(python) / "bin" / "moto_server"
                process = subprocess.Popen([program, "-H", "127.0.0.1", "-p", str(port)],
                                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                atexit.register(process.kill)
                cls.port = port
                cls.wait()
            return cls.port

    @classmethod
    def wait(cls):
        for attempt in range(240):
            try:
                return cls.ask("ListKeys")
            except OSError:
                time.sleep(0.25)
        raise RuntimeError("moto does not start")

    @classmethod
    def ask(cls, action, **arguments):
        connection = http.client.HTTPConnection("127.0.0.1", cls.port, timeout=60)
        connection.request("POST", "/", json.dumps(arguments), {
            "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "TrentService." + action,
            "Authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/kms/aws4_request"})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status != 200:
            raise RuntimeError("%s: %s" % (action, text))
        return json.loads(text)


class Open(Case):
    name, program = "kms-open", "kms-open"
    arguments = [*CONTEXT, "--retry-timeout", "1s", "-v", "sealed"]

    def prepare(self):
        port = Server.start()
        self.write("input", "")
        self.clean = self.key().read_bytes()
        self.key_id = Server.ask("CreateKey")["KeyMetadata"]["KeyId"]
        sealed = Server.ask("Encrypt", KeyId=self.key_id, EncryptionContext={"queue": "logins"},
                            Plaintext=base64.b64encode(self.clean).decode())
        self.write("sealed", base64.b64decode(sealed["CiphertextBlob"]))
        self.environment = {"AWS_ACCESS_KEY_ID": "AKIDCANARY", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/canary",
                            "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL_KMS": "http://127.0.0.1:%d" % port}

    def secrets(self):
        return [*SECRETS, self.master, base64.b64encode(self.clean).decode()]

    def judge(self, result, whole):
        return prefix_of(result, self.clean) + (["prints too little"] if whole and result.out != self.clean else [])


class Seal(Open):
    name = "kms-seal"

    def fresh(self):
        return ["kms-open", "--seal", "--key-id", self.key_id, *CONTEXT, "--retry-timeout", "1s", "key"]

    def judge(self, result, whole):
        if self.clean.strip() in result.out:
            return ["prints the key"]
        if not whole:
            return []
        self.write("made", result.out)
        opened = subprocess.run(["kms-open", *CONTEXT, "made"], cwd=self.directory, check=False,
                                env=dict(os.environ, **self.environment), stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL)
        return [] if opened.stdout == self.clean else ["prints what cannot be opened again"]


CASES = [Open, Seal]
