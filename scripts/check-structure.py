#!/usr/bin/env python3
"""Checks the rules of STYLE.md that the source shows, with one function for each.

    scripts/check-structure.py [-C ROOT] [--objects DIR] [CHECK...]

Prints `file:line: error` for each finding. Exit 0 when there is none, 1 when there are some, 64
for a wrong command line. `exports` reads the objects of a build, DIR/lib/... and DIR/cmd/...; the
other checks read only the source. scripts/lint.sh runs them all.
"""
import argparse
import os
import re
import subprocess
import sys

RANK = {"base": 0, "json": 1, "crypto": 1, "http": 1, "xml": 1, "pg": 1, "confine": 1,
        "inflate": 1, "record": 2, "aws": 3, "detect": 3, "credentials": 4, "mask": 4, "sqs": 5}
# Each foreign library: the names of its headers, the one place that includes them, and the pattern
# of its types.
WRAPPERS = [
    (r"curl/", r"lib/http/", r"CURL\w*|curl_\w+"),
    (r"libxml/", r"lib/xml/", r"xml[A-Z]\w+"),
    (r"openssl/", r"lib/crypto/", r"EVP_\w+|OSSL_\w+|SSL_\w+|HMAC_CTX|BIGNUM|SHA256_CTX|AES_KEY"),
    (r"libpq-fe\.h|libpq/|postgres_ext\.h|pg_config", r"lib/pg/",
     r"PG(conn|result|cancel|notify)|\w*(Conn|Exec|Polling|Transaction)StatusType|Oid"),
    (r"j[qv]\.h", r"lib/json/jq\.c", r"jv|jq_state|jv_\w+"),
    (r"seccomp\.h", r"lib/confine/", r"scmp_\w+"),
    (r"zlib\.h", r"lib/inflate/", r"z_stream\w*|gz_?\w+File"),
]
SYSTEM = re.compile(r"(sys|linux|arpa|netinet|net|asm)/\w+\.h$|("
                    "assert|cpuid|ctype|dirent|emmintrin|endian|errno|fcntl|fnmatch|float|glob|grp|"
                    "immintrin|inttypes|iso646|langinfo|libgen|limits|locale|malloc|math|netdb|poll|pthread|"
                    "pwd|regex|sched|setjmp|signal|spawn|stdalign|stdarg|stdatomic|stdbool|stddef|"
                    "stdint|stdio|stdlib|stdnoreturn|string|strings|syslog|termios|threads|time|"
                    r"unistd|wchar|wctype)\.h$")
# Functions of the C library that are replaced, with the reason in the header.
REPLACED = {("lib/json/jq_strdup.c", "strdup")}
# Names of files that several programs have, each with its own content.
SHARED = {"main", "options", "figures", "result"}
# The files of lib/json share the prefix of their folder: scan_ and write_ would say too little.
FOLDER_PREFIX = {"lib/json": "json"}
MAX_FILE, MAX_FUNCTION, MAX_MAIN = 500, 80, 170

# Calls: banned in all C, or banned in programs and libraries except for the named files.
BANNED = re.compile(r"(?<![\w.>])(system|popen|strcpy|stpcpy|strcat|sprintf|vsprintf|gets|ato[ifl]|"
                    r"atoll|strtok(?:_r)?|alloca|s?rand|random_r|tmpnam|tempnam|mktemp)\s*\(")
BANNED_IN_CODE = [
    (re.compile(r"\b(assert|exit|quick_exit)\s*\("), r"cmd/[\w-]+/main\.c$",
     "errors go up as values, and main.c makes them an exit status"),
    (re.compile(r"\b(v?printf|puts|putchar)\s*\(|\bstdout\b|\bdprintf\s*\(\s*(?:1|STDOUT_FILENO)\b|"
                r"\bwrite\s*\(\s*(?:1|STDOUT_FILENO)\b"), r"lib/base/out\.c$",
     "standard output is written through base/out.h or base/outqueue.h, which check it"),
    (re.compile(r"(?<![\w.>])(v?warnx?|v?errx?|perror)\s*\(|\bstderr\b|"
                r"\b(write|dprintf)\s*\(\s*(?:2|STDERR_FILENO)\b"), r"lib/base/msg\.c$",
     "messages are printed through base/msg.h"),
    (re.compile(r"\blong long\b"), "$^", "wide numbers are uint64_t or int64_t, printed by PRIu64 or PRId64"),
]

