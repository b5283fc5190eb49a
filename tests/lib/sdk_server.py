"""One server on the loopback that stands for all of AWS. It serves any host: with http as a proxy, and with TLS after
CONNECT, with a certificate of its own authority. It gives the credentials of roles, of a container and of an instance,
has no queue, and notes each request to SQS and STS."""

import datetime
import os
import socket
import ssl
import threading
import urllib.parse

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

STS = """<{0}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{0}Result><Credentials>
<AccessKeyId>{1}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>token.{1}</SessionToken>
<Expiration>2126-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser><Arn>a</Arn><AssumedRoleId>i</AssumedRoleId>
</AssumedRoleUser></{0}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{0}Response>"""
MACHINE = '{{"Code":"Success","AccessKeyId":"{0}","SecretAccessKey":"s","Token":"token.{0}",' \
    '"Expiration":"2126-01-01T00:00:00Z"}}'
NO_QUEUE = """<ErrorResponse><Error><Type>Sender</Type><Code>AWS.SimpleQueueService.NonExistentQueue</Code>
<Message>none</Message></Error><RequestId>r</RequestId></ErrorResponse>"""
ROLES = "/latest/meta-data/iam/security-credentials/"


class Authority:
    """Certificates for any host."""

    def __init__(self, folder):
        self.folder, self.contexts, self.lock = folder, {}, threading.Lock()
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "authority of a test")])
        self.file = os.path.join(folder, "authority.pem")
        with open(self.file, "wb") as file:
            file.write(self.certificate(self.name, None).public_bytes(serialization.Encoding.PEM))

    def certificate(self, name, host):
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = x509.CertificateBuilder(self.name, name, self.key.public_key(), x509.random_serial_number(),
                                          now - datetime.timedelta(days=1), now + datetime.timedelta(days=1))
        builder = builder.add_extension(x509.BasicConstraints(host is None, None), True)
        if host is not None:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), False)
        return builder.sign(self.key, hashes.SHA256())

    def context(self, host):
        with self.lock:
            if host not in self.contexts:
                path = os.path.join(self.folder, "host.pem")
                name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host[:60])])
                with open(path, "wb") as file:
                    file.write(self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                                      serialization.NoEncryption()))
                    file.write(self.certificate(name, host).public_bytes(serialization.Encoding.PEM))
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(path)
                self.contexts[host] = context
            return self.contexts[host]


class Server:
    """.port, .authority.file, and .noted: the requests to SQS and STS since it was last cleared, as (host, service and
    action, region, key id, token)."""

    def __init__(self, folder):
        self.authority, self.noted = Authority(folder), []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            connection.settimeout(30)
            method, target, headers, body = self.read(connection)
            if method == "CONNECT":
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                context = self.authority.context(target.rsplit(":", 1)[0])
                connection = context.wrap_socket(connection, server_side=True)
                method, target, headers, body = self.read(connection)
            status, text = self.answer(target, headers, body)
            text = text.encode()
            connection.sendall(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" %
                               (status, len(text), text))
        except (OSError, ValueError):
            pass
        finally:
            connection.close()

    @staticmethod
    def read(connection):
        """Read one whole request and nothing after it, as TLS may begin there."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = connection.recv(1)
            if not byte:
                raise ValueError("cut")
            head += byte
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length, body = int(headers.get("content-length", 0)), b""
        while len(body) < length:
            body += connection.recv(length - len(body)) or b" " * length
        return *first.split(" ")[:2], headers, body.decode("latin-1")

    def answer(self, target, headers, body):
        path = urllib.parse.urlsplit(target).path
        if path == "/container":
            return 200, MACHINE.format("CONTAINER")
        if path == "/latest/api/token":
            return 200, "a-token"
        if path.startswith(ROLES):
            return 200, "role" if path == ROLES else MACHINE.format("INSTANCE")
        form = dict(urllib.parse.parse_qsl(body))
        action = headers.get("x-amz-target", form.get("Action", "?")).rpartition(".")[2]
        key, region, service = None, None, None
        if "Credential=" in headers.get("authorization", ""):
            scope = headers["authorization"].partition("Credential=")[2].partition(",")[0].split("/")
            key, region, service = scope[0], scope[2], scope[3]
        self.noted.append((headers.get("host", "").removesuffix(":443"), "%s %s" % (service, action), region, key,
                           headers.get("x-amz-security-token")))
        if action.startswith("AssumeRole"):
            by = "web." + form["WebIdentityToken"] if "WebIdentityToken" in form else key
            return 200, STS.format(action, "%s.by.%s" % (form["RoleArn"].rpartition("/")[2], by))
        return 400, NO_QUEUE
