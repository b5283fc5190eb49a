#!/usr/bin/env python3
"""Guard the speed without a clock: compare the instructions for a record, counted by callgrind,
with bench/guard.txt.

    bench/guard.py [--update] PROGRAM...      (make guard; UPDATE=1 writes that file again)

PROGRAM is one of build/bench/guard-*. Each of its parts works over a thousand records made from a
seed. A part fails when it takes over a tenth more than before. One that takes over a tenth less is
reported, as a reason to write the file again. The last line is `N passed, N failed`.

Two things are counted for each record, only inside the work, after it was done once:

        instructions  of our own objects, which are in PROGRAM. Those of libcrypto, libc, libxml2 and
                      libjq do not count: the code path in OpenSSL and libc depends on the processor,
                      and both belong to the system. The compiler chooses ours (-O2, x86-64 without any
                      extension), except in the scanner, which uses AVX2 where the processor has it.
                      So every machine with AVX2 gives the same figure.
        calls         from there into these libraries: another copy of a line, another HMAC.

Other compilers make other code, so the file names its compiler. With another one for the same
processor, or without AVX2, a part may take half as many instructions again. It may then make any
number of calls, because the compiler chooses which copies to inline. For another processor no limit
is known: the figures are printed, with a note.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
from concurrent import futures

RECORDS = 1000
GROWTH, GROWTH_ELSEWHERE, SHRINKAGE = 1.1, 1.5, 0.9
BASELINE = pathlib.Path(__file__).resolve().parent / "guard.txt"
KINDS = ("instructions", "calls")


def extensions():
    """Return the extension of the processor that the scanner uses, as a word after a blank."""
    try:
        return " avx2" if " avx2 " in pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii") else ""
    except OSError:
        return ""


def compiler():
    """Return kind, major version and processor: "gcc 12 avx2 x86_64"."""
    macros = subprocess.run([*os.environ.get("CC", "cc").split(), "-dM", "-E", "-x", "c", os.devnull],
                            capture_output=True, text=True, check=True).stdout
    value = dict(re.findall(r"^#define (\w+) (.*)$", macros, re.M))
    kind, major = ("clang", "__clang_major__") if "__clang__" in value else ("gcc", "__GNUC__")
    return "%s %s%s %s" % (kind, value[major], extensions(), os.uname().machine)


def count(path, program):
    """Return the program's own instructions and its calls to others in a file of callgrind, per
    record.

    Format: Valgrind manual, "Callgrind Format Specification". The line after "calls=" is the cost
    of the called function, and counts for that one.
    """
    instructions = calls = 0
    ours = called_ours = called = named = False
    with open(path, encoding="ascii") as file:
        for line in file:
            if line.startswith("ob="):
                ours = line[3:].strip() == program
            elif line.startswith("cob="):
                called_ours = line[4:].strip() == program
                named = True
            elif line.startswith("calls="):
                if ours and named and not called_ours:
                    calls += int(line[6:].split()[0])
                called = True
            elif line[:1].isdigit():
                if ours and not called:
                    instructions += int(line.split()[1])
                called = named = False
            elif line.startswith("fn="):
                called = named = False
    return {"instructions": round(instructions / RECORDS, 1), "calls": round(calls / RECORDS, 1)}


def measure(program, part, folder):
    command = ["valgrind", "-q", "--tool=callgrind", "--callgrind-out-file=" + os.path.join(folder, "%p"),
               "--toggle-collect=guard_counted", "--compress-strings=no", "--compress-pos=no", program, part]
    with subprocess.Popen(command, cwd=BASELINE.parents[1], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True) as process:
        said = process.communicate()[0]
    if process.returncode != 0:
        sys.exit("guard: %s %s ended with %d\n%s" % (program, part, process.returncode, said))
    # By process: a filter of a map runs in its own process, which leaves a file too.
    figures = count(os.path.join(folder, str(process.pid)), program)
    if figures["instructions"] < 100:
        sys.exit("guard: %s %s: nothing was counted" % (program, part))
    return figures


def measured(programs):
    """Return the figures by part, in the order of the programs."""
    with tempfile.TemporaryDirectory() as folder, futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = {}
        for program in programs:
            listed = subprocess.run([program], capture_output=True, text=True, check=True).stdout
            for part in listed.split():
                runs[part] = pool.submit(measure, program, part, folder)
        return {part: run.result() for part, run in runs.items()}


def read_baseline():
    """Return the compiler, and figures by part."""
    made_by, parts = "", {}
    for line in BASELINE.read_text(encoding="ascii").splitlines():
        words = line.split()
        if line.startswith("compiler "):
            made_by = line[len("compiler "):]
        elif words and not line.startswith("#"):
            parts[words[0]] = dict(zip(KINDS, map(float, words[1:])))
    return made_by, parts


def write_baseline(figures):
    with open(BASELINE, "w", encoding="ascii") as file:
        file.write("# What a record costs, by bench/guard.py: instructions of our own, and calls into\n"
                   "# libraries. Written by make guard UPDATE=1.\n"
                   "compiler %s\n" % compiler())
        for part, figure in figures.items():
            file.write("%-12s %10.1f %8.1f\n" % (part, *(figure[kind] for kind in KINDS)))


def judge(figures):
    """Print a line for each figure; return how many were judged, and how many of them have grown."""
    made_by, before = read_baseline()
    here, judged, grown = compiler(), 0, 0
    known = made_by.split()[-1] == here.split()[-1]
    most = GROWTH if here == made_by else GROWTH_ELSEWHERE
    if here != made_by:
        print("guard: the baseline is that of %s, this is %s: %s" % (
            made_by, here, "half as many instructions again are let pass" if known else "nothing is judged"))
    if set(before) != set(figures):
        sys.exit("guard: the parts are not those of %s" % BASELINE.name)
    for part, figure in figures.items():
        for kind in KINDS:
            was, now = before.get(part, figure)[kind], figure[kind]
            ratio = now / was if was else float("inf") if now else 1.0
            word = ""
            if here == made_by or (known and kind == "instructions"):
                judged += 1
                if ratio > most:
                    word, grown = "   GROWN", grown + 1
            if here == made_by and ratio < SHRINKAGE:
                word = "   shrunk: make guard UPDATE=1 keeps it so"
            print("%-12s %10.1f %-12s was %10.1f   %+5.1f%%%s" % (
                part, now, kind, was, 100 * (ratio - 1), word))
    return judged, grown


def main():
    arguments = sys.argv[1:]
    update = arguments[:1] == ["--update"]
    programs = [os.path.realpath(program) for program in arguments[update:]]
    if not programs:
        sys.exit(__doc__)
    figures = measured(programs)
    if update:
        write_baseline(figures)
    judged, grown = judge(figures)
    print("%d passed, %d failed" % (judged - grown, grown))
    sys.exit(1 if grown else 0)


main()