# Words that no file may hold. Each is split in two here, so that this file passes too.
WORDS = [
    (r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b", "a mark for later: do it, or write an issue"),
    (r"(?<![\w.}])/(wo" r"rk|ro" r"ot)(?![\w-])|/ho" r"me/[a-z]\w*/|bash" r"_jobs|/tmp/bu" r"ild-",
     "a path of one machine"),
    (r"(?<![\w+/=])(A" r"I|LL" r"M)(?![\w+/=])|(?i:\b(chat" r"gpt|clau" r"de|anthro" r"pic|open" r"ai|"
     r"copi" r"lot|sub-?" r"agent|language " r"model|co-authored" r"-by)\b)|\biss" r"ue #?\d|"
     r"\bCOMM" r"ON\.md|\b(shared|research)/\w+\.m" r"d\b",
     "how the work was organised is not the reader's business"),
]


def strip(text, strings=True):
    """Return C text without comments (and, if asked, with empty strings), with the same lines."""
    def blank(match):
        token = match.group(0)
        if token.startswith("/"):
            return " " + "\n" * token.count("\n")
        return token[0] * 2 if strings else token
    return re.sub(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", blank, text,
                  flags=re.S)


class Tree:
    """The files of a tree: all that git knows or would add, or all without git."""

    def __init__(self, root, objects):
        self.root, self.objects, self.texts = root, objects, {}
        try:
            names = subprocess.run(["git", "-C", root, "ls-files", "-zco", "--exclude-standard"],
                                   check=True, capture_output=True).stdout.decode().split("\0")
        except (OSError, subprocess.CalledProcessError):
            names = [os.path.relpath(os.path.join(folder, name), root)
                     for folder, _, found in os.walk(root) for name in found]
            names = [name for name in names if not re.match(r"(build|\.git)/", name)]
        self.files = sorted(n for n in set(names) if n and os.path.isfile(os.path.join(root, n)))

    def find(self, pattern):
        return [name for name in self.files if re.search(pattern, name)]

    def text(self, name):
        """Return the text of the file, or an empty one if it is binary."""
        if name not in self.texts:
            with open(os.path.join(self.root, name), "rb") as file:
                data = file.read()
            self.texts[name] = "" if b"\0" in data else data.decode("utf-8", "replace")
        return self.texts[name]

    def code(self):
        return self.find(r"^(lib|cmd)/.*\.[ch]$")

    def includes(self, name):
        """Yield (line, bracket, header) of each #include."""
        for number, line in enumerate(strip(self.text(name), False).split("\n"), 1):
            match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)', line)
            if match:
                yield number, match.group(1), match.group(2)


def resolve(tree, name, header):
    """Return the file that #include "header" in ${name} means, or None."""
    if name.startswith("cmd/"):
        own = os.path.normpath(os.path.join(os.path.dirname(name), header))
        if own in tree.files:
            return own
    return "lib/" + header if "lib/" + header in tree.files else None


def module(tree, name):
    """Return the module of a file: foo.h and foo.c are one, also foo_bar.h without a foo_bar.c."""
    stem = name[:-2]
    owner = stem
    while owner + ".c" not in tree.files and "_" in os.path.basename(owner):
        owner = owner[:owner.rindex("_")]
    return owner if owner + ".c" in tree.files else stem


def out_of_order(tree, name):
    """Yield includes that are not in order: first those of the system, then, after a blank line,
    ours, each in alphabetical order. Any other line between two includes begins a new list."""
    code, above, before = strip(tree.text(name), False).split("\n"), 0, ("<", "")
    for line, bracket, header in tree.includes(name):
        if any(text.strip() for text in code[above:line - 1]):
            before = ("<", "")
        # As characters, '<' is greater than '"'.
        if (before[0] == bracket and header < before[1]) or before[0] < bracket:
            yield name, line, f'"{header}" belongs above "{before[1]}"'
        elif before[0] > bracket and before[1] and line == above + 1:
            yield name, line, f'a blank line belongs above "{header}"'
        above, before = line, (bracket, header)


