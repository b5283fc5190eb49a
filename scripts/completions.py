#!/usr/bin/env python3
"""Makes the completions for zsh and fish from the --help of the programs.

    scripts/completions.py BIN             writes share/completions/_sqs2pg and sqs2pg.fish
    scripts/completions.py BIN zsh|fish    prints one of them

BIN is the folder of the built programs (make completions). The list of programs, and the kind of each
value (a file, a folder, one of some words), come from share/completions/sqs2pg.bash.
"""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDER = os.path.join(ROOT, "share", "completions")
BASH = os.path.join(FOLDER, "sqs2pg.bash")
# Flags that may be repeated.
SAID_AGAIN = {"--verbose", "--quiet"}
ENDING = {"--help", "--version"}


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.decode()


def programs():
    with open(BASH, encoding="utf-8") as file:
        return re.search(r"^complete -F _sqs2pg (.*)$", file.read(), re.M).group(1).split()


def kinds(program):
    """Return the values that bash offers, by option ("@" files, "/" folders, words, "" nothing), and
    those for operands."""
    said = output("bash", "--norc", "-c", '. "$1"; _sqs2pg_options "$2"; echo; echo "operand=$(_sqs2pg_operand "$2")"',
                  "kinds", BASH, program)
    return dict(word.partition("=")[::2] for word in said.split() if "=" in word)


def help_of(program, folder):
    built = os.path.join(folder, program)
    script = {"sqs2pg": "pipeline"}.get(program, program.removeprefix("sqs2pg-"))
    if not os.path.exists(built):
        built = os.path.join(ROOT, "scripts", script + ".sh")
    return output(built, "--help")


def options(text):
    """Return (letter or None, name, argument or None, text) of each option in a --help. One blank
    precedes an argument; several blanks or a new line precede the text."""
    found = []
    for line in text.split("\n"):
        match = re.match(r" {2,6}(?:(-\w), )?(--[a-z][a-z0-9-]*)(?: (\S+))?(?: +(\S.*))?$", line)
        if match:
            found.append(list(match.groups()))
        elif found and found[-1][3] is None and line.startswith(" " * 32):
            found[-1][3] = line.strip()
    return found


def quoted(text):
    return text.replace("'", "'\\''")


def zsh_option(letter, name, argument, text, kind):
    text = quoted(re.sub(r"([\[\]])", r"\\\1", text))
    again = argument is not None and argument.endswith("...") or name in SAID_AGAIN
    before = "*" if again else "(- *)" if name in ENDING else f"({letter} {name})" if letter else ""
    value = ""
    if argument is not None:
        action = {"@": "_files", "/": "_files -/", "": " "}.get(kind, f"({' '.join(kind.split(','))})")
        value = f":{argument.removesuffix('...').replace(':', ' ')}:{action}"
    sign, equals = ("+", "=") if argument is not None else ("", "")
    names = f"'{{{letter}{sign},{name}{equals}}}'" if letter else name + equals
    spec = f"'{before}{names}[{text}]{quoted(value)}'"
    return spec.removeprefix("''")


def zsh(folder):
    names = programs()
    lines = ["#compdef " + " ".join(names),
             "# Completion for zsh: sqs2pg and its programs. Made by make completions: not edited by hand.",
             "", "_sqs2pg() {", "  local -a specs", "  case $service in"]
    for program in names:
        kind = kinds(program)
        lines += [f"  {program})", "    specs=("]
        for letter, name, argument, text in options(help_of(program, folder)):
            lines.append("      " + zsh_option(letter, name, argument, text, kind.get(name, "")))
        if kind["operand"]:
            lines.append("      '*:file:_files'")
        lines += ["    )", "    ;;"]
    return "\n".join(lines + ["  esac", "  _arguments -s -S : $specs", "}", "", '_sqs2pg "$@"', ""])


def fish_option(program, letter, name, argument, text, kind):
    words = [f"  complete -c {program}"]
    if letter:
        words.append(f"-s {letter[1:]}")
    words.append(f"-l {name[2:]}")
    if argument is not None:
        words.append({"@": "-r -F", "/": "-x -a '(__fish_complete_directories)'", "": "-x"}.get(
            kind, f"-x -a '{kind.replace(',', ' ')}'"))
    text = text.replace("\\", "\\\\").replace("'", "\\'")
    return " ".join(words + [f"-d '{text}'"])


def fish(folder):
    names = programs()
    lines = ["# Completion for fish: sqs2pg and its programs. Made by make completions: not edited by hand.",
             "# Installed once, with a link for each program; whichever is read first has them all.",
             "if not set -q __sqs2pg_complete", "  set -g __sqs2pg_complete 1"]
    for program in names:
        kind = kinds(program)
        if not kind["operand"]:
            lines.append(f"  complete -c {program} -f")
        for letter, name, argument, text in options(help_of(program, folder)):
            lines.append(fish_option(program, letter, name, argument, text, kind.get(name, "")))
    return "\n".join(lines + ["end", ""])


def main():
    shells = {"zsh": (zsh, "_sqs2pg"), "fish": (fish, "sqs2pg.fish")}
    if len(sys.argv) == 3 and sys.argv[2] in shells:
        sys.stdout.write(shells[sys.argv[2]][0](sys.argv[1]))
    elif len(sys.argv) == 2 and not sys.argv[1].startswith("-"):
        for make, name in shells.values():
            text = make(sys.argv[1])
            with open(os.path.join(FOLDER, name), "w", encoding="utf-8") as file:
                file.write(text)
    else:
        sys.stderr.write(__doc__)
        sys.exit(64)


if __name__ == "__main__":
    main()
