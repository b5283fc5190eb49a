#!/usr/bin/env bats
# The image and the compose file, checked as text. tests/container/image.bats builds and runs them.

load ../lib/common

setup() {
  common_setup
  CONTAINERFILE=$ROOT/deploy/container/Containerfile
  COMPOSE=$ROOT/deploy/compose.yaml
}

python() { "$(python_dir)/bin/python" "$@"; }

@test "the context of an image has the sources, and no history, key, settings or build" {
  [ "$(readlink "$ROOT/.dockerignore")" = .containerignore ]
  # The files of the clone, and some others that may be in it.
  (cd "$ROOT" && find . \( -name .git -o -path ./build -o -name __pycache__ \) -prune -o -type f -printf '%P\n') >files
  printf '%s\n' .git/config lib/.git/config build/bin/pg-load bench/build/x k key share/k scripts/key logins.env \
    deploy/sqs2pg.env share/maps/x.env lib/.env .env.local .aws/credentials cmd/.aws/credentials .pgpass scripts/.pgpass \
    tls.pem share/tls.pem man/my.key .ssh/id_ed25519 notes.txt tests/x.sql debian/x >others
  run -0 python - "$ROOT/.containerignore" <<'CODE'
import re, sys

def pattern(text):
    """Of Docker's and podman's form: ** any folders, * within one; what is named holds all below it."""
    parts = re.split(r"(\*\*/|\*)", text.lstrip("!"))
    made = {"**/": "(?:.*/)?", "*": "[^/]*"}
    return re.compile("".join(made.get(part, re.escape(part)) for part in parts) + "(?:/.*)?$"), text[0] != "!"

rules = [pattern(line) for line in open(sys.argv[1]).read().split("\n") if line and line[0] != "#"]

def taken(name):
    out = False
    for rule, excludes in rules:
        if rule.match(name):
            out = excludes
    return not out

wanted = re.compile(r"(cmd|lib|man|scripts|share|deploy/systemd)/|(Makefile|VERSION)$")
files = open("files").read().split("\n")[:-1]
assert len(files) > 500
for name in files:
    assert taken(name) == bool(wanted.match(name)), name
for name in open("others").read().split("\n")[:-1]:
    assert not taken(name), name
CODE
}

@test "the image has one base, also by digest, a user without rights, a stop signal and a list of its packages" {
  local base
  # No registry host: whoever builds has configured where images come from.
  base=$(sed -n 's/^ARG BASE=//p' "$CONTAINERFILE")
  [ "$base" = debian:13-slim ]
  # shellcheck disable=SC2016
  [ "$(sed -n 's/^FROM //p' "$CONTAINERFILE")" = "$(printf '%s\n' '${BASE} AS build' '${BASE}')" ]
  grep -q -- '--build-arg BASE=debian@sha256:' "$CONTAINERFILE"
  run -1 grep -E '^(ADD|VOLUME)|:latest|curl .*\|' "$CONTAINERFILE"
  # The user that Kubernetes' file names, and the folder that it writes to.
  [ "$(sed -n 's/^USER //p' "$CONTAINERFILE")" = 65534:65534 ]
  grep -q 'runAsUser: 65534' "$ROOT/deploy/kubernetes/overlays/follow/deployment.yaml"
  grep -q 'install -d -o 65534 -g 65534 -m 700 /var/lib/sqs2pg' "$CONTAINERFILE"
  grep -qx 'STOPSIGNAL SIGTERM' "$CONTAINERFILE"
  grep -q -- '--stop-timeout 90' "$CONTAINERFILE"
  grep -q 'terminationGracePeriodSeconds: 90' "$ROOT/deploy/kubernetes/overlays/follow/deployment.yaml"
  # Each time stamp is set or removed.
  [ "$(grep -c '^ARG SOURCE_DATE_EPOCH$' "$CONTAINERFILE")" -eq 2 ]
  # The files to copy exist.
  sed -n 's/^COPY \([a-z].*\) [^ ]*$/\1/p' "$CONTAINERFILE" | xargs -n 1 >copied
  [ -s copied ]
  while read -r file; do [ -e "$ROOT/$file" ]; done <copied
}

@test "the packages of the libraries are derived from what the programs need" {
  # The line of the Containerfile, on this machine's programs.
  bin=$(dirname "$(command -v pg-load)")
  readelf -dW "$bin"/* | sed -n 's|.*(NEEDED).*\[\(.*\)\]|*/\1|p' | sort -u |
    grep -vE 'lib(a|ub|t)san' | xargs dpkg-query -S | cut -d: -f1 | sort -u >packages
  grep -qF 'readelf -dW build/bin/*' "$CONTAINERFILE"
  for library in libc6 libcurl libjq1 libpq5 libseccomp2 libssl3 libxml2 zlib1g; do grep -q "^$library" packages; done
  [ "$(wc -l <packages)" -le 12 ]
}