def layers(tree):
    graph = {}
    for name in tree.code():
        yield from out_of_order(tree, name)
        top, folder = name.split("/")[:2]
        for line, bracket, header in tree.includes(name):
            if bracket == "<":
                continue
            target = resolve(tree, name, header)
            if target is None:
                yield name, line, f'"{header}" is no header in lib/ (or of this program)'
                continue
            here, there = module(tree, name), module(tree, target)
            if here != there:
                graph.setdefault(here, []).append((there, name, line))
            to_top, to_folder = target.split("/")[:2]
            if (top, folder) == (to_top, to_folder):
                continue
            if to_top == "cmd":
                yield name, line, f"includes {target}: nothing includes a program"
            elif top == "lib" and RANK.get(to_folder, 9) >= RANK.get(folder, -1):
                yield name, line, f"includes {target}: {to_folder} is not below {folder}"
        if top == "lib" and folder not in RANK:
            yield name, 1, f"lib/{folder} is no layer"
    yield from cycles(graph)


def names(tree):
    """Each module name is unique, so that a reader knows the file."""
    owners = {}
    for name in tree.code():
        owners.setdefault(os.path.basename(name)[:-2], set()).add(name[:-2])
    for base, modules in sorted(owners.items()):
        if base not in SHARED and len(modules) > 1:
            first, *others = sorted(modules)
            for other in others:
                yield next(n for n in tree.code() if n[:-2] == other), 1, f"has the name of {first}"


def cycles(graph):
    """Yield the includes that close a cycle of modules, each at its line."""
    done = set()

    def visit(here, path):
        for there, name, line in graph.get(here, []):
            if there in path:
                yield name, line, "a cycle: " + " > ".join(path[path.index(there):] + [there])
            elif there not in done:
                yield from visit(there, path + [there])
        done.add(here)
    for here in sorted(graph):
        if here not in done:
            yield from visit(here, [here])


def wrappers(tree):
    for name in tree.code():
        header_file = name.endswith(".h")
        for line, bracket, header in tree.includes(name):
            wrapper = next((d for d in WRAPPERS if re.match(d[0], header)), None)
            if bracket == "<" and wrapper is None and not SYSTEM.match(header):
                yield name, line, f"<{header}> is of no library that has a wrapper"
            elif wrapper and not re.match(wrapper[1], name):
                yield name, line, f"<{header}> belongs behind {wrapper[1].replace(chr(92), '')}"
            elif wrapper and header_file:
                yield name, line, f"<{header}> in a header: a wrapper shows nothing of its library"
        if header_file:
            for number, line in enumerate(strip(tree.text(name)).split("\n"), 1):
                for wrapper in WRAPPERS:
                    match = re.search(rf"\b({wrapper[2]})\b", line)
                    if match:
                        yield name, number, f"{match.group(1)} shown in a header"


def allowed_name(name, symbol):
    folder, file = os.path.split(name)
    stem = os.path.splitext(file)[0].replace("-", "_")
    if name.startswith("cmd/") and stem == "main":
        return symbol == "main"
    if folder in FOLDER_PREFIX and symbol.startswith(FOLDER_PREFIX[folder] + "_"):
        return True
    layer = os.path.basename(folder).replace("-", "_")
    return re.match(rf"({layer}_)?{stem}(_|$)", symbol) is not None


def exports(tree):
    for name in tree.find(r"^(lib|cmd)/.*\.c$"):
        built = os.path.join(tree.objects, name[:-2] + ".o")
        if not os.path.exists(built):
            yield name, 1, "is not built, so its exports are unknown"
            continue
        listed = subprocess.run(["nm", "-g", "--defined-only", "--format=posix", built], check=True,
                                capture_output=True).stdout.decode()
        # foo.h, and in foo_*.h the functions for the same folder only
        contract = "".join(strip(tree.text(header))
                           for header in tree.find(rf"^{re.escape(name[:-2])}(_\w+)?\.h$"))
        for symbol in sorted(row.split()[0] for row in listed.splitlines() if row):
            if (name, symbol) in REPLACED:
                continue
            if not allowed_name(name, symbol):
                yield name, 1, f"exports {symbol}, which does not begin with the file's name"
            elif symbol != "main" and not re.search(rf"\b{symbol}\b", contract):
                yield name, 1, f"exports {symbol}, which {os.path.basename(name)[:-2]}.h does not state"
    for name in tree.find(r"^(lib|cmd)/.*\.h$"):
        for symbol, line, _ in functions(strip(tree.text(name))):
            if not allowed_name(name, symbol):
                yield name, line, f"defines {symbol}, which does not begin with the file's name"


