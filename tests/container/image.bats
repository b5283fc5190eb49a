#!/usr/bin/env bats
# Build the image, twice, and run deploy/compose.yaml, by podman on images made here.

load ../lib/common
load ../lib/images

setup_file() {
  images_begin
  images_base
  # A clone with files that must not get into the image.
  CLONE=$IMAGES/clone
  mkdir -p "$CLONE"
  (cd "$ROOT" && find . \( -name .git -o -path ./build -o -name __pycache__ \) -prune -o \( -type f -o -type l \) -print0 |
    xargs -0 cp -a --parents -t "$CLONE")
  mkdir -p "$CLONE/.git" "$CLONE/build/bin"
  for file in k share/my.key logins.env lib/.env .git/config build/bin/pg-load; do echo "canary" >"$CLONE/$file"; done
  EPOCH=1760000001
  export CLONE EPOCH
}
teardown_file() { images_end; }
setup() { common_setup; }
teardown() { common_teardown; }

# image NAME FOLDER [OPTION...]: make a layer for each step, so that the next build reuses them.
image() {
  images_build "$1" "$2" --layers -f "$2/deploy/container/Containerfile" --build-arg SOURCE_DATE_EPOCH="$EPOCH" --timestamp "$EPOCH" "${@:3}"
}
layers() { podman image inspect --format '{{.RootFS.Layers}}' "$1"; }

@test "the image is built from the clone, without the secrets in it, for a user without rights" {
  image stage "$CLONE" --target build
  run -0 podman run --rm --network none --entrypoint /bin/ls stage -A /src
  for file in Makefile VERSION cmd lib man scripts share; do grep -qx "$file" <<<"$output"; done
  run -1 podman run --rm --network none --entrypoint /bin/grep stage -rlx canary /src
  podman rmi stage
  image sqs2pg "$CLONE"
  [ "$(podman image inspect --format '{{.Config.User}} {{.Config.StopSignal}} {{.Config.Entrypoint}} {{.Config.Cmd}}' sqs2pg)" = \
    '65534:65534 SIGTERM [/usr/local/bin/sqs2pg] [--follow]' ]
  # No compiler is in it, each program finds its libraries, and --help says so.
  for program in $(cd "$ROOT/cmd" && echo *); do
    run -0 podman run --rm --network none --read-only --entrypoint "/usr/local/bin/$program" sqs2pg --version
    [[ $output == *"$(<"$ROOT/VERSION")"* ]]
  done
  run -127 podman run --rm --network none --entrypoint /bin/sh sqs2pg -c cc
  run -0 podman run --rm --network none --read-only --tmpfs /tmp --cap-drop all sqs2pg --help
  run -78 podman run --rm --network none --read-only --tmpfs /tmp --cap-drop all sqs2pg
  [[ $output == *'SQS_QUEUE_URL'* ]]
}

@test "the image for Lambda runs sqs-lambda, which needs the runtime API" {
  images_build lambda "$CLONE" -f "$CLONE/deploy/lambda/Containerfile"
  [ "$(podman image inspect --format '{{.Config.User}} {{.Config.Entrypoint}} {{.Config.Cmd}}' lambda)" = \
    '65534:65534 [/usr/local/bin/sqs-lambda] []' ]
  run -0 podman run --rm --network none --read-only lambda --version
  [[ $output == "sqs-lambda "* ]]
  run -78 podman run --rm --network none --read-only lambda
  [[ $output == *'AWS_LAMBDA_RUNTIME_API'* ]]
  podman rmi lambda
}

@test "an image built again, from another folder, has the same layers" {
  [ -n "$(layers sqs2pg)" ]
  mkdir -p "$IMAGES/another/place"
  cp -a "$CLONE" "$IMAGES/another/place/clone"
  find "$IMAGES/another/place" -exec touch -h {} +
  image again "$IMAGES/another/place/clone" --no-cache
  echo "# $(layers again)" >&3
  [ "$(layers again)" = "$(layers sqs2pg)" ]
  podman rmi again
}

compose() { "$(python_dir)/bin/podman-compose" --in-pod=false -p sqs2pg -f "$CLONE/deploy/compose.yaml" "$@"; }
container() { podman ps -a --filter "label=com.docker.compose.service=$1" --format '{{.Names}}' | head -n 1; }
query() { podman exec "$(container database)" psql -qXAt -U loader -d warehouse -c "$1"; }
rows_are() { [ "$(query "SELECT (SELECT count(*) FROM user_logins), (SELECT count(*) FROM user_logins_errors)")" = "$1" ]; }
healthy() { podman healthcheck run "$(container "$1")"; }
# asked: run the health checks of all again and again, as systemd's timers would.
asked() {
  local one
  while sleep 2; do
    for one in $(podman ps --format '{{.Names}}'); do podman healthcheck run "$one" || true; done
  done >/dev/null 2>&1 3>&-
}

@test "deploy/compose.yaml: 99 rows and one quarantined, all healthy, and a stop in order" {
  images_stand_ins "$IMAGES/stand-ins" "$(sed -n 's/.*softwaremill.elasticmq:\(.*\)/\1/p' "$ROOT/deploy/compose.yaml")"
  asked &
  echo $! >pid
  # The image is the one built above.
  compose up -d --no-build 9>&- 3>&- || { compose logs && return 1; }
  eventually 180 rows_are '99|1' || { podman ps -a && compose logs && return 1; }
  for service in queue database pipeline; do eventually 60 healthy "$service"; done
  {
    compose ps
    query 'SELECT count(*) AS rows FROM user_logins'
    query 'SELECT stage, code FROM user_logins_errors'
  } | sed 's/^/# /' >&3
  [ "$(query "SELECT count(*) FROM user_logins WHERE masked_ip NOT LIKE 'siv1.%'")" = 0 ]
  # As the file says.
  [ "$(podman inspect --format '{{.HostConfig.ReadonlyRootfs}} {{.Config.User}} {{.EffectiveCaps}}' "$(container pipeline)")" = \
    'true 65534:65534 []' ]
  run -0 podman exec "$(container pipeline)" cat /proc/1/status
  [[ $output == *$'CapEff:\t0000000000000000'* && $output == *$'NoNewPrivs:\t1'* ]]
  run -0 podman exec "$(container pipeline)" sqs2pg-status
  [[ $output == *'99 committed, 1 quarantined'* ]]
  # With the stop_grace_period of the file.
  compose stop pipeline
  [ "$(podman inspect --format '{{.State.ExitCode}}' "$(container pipeline)")" = 0 ]
  compose down -v
}