@test "the compose file has the form of its schema; a wrong one is noticed" {
  run -0 "$(python_dir)/bin/check-jsonschema" -q --builtin-schema vendor.compose-spec "$COMPOSE"
  sed 's/^    read_only: .*/    readonly: true/; s/^  read_only: .*/  readonly: true/' "$COMPOSE" >wrong.yaml
  run -1 "$(python_dir)/bin/check-jsonschema" -q --builtin-schema vendor.compose-spec wrong.yaml
}

@test "the names in the compose file agree with each other, and its settings are known" {
  run -0 python - "$COMPOSE" "$ROOT/deploy/compose/elasticmq.conf" <<'CODE'
import os, re, sys, yaml
compose, conf = yaml.safe_load(open(sys.argv[1])), open(sys.argv[2]).read()
services = compose["services"]
base = os.path.dirname(sys.argv[1])
ours = {name: service for name, service in services.items() if service["image"] == "sqs2pg"}
assert set(ours) == {"key", "events", "pipeline"}
for name, service in services.items():
    # No registry host: whoever runs it has configured where images come from.
    assert re.fullmatch(r"sqs2pg|[a-z]+(/[a-z]+)?:[0-9][\w.]*", service["image"]), service["image"]
    assert set(service.get("depends_on", {})) <= set(services)
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        assert source in compose["volumes"] or os.path.exists(os.path.join(base, source)), source
    # A service that stays has a health check; the end of one that ends is waited for.
    assert ("healthcheck" in service) == (name not in ("key", "events")), name
for name, service in ours.items():
    assert service["read_only"] and service["tmpfs"] == ["/tmp"] and service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges"] and "user" not in service and "privileged" not in service
    assert os.path.exists(os.path.join(base, service["build"]["context"], service["build"]["dockerfile"]))
pipeline, database = services["pipeline"], services["database"]["environment"]
assert pipeline["healthcheck"]["test"][:3] == ["CMD", "sqs2pg-status", "--health"]
has = pipeline["environment"]
assert pipeline["stop_signal"] == "SIGTERM" and pipeline["stop_grace_period"] == "90s"
assert pipeline["depends_on"] == {"queue": {"condition": "service_healthy"}, "database": {"condition": "service_healthy"},
                                  "key": {"condition": "service_completed_successfully"}}
assert (has["PGHOST"], has["PGUSER"], has["PGPASSWORD"], has["PGDATABASE"]) == \
    ("database", database["POSTGRES_USER"], database["POSTGRES_PASSWORD"], database["POSTGRES_DB"])
host, port, account, queue = re.fullmatch(r"http://(\w+):(\d+)/(\d+)/(\w+)", has["SQS_QUEUE_URL"]).groups()
assert host == "queue" and has["AWS_ENDPOINT_URL_SQS"] == "http://%s:%s" % (host, port)
assert "host = %s, port = %s" % (host, port) in conf and "bind-port = " + port in conf
assert 'accountId = "%s"' % account in conf and re.search(r"^  %s \{" % queue, conf, re.M)
assert 'region = "%s"' % has["AWS_REGION"] in conf
assert has["SQS2PG_KEY_FILE"].startswith(pipeline["volumes"][0].split(":")[1] + "/")
print(*sorted(set(has) | set(ours["events"]["environment"])), sep="\n")
CODE
  printf '%s\n' "${lines[@]}" >names
  [ "$(wc -l <names)" -ge 10 ]
  "$ROOT/scripts/pipeline.sh" --help >help
  while read -r name; do
    case $name in
    PG*) strings "$(ldd "$(command -v pg-load)" | awk '/libpq/ { print $3 }')" | grep -qx "$name" ;;
    *) grep -qw "$name" help "$ROOT"/man/*.[17] ;;
    esac || { echo "nobody knows $name" && return 1; }
  done <names
  # The versions are tested ones.
  grep -qF "softwaremill/elasticmq:$(sed -n 's|.*<version>\([0-9.]*[0-9]\.[0-9.]*\)</version>.*|\1|p' "$ROOT/scripts/elasticmq.pom.xml" | tail -n 1)" "$COMPOSE"
  grep -q "^$(sed -n 's/.*image: postgres:\([0-9]*\)$/\1/p' "$COMPOSE") " "$ROOT/scripts/postgres.versions"
}