def first_branches(code):
    """Return the text without preprocessor lines, and without the part after an #else."""
    out, hidden, continued = [], [], False
    for line in code.split("\n"):
        directive = re.match(r"\s*#\s*(\w+)", line)
        is_directive = continued or directive is not None
        if directive and not continued:
            word = directive.group(1)
            if word.startswith("if"):
                hidden.append(False)
            elif word.startswith("el") and hidden:
                hidden[-1] = True
            elif word == "endif" and hidden:
                hidden.pop()
        continued = is_directive and line.endswith("\\")
        out.append("" if is_directive or any(hidden) else line)
    return "\n".join(out)


def functions(code):
    """Yield (name, line, lines from brace to brace) of each function defined in stripped C."""
    code, depth, start, opened = first_branches(code), 0, 0, None
    for match in re.finditer(r"[{};]", code):
        token, at = match.group(0), match.start()
        if token == "{":
            head = code[start:at]
            if depth == 0 and re.search(r"\)\s*$", head) and "=" not in head:
                names = [n for n in re.findall(r"(\w+)\s*\(", head) if n != "__attribute__"]
                opened = (names[0] if names else "?", code.count("\n", 0, at) + 1)
            depth += 1
        elif token == "}":
            depth -= 1
            if depth == 0 and opened:
                yield opened[0], opened[1], code.count("\n", 0, at) + 2 - opened[1]
                opened = None
        if depth == 0:
            start = at + 1


def sizes(tree):
    for name in tree.find(r"\.([ch]|sh|bash|bats|py)$|^Makefile$"):
        lines = tree.text(name).count("\n")
        if lines >= MAX_FILE:
            yield name, lines, f"{lines} lines; fewer than {MAX_FILE} are wanted"
        if re.match(r"cmd/[\w-]+/main\.c$", name) and lines > MAX_MAIN:
            yield name, lines, f"{lines} lines; a main.c has at most {MAX_MAIN}"
    for name in tree.find(r"\.[ch]$"):
        for function, line, lines in functions(strip(tree.text(name))):
            if lines >= MAX_FUNCTION:
                yield name, line, f"{function}() has {lines} lines; fewer than {MAX_FUNCTION} are wanted"


def banned(tree):
    for name in tree.find(r"\.[ch]$"):
        code = strip(tree.text(name)).split("\n")
        texts = strip(tree.text(name), False).split("\n")
        for number, line in enumerate(code, 1):
            match = BANNED.search(line)
            if match:
                yield name, number, f"{match.group(1)}() is banned"
            if not re.match(r"(lib|cmd)/", name):
                continue
            if re.search(r'"[^"]*\b(no|not enough) memory', texts[number - 1]):
                yield name, number, 'for this condition the words are "out of memory"'
            for pattern, excepted, reason in BANNED_IN_CODE:
                match = pattern.search(line)
                if match and not re.match(excepted, name):
                    yield name, number, f"{match.group(0).strip('( ')}: {reason}"


def words(tree):
    patterns = [(re.compile(pattern), reason) for pattern, reason in WORDS]
    if "DES" "IGN.md" not in tree.files:
        patterns.append((re.compile("\\bDES" "IGN\\b"), "names a file that is not here"))
    for name in tree.files:
        for number, line in enumerate(tree.text(name).split("\n"), 1):
            for pattern, reason in patterns:
                match = pattern.search(line)
                if match:
                    yield name, number, f"{match.group(0)}: {reason}"


def parameters(text):
    """Return the names of the parameters in C, between the parentheses."""
    parts, depth = [""], 0
    for char in text:
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    names = [re.search(r"\(\*+(\w+)\)|(\w+)\(|(\w+)(?:\[[^]]*\])*\s*$", part) for part in parts]
    return [one.group(one.lastindex) if one else "..." for one in names if not one or one.group(0) != "void"]


