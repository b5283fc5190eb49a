#!/usr/bin/env bats
# The files for a public forge, an editor and pre-commit: they are valid, and do what .ci/run and
# scripts/lint.sh do.

load ../lib/common

setup() { common_setup; }

python() { "$(python_dir)/bin/python" "$@"; }
# valid SCHEMA FILE...: check against the schemas that come with check-jsonschema.
valid() { "$(python_dir)/bin/check-jsonschema" -q --builtin-schema "vendor.$1" "${@:2}"; }

@test "workflows and updates are valid; a wrong one is noticed" {
  run -0 valid github-workflows "$ROOT"/.github/workflows/*.yml
  run -0 valid dependabot "$ROOT/.github/dependabot.yml"
  sed 's/^    runs-on: .*/    run-on: x/' "$ROOT/.github/workflows/ci.yml" >wrong.yml
  run -1 valid github-workflows wrong.yml
}

@test "workflows run .ci/run on both Debian releases and both processors, with few rights and pinned actions" {
  run -0 python - "$ROOT"/.github/workflows/*.yml <<'CODE'
import itertools, re, sys, yaml
suite = None
for name in sys.argv[1:]:
    flow = yaml.safe_load(open(name))
    assert flow["permissions"] == {"contents": "read"}, name
    for job in flow["jobs"].values():
        assert "permissions" not in job and job["timeout-minutes"] <= 120
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step)
            if "uses" in step:
                assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"]), step["uses"]
            else:
                # No text of a pull request gets into a shell.
                assert "${{" not in step["run"], step["run"]
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
            if "bash .ci/run" in step.get("run", ""):
                suite = job
matrix = suite["strategy"]["matrix"]
machine = {one["processor"]: one["machine"] for one in matrix["include"]}
pairs = set(itertools.product(matrix["system"], matrix["processor"]))
assert pairs == set(itertools.product(("debian:12", "debian:13"), ("x86_64", "aarch64"))), pairs
assert machine == {"x86_64": "ubuntu-24.04", "aarch64": "ubuntu-24.04-arm"}, machine
assert suite["container"]["image"] == "${{ matrix.system }}"
cached = [step["with"] for step in suite["steps"] if step.get("uses", "").startswith("actions/cache@")]
for pin in ("scripts/requirements.txt", "scripts/postgres.versions", "scripts/elasticmq.pom.xml"):
    assert pin in cached[0]["key"], pin
CODE
  # The files of the cache key exist.
  [ -s "$ROOT/scripts/requirements.txt" ] && [ -s "$ROOT/scripts/postgres.versions" ] && [ -s "$ROOT/scripts/elasticmq.pom.xml" ]
}

@test "issue templates are valid forms, and ask for no secret" {
  run -0 python - "$ROOT"/.github/ISSUE_TEMPLATE/*.yml <<'CODE'
import sys, yaml
forms = 0
for name in sys.argv[1:]:
    form = yaml.safe_load(open(name))
    if name.endswith("/config.yml"):
        assert form == {"blank_issues_enabled": True}
        continue
    forms += 1
    assert form["name"] and form["description"]
    ids = [part["id"] for part in form["body"] if part["type"] != "markdown"]
    assert len(ids) == len(set(ids)) and ids
    for part in form["body"]:
        assert part["type"] in ("markdown", "textarea", "dropdown", "input", "checkboxes"), part
        assert part["attributes"]["value" if part["type"] == "markdown" else "label"]
        if part["type"] == "dropdown":
            options = part["attributes"]["options"]
            # yes and no without quotes are booleans, not words.
            assert all(isinstance(option, str) for option in options) and len(options) == len(set(options))
assert forms == 2
CODE
  grep -q 'no key' "$ROOT/.github/ISSUE_TEMPLATE/bug.yml"
  # The commands that the forms and the template name exist.
  for file in .ci/run scripts/servers.sh CHANGELOG.md CONTRIBUTING.md SECURITY.md; do
    grep -rqF "$file" "$ROOT"/.github/*.md "$ROOT/.github/ISSUE_TEMPLATE"
    [ -s "$ROOT/$file" ]
  done
}

@test "the hooks of pre-commit are checks of lint.sh" {
  run -0 python - "$ROOT/.pre-commit-config.yaml" <<'CODE'
import sys, yaml
[repo] = yaml.safe_load(open(sys.argv[1]))["repos"]
assert repo["repo"] == "local"
for hook in repo["hooks"]:
    assert {"id", "name", "entry", "language"} <= set(hook) and hook["language"] == "system"
    command, *checks = hook["entry"].split()
    assert command == "scripts/lint.sh" and hook["pass_filenames"] is False
    print(*checks, sep="\n")
CODE
  printf '%s\n' "${lines[@]}" | sort >named
  [ "$(wc -l <named)" -ge 10 ]
  sed -n 's/^lint_\([a-z]*\)() .*/\1/p' "$ROOT/scripts/lint.sh" | sort >there
  [ -z "$(comm -23 named there)" ]
}

@test "the rules for editors agree with the formatter and the files" {
  ini() { awk -v section="[$1]" -F ' = ' '/^\[/ { on = $0 == section } on && $1 == "'"$2"'" { print $2 }' "$ROOT/.editorconfig"; }
  [ "$(ini '*.{c,h}' indent_size)" = "$(sed -n 's/^IndentWidth: //p' "$ROOT/.clang-format")" ]
  [ "$(ini '*.{c,h}' max_line_length)" = "$(sed -n 's/^ColumnLimit: //p' "$ROOT/.clang-format")" ]
  [ "$(ini '{Makefile,debian/rules}' indent_style)" = tab ]
  run -1 grep -rlP '[ \t]$' "$ROOT/lib" "$ROOT/cmd" --include='*.[ch]'
}
