#!/usr/bin/env python3
"""Prints the parts of the programs as CycloneDX 1.6 (JSON) on stdout: each program, its linked
libraries, and theirs, by the packages of this machine.

    scripts/sbom.py [--cc CC] [--pkg-config PKG_CONFIG] --version V [--modules "M..."] PROGRAM="-lX..." ...

make sbom calls it with the values of the link lines. On a system without dpkg, a library has its
soname as name, and only pkg-config knows its version. The time in it is that of ${SOURCE_DATE_EPOCH},
or that of the commit, so that one commit on one machine gives the same bytes.
"""
import argparse
import datetime
import functools
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import urllib.parse
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent
ABOUT = "SQS to PostgreSQL, masking personal data on the way"


def output(*command, status=(0,)):
    """Return the output of the command, or nothing if it is missing or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    except FileNotFoundError:
        return ""
    return done.stdout if done.returncode in status else ""


def when():
    seconds = os.environ.get("SOURCE_DATE_EPOCH") or output("git", "log", "-1", "--format=%ct").strip()
    moment = datetime.datetime.fromtimestamp(int(seconds or 0), datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")




class Library:
    """A shared library of this machine, from its file."""

    def __init__(self, path):
        self.path = os.path.realpath(path)
        dynamic = output("readelf", "-dW", self.path)
        self.soname = (re.findall(r"\(SONAME\)[^\[]*\[(.*)\]", dynamic) or [os.path.basename(self.path)])[0]
        self.needed = re.findall(r"\(NEEDED\)[^\[]*\[(.*)\]", dynamic)


@functools.lru_cache
def library_of(path):
    return Library(path)


@functools.lru_cache
def linked(cc, flags):
    """Return the files for -lX. A libX.so that is a linker script (libm, libc) names its file in its
    group."""
    paths = []
    for flag in ["-lc"] + shlex.split(flags):
        if not flag.startswith("-l"):
            continue
        name = "lib%s.so" % flag[2:]
        path = output(*cc, "-print-file-name=" + name).strip()
        if not os.path.isabs(path):
            sys.exit("sbom: error: no library %s" % name)
        with open(path, "rb") as file:
            if file.read(4) != b"\x7fELF":
                file.seek(0)
                path = re.search(rb"/\S+\.so\.[0-9]+", file.read()).group().decode()
        paths.append(path)
    return paths


def loadable():
    """Return the paths at which the loader finds each soname."""
    found = {}
    for line in output("/sbin/ldconfig", "-p").splitlines():
        match = re.match(r"\s+(\S+) \(.*\) => (\S+)$", line)
        if match:
            found.setdefault(match.group(1), match.group(2))
    return found


def closure(paths):
    """Return the libraries by soname: those of the paths, and all that they need."""
    found, places = {}, loadable()
    waiting = [library_of(path) for path in paths]
    while waiting:
        library = waiting.pop()
        if library.soname in found:
            continue
        found[library.soname] = library
        waiting += [library_of(places[name]) for name in library.needed if name in places and name not in found]
    return found


def packages_of(paths):
    """Return packages by path, if dpkg knows them. A file may be listed under /lib or under /usr/lib."""
    asked = {}
    for path in paths:
        bare = path[4:] if path.startswith("/usr/") else path
        asked.update({bare: path, "/usr" + bare: path})
    owners = {}
    for line in output("dpkg-query", "-S", *sorted(asked), status=(0, 1)).splitlines():
        names, _, path = line.partition(": ")
        if path in asked:
            owners[asked[path]] = names.split(",")[0]
    return owners


def licence(package):
    """Return the licence for all files in a machine-readable copyright file, or None."""
    try:
        text = pathlib.Path("/usr/share/doc", package, "copyright").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    if not re.match(r"Format:\s*\S+copyright-format", text):
        return None
    match = re.search(r"^Files:\s*\*\s*\n(?:.+\n)*?License:[ \t]*(\S.*)$", text, re.M)
    return match.group(1).strip() if match else None


def known_packages(packages):
    """Return the data of dpkg for each package, by the requested name."""
    form = "${binary:Package}\t${Package}\t${Version}\t${Architecture}\t${source:Package}\t${Maintainer}\n"
    lines = output("dpkg-query", "-W", "-f", form, *sorted(packages)).splitlines() if packages else []
    return {line.split("\t")[0]: line.split("\t")[1:] for line in lines}


def describe(package):
    """Return the component for a dpkg package, from known_packages()."""
    name, version, arch, source, maintainer = package
    system = dict(re.findall(r'^(ID|VERSION_ID)="?([^"\n]*)"?$',
                             pathlib.Path("/etc/os-release").read_text(encoding="utf-8"), re.M))
    distro = "-".join(filter(None, (system.get("ID"), system.get("VERSION_ID"))))
    component = {"type": "library", "bom-ref": "pkg:" + name, "supplier": {"name": maintainer}, "name": name,
                 "version": version,
                 "purl": "pkg:deb/%s/%s@%s?arch=%s&distro=%s" % tuple(
                     urllib.parse.quote(text, safe="~") for text in (system.get("ID", "debian"), name, version, arch, distro))}
    terms = licence(name)
    if terms:
        component["licenses"] = [{"license": {"name": terms}}]
    component["properties"] = [{"name": "sqs2pg:source-package", "value": source}]
    return component


def modules_of(pkg_config, names):
    """Return (module, version, the source package of its .pc file, or "")."""
    files = {name: "%s/%s.pc" % (output(pkg_config, "--variable=pcfiledir", name).strip(), name) for name in names}
    owners = packages_of(files.values())
    known = known_packages(set(owners.values()))
    return [(name, output(pkg_config, "--modversion", name).strip(),
             known[owners[file]][3] if owners.get(file) in known else "") for name, file in files.items()]


def bom(options):
    cc = tuple(shlex.split(options.cc))
    programs = {}
    for text in options.programs:
        name, _, flags = text.partition("=")
        programs[name] = [library_of(path).soname for path in linked(cc, flags)]
    libraries = closure([path for text in options.programs for path in linked(cc, text.partition("=")[2])])
    owners = packages_of([library.path for library in libraries.values()])
    known = known_packages(set(owners.values()))
    components, ref, sonames = {}, {}, {}
    for soname, library in sorted(libraries.items()):
        package = owners.get(library.path)
        if package in known:
            component = describe(known[package])
        else:
            component = {"type": "library", "bom-ref": "soname:" + soname, "name": soname}
        ref[soname] = component["bom-ref"]
        components.setdefault(component["bom-ref"], component)
        sonames.setdefault(component["bom-ref"], []).append(soname)
    modules = modules_of(options.pkg_config, options.modules.split())
    for key, component in components.items():
        properties = component.setdefault("properties", [])
        source = properties[0]["value"] if properties else None
        properties += [{"name": "sqs2pg:soname", "value": soname} for soname in sonames[key]]
        properties += [{"name": "sqs2pg:pkg-config", "value": "%s %s" % (name, version)}
                       for name, version, of in modules if of and of == source]
    depends = {"sqs2pg": sorted("program:" + name for name in programs)}
    depends.update({"program:" + name: sorted({ref[one] for one in needed}) for name, needed in programs.items()})
    for key, names in sonames.items():
        depends[key] = sorted({ref[one] for name in names for one in libraries[name].needed if one in ref} - {key})
    own = [{"type": "application", "bom-ref": "program:" + name, "name": name, "version": options.version,
            "licenses": [{"license": {"id": "ISC"}}]} for name in sorted(programs)]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": when(),
            "tools": {"components": [{"type": "application", "name": "sbom.py", "version": options.version}]},
            "component": {"type": "application", "bom-ref": "sqs2pg", "name": "sqs2pg", "version": options.version,
                          "description": ABOUT, "licenses": [{"license": {"id": "ISC"}}]}},
        "components": own + [components[key] for key in sorted(components)],
        "dependencies": [{"ref": key, "dependsOn": depends[key]} for key in sorted(depends)]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--pkg-config", default="pkg-config")
    parser.add_argument("--version", required=True)
    parser.add_argument("--modules", default="")
    parser.add_argument("programs", nargs="+", metavar='PROGRAM="-lX..."')
    made = bom(parser.parse_args())
    digest = hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()
    made["serialNumber"] = "urn:uuid:%s" % uuid.uuid5(uuid.NAMESPACE_URL, digest)
    print(json.dumps(made, indent=2, ensure_ascii=False))


main()