def contracts(text):
    """Yield (line, text) of contracts that name other parameters than their declaration."""
    for match in re.finditer(r"^ \* (\w+)\(([\w, .]*)\):$", text, re.M):
        declared = re.search(rf"\b{match.group(1)}\(((?:[^();]|\([^()]*\))*)\)", strip(text[match.end():].partition("*/")[2]))
        told = [one.strip() for one in match.group(2).split(",") if one.strip()]
        if declared and told != parameters(declared.group(1)):
            yield text.count("\n", 0, match.start()) + 1, ", ".join(parameters(declared.group(1)))


def headers(tree):
    for name in tree.find(r"\.h$"):
        guard = re.sub(r"\W", "_", re.sub(r"^(lib|cmd|tests/\w+)/", "", name)).upper()
        text = tree.text(name)
        if not re.match(rf"#ifndef {guard}\n#define {guard}\n", strip(text).lstrip()) or \
                not re.search(r"#endif[^\n]*\n$", text):
            yield name, 1, f"has no include guard {guard} around all of it"
        longest = max(map(len, re.findall(r"/\*.*?\*/", text, re.S)), default=0)
        if longest < 40:
            yield name, 1, "states no contract: a comment that says what callers may rely on"
        for number, wanted in contracts(text):
            yield name, number, f"the contract names other parameters than the function: {wanted}"
        for number, line in enumerate(text.split("\n"), 1):
            if re.search(r"/\* …|\s… ?\*/", line):
                yield name, number, "half a sentence: each comment stands alone"


def starts(text):
    """Yield the lines of a bats file that start a program again, with the file that the test then
    waits for and has not removed. The shell starts a program before it truncates the file, so what
    the last one wrote would be found. A function may be called again."""
    block = []  # (number, line), of one test or function
    for number, line in enumerate(text.split("\n"), 1):
        if re.match(r"@test |\w+\(\) \{", line):
            block = []
        block.append((number, line))
        if line == "}":
            yield from starts_of(block)


def starts_of(block):
    loops, again, written = 0, not block[0][1].startswith("@"), set()
    for at, (number, line) in enumerate(block):
        loops += bool(re.match(r"\s*(for|while|until)\b", line)) - bool(re.match(r"\s*done\b", line))
        files = set(re.findall(r"(?<![>&=\w])[12]?>\s?\"?([a-z][\w.]*)(?![\w.$/-])", line))
        started = line.endswith(" &")
        for file in files if started and (again or loops > 0) else files & written if started else ():
            named = re.compile(rf"(?<![\w./-]){re.escape(file)}(?![\w./-])")
            others = [other for _, other in block if named.search(other)]
            waits = [other for _, other in block[at:] if named.search(other) and "eventually" in other]
            if waits and not any(re.search(r"\brm\b|: >", other) for other in others):
                yield number, file
        written |= files


def tests(tree):
    for name in tree.find(r"^tests/.*\.(bats|bash|sh|c)$"):
        c = name.endswith(".c")
        pattern = r"\bskip\s*\(" if c else r"(?:^|[;&|{(!]|\bthen|\bdo|\belse)\s*skip(?![\w-])"
        text = strip(tree.text(name)) if c else tree.text(name)
        for number, line in enumerate(text.split("\n"), 1):
            if re.search(pattern, line):
                yield name, number, "skips: a test passes or fails"
        for number, file in starts(text) if name.endswith((".bats", ".bash")) else ():
            yield name, number, f"starts a program again, and waits for what the last one wrote to {file}"
        if name.endswith(".bats") and "@test" not in text:
            yield name, 1, "holds no test"


CHECKS = [layers, names, wrappers, exports, sizes, banned, words, headers, tests]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("-C", metavar="ROOT", dest="root",
                        default=os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    parser.add_argument("--objects", metavar="DIR", help="of a build; needed for exports")
    parser.add_argument("checks", metavar="CHECK", nargs="*",
                        help=", ".join(check.__name__ for check in CHECKS))
    arguments = parser.parse_args()
    table = {check.__name__: check for check in CHECKS}
    wrong = [name for name in arguments.checks if name not in table]
    if wrong:
        parser.error("no such check: " + wrong[0])
    chosen = arguments.checks or [name for name in table if name != "exports" or arguments.objects]
    if "exports" in chosen and not arguments.objects:
        parser.error("exports needs --objects")
    tree, found = Tree(arguments.root, arguments.objects), 0
    for name in chosen:
        for path, line, text in table[name](tree):
            print(f"{path}:{line}: {text}")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
