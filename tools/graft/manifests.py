# SPDX-License-Identifier: BSD-2-Clause
"""What the repository says about its drivers and driver sets. docs/json.md describes the files."""
import ast
import json

from graft import paths
from graft.failure import Failure, unknown

FIELDS = {"name": str, "title": str, "origin": str, "class": str, "licence": str, "status": str, "ids": list,
          "devices": list, "notes": list}
STATUSES = ("works", "partly", "in progress")
CLASSES = ("ethernet", "block", "input", "serial", "sound", "usb", "display")
TESTED = "tested.json"
SETS_FILE = paths.ROOT / "drivers" / "sets" / "BUILD.bazel"


def check(manifest, path):
    """Refuses a manifest that does not have its format."""
    for key, kind in FIELDS.items():
        if not isinstance(manifest.get(key), kind):
            raise Failure("%s: '%s' must be a %s" % (path, key, {str: "string", list: "list"}[kind]))
    for key in set(manifest) - set(FIELDS):
        raise Failure("%s: unknown field '%s'" % (path, key))
    parts = path.parent.parts[len(path.parts) - 1 - path.parts[::-1].index("drivers"):]
    if manifest["name"] != (parts[1] + "/" + parts[-1]).replace("_", "-"):
        raise Failure("%s: the name '%s' is not the folder's" % (path, manifest["name"]))
    for key, valid in (("status", STATUSES), ("class", CLASSES)):
        if manifest[key] not in valid:
            raise Failure("%s: '%s' must be one of: %s" % (path, key, ", ".join(valid)))


def load(path):
    try:
        return json.loads(path.read_text())
    except ValueError as error:
        raise Failure("%s is not JSON: %s" % (path, error)) from None


def drivers(root=None):
    """Returns every driver's manifest, its tested table under 'models' and its place under 'folder', by name."""
    found = []
    for path in sorted((root or paths.ROOT).glob("drivers/**/manifest.json")):
        manifest = load(path)
        check(manifest, path)
        tested = path.parent / TESTED
        manifest["models"] = load(tested) if tested.is_file() else []
        manifest["folder"] = path.parent
        found.append(manifest)
    return sorted(found, key=lambda driver: driver["name"])


def find(name, choices, kind="driver"):
    """Returns the driver of that name; the part after the slash is enough where only one has it."""
    exact = [driver for driver in choices if driver["name"] == name]
    short = [driver for driver in choices if driver["name"].split("/")[1] == name]
    if exact or len(short) == 1:
        return (exact or short)[0]
    if len(short) > 1:
        raise Failure("'%s' fits several drivers: %s" % (name, ", ".join(driver["name"] for driver in short)))
    raise unknown(kind, name, [driver["name"] for driver in choices])


def devices(choices):
    """Returns one row per (device model that QEMU offers, driver)."""
    rows = []
    for driver in choices:
        for device in driver["devices"]:
            models = [model for model in driver["models"] if model["model"] == device]
            rows.append({"device": device, "class": driver["class"], "driver": driver["name"], "models": models})
    return sorted(rows, key=lambda row: (row["device"], row["driver"]))


def name_of(label):
    """Returns the name of the driver that a label of //drivers stands for: its origin and its folder."""
    parts = label.split("//")[-1].split(":")[0].split("/")
    return (parts[1] + "/" + parts[-1]).replace("_", "-") if parts[0] == "drivers" else label


def sets(path=SETS_FILE):
    """Returns the named driver sets, {name: {drivers, summary}}, from the build file that makes them.

    The summary is the comment above a driver_set().
    """
    if not path.is_file():
        return {}
    text = path.read_text()
    found = {}
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) and statement.value.func.id == "driver_set":
            values = {keyword.arg: ast.literal_eval(keyword.value) for keyword in statement.value.keywords}
            drivers = [name_of(label) for label in values["drivers"]]
            found[values["name"]] = {"drivers": drivers, "summary": _comment_above(text.splitlines(), statement.lineno - 1)}
    return found


def _comment_above(lines, index):
    comment = []
    while index and lines[index - 1].startswith("#"):
        index -= 1
        comment.insert(0, lines[index][1:].strip())
    return " ".join(comment)
