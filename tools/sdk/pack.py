#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Packs the SDK: pack.py CONFIG.json, as build_defs/sdk.bzl writes it. The same inputs give the same bytes.

    graft-sdk-VERSION/
      README.md SETS.md sets.json graft.mk meson.build   from tools/sdk/files and from what the objects say
      include/graft/          the headers
      lib/SET.o               one relocatable object per driver set
      cmake/ pkgconfig/       for CMake and for whatever asks pkg-config
      examples/               a kernel that is built with the SDK
      licences/               the texts, and SET.spdx: what a set is made of
"""
import io
import json
import lzma
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

ENTRY = "graft_driver_"
# Licences whose text is that of another one.
SAME_TEXT = {"GPL-2.0-or-later": "GPL-2.0-only"}


class SdkError(Exception):
    """The parts do not fit together."""


def output_of(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def without_debug_information(path):
    """Returns the object's bytes without what only a debugger reads: nine tenths of it, and file names of the build."""
    with tempfile.TemporaryDirectory() as folder:
        stripped = pathlib.Path(folder, "object.o")
        subprocess.run(["objcopy", "--strip-debug", "--remove-section=.comment", str(path), str(stripped)], check=True)
        return stripped.read_bytes()


def spdx_licences(text):
    """Returns the licence of the whole and {part: licence} of an SPDX document."""
    found = re.findall(r"^PackageName: (.*)\n(?:.*\n)*?PackageLicenseConcluded: (.*)$", text, re.MULTILINE)
    return found[0][1], dict(found[1:])


def load_manifests(paths):
    """Returns the drivers' manifests by the name of their entry symbol, which their folder gives them."""
    found = {}
    for path in paths:
        folder = path.parent.parts[path.parent.parts.index("drivers") + 1:]
        found[ENTRY + "_".join(folder).replace("-", "_")] = json.loads(path.read_text())
    return found


def describe_set(path, spdx, manifests):
    symbols = [line.split()[-1] for line in output_of("nm", "--defined-only", str(path)).splitlines()]
    entries = sorted(name for name in symbols if name.startswith(ENTRY))
    missing = [name for name in entries if name not in manifests]
    if missing:
        raise SdkError("%s holds %s, and no manifest describes it: add the driver's manifest.json to //drivers:manifests"
                       % (path.name, " and ".join(missing)))
    text_bytes, data_bytes, bss_bytes = map(int, output_of("size", str(path)).splitlines()[1].split()[:3])
    licence, parts = spdx_licences(spdx)
    return {"name": path.stem, "object": "lib/" + path.name, "drivers": [manifests[name]["name"] for name in entries],
            "text_bytes": text_bytes, "data_bytes": data_bytes, "bss_bytes": bss_bytes, "licence": licence,
            "parts": [{"name": name, "licence": parts[name]} for name in sorted(parts)]}


def table(head, rows):
    lines = ["| %s |" % " | ".join(row) for row in [head, ["---"] * len(head), *rows]]
    return "\n".join(lines) + "\n"


def sets_page(description):
    """The drivers and sets as a page for people."""
    sets = [["`%s`" % each["name"], ", ".join("`%s`" % name for name in each["drivers"]) or "none: the kit alone",
             "%d KiB" % (each["text_bytes"] // 1024), "%d KiB" % ((each["data_bytes"] + each["bss_bytes"]) // 1024), each["licence"]]
            for each in description["sets"]]
    drivers = [["`%s`" % each["name"], each["title"], each["class"], each["origin"], each["licence"],
                ", ".join(each["ids"]) or "needs no hardware"] for each in description["drivers"]]
    return ("# Driver sets and drivers\n\nA kernel links one set. `licences/SET.spdx` lists what a set is made of.\n\n"
            + table(["set", "drivers", "text", "data", "licence of the whole"], sets) + "\n"
            + table(["driver", "hardware", "class", "origin", "licence", "PCI ids"], drivers))


def fill_in(text, values):
    """Replaces @NAME@ by its value."""
    return re.sub(r"@([A-Z_]+)@", lambda match: values[match[1]], text)


def licence_files(texts, sets):
    """Returns {name: text} of the licences that the sets name; each must have its text."""
    used = {part["licence"] for each in sets for part in each["parts"]} | {"BSD-2-Clause"}
    missing = sorted(name for name in used if SAME_TEXT.get(name, name) not in texts)
    if missing:
        raise SdkError("there is no text of the licence %s: add LICENSES/%s.txt" % (missing[0], missing[0]))
    return {name: texts[SAME_TEXT.get(name, name)] for name in used}


def content(config):
    """Returns {path inside the archive: bytes}."""
    paths = {kind: [pathlib.Path(path) for path in config[kind]] for kind in ("files", "headers", "licences", "manifests", "sets")}
    spdx = {path.stem: path.read_text() for path in paths["sets"] if path.suffix == ".spdx"}
    objects = sorted((path for path in paths["sets"] if path.suffix == ".o"), key=lambda path: path.stem)
    manifests = load_manifests(paths["manifests"])
    sets = [describe_set(path, spdx[path.stem], manifests) for path in objects]
    used = {name for each in sets for name in each["drivers"]}
    description = {"version": config["version"], "sets": sets,
                   "drivers": sorted((each for each in manifests.values() if each["name"] in used), key=lambda each: each["name"])}

    files = {"include/graft/" + path.name: path.read_bytes() for path in paths["headers"]}
    files.update({"lib/" + path.name: without_debug_information(path) for path in objects})
    files.update({"licences/%s.spdx" % name: text.encode() for name, text in spdx.items()})
    texts = {path.stem: path.read_text() for path in paths["licences"]}
    files.update({"licences/%s.txt" % name: text.encode() for name, text in licence_files(texts, sets).items()})
    files["SETS.md"] = sets_page(description).encode()
    files["sets.json"] = (json.dumps(description, indent=1) + "\n").encode()

    names = [each["name"] for each in sets]
    values = {"VERSION": config["version"], "MINOR": config["version"].rpartition(".")[0],
              "SETS": " ".join(names), "MESON_SETS": ", ".join("'%s'" % name for name in names)}
    for path in paths["files"]:
        text = path.read_text()
        if "examples" in path.parts:
            files[path.as_posix()[path.as_posix().index("examples/"):]] = text.encode()
            continue
        name = path.as_posix().split("tools/sdk/files/")[1]
        if "@SET@" in name:
            files.update({name.replace("@SET@", each): fill_in(text, {**values, "SET": each}).encode() for each in names})
        else:
            files[name] = fill_in(text, values).encode()
    return files


def pack(files, folder):
    """Returns a tar archive whose bytes depend on nothing but names and contents."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(files):
            member = tarfile.TarInfo(folder + "/" + name)
            member.size = len(files[name])
            member.mtime = 315532800  # 1980-01-01, the first day that zip files know too
            member.mode = 0o644
            member.uname = member.gname = "root"
            archive.addfile(member, io.BytesIO(files[name]))
    return out.getvalue()


def main():
    config = json.loads(pathlib.Path(sys.argv[1]).read_text())
    try:
        archive = pack(content(config), "graft-sdk-" + config["version"])
    except SdkError as error:
        sys.exit("//:sdk: %s" % error)
    pathlib.Path(config["out"]).write_bytes(lzma.compress(archive, preset=6))


if __name__ == "__main__":
    main()
