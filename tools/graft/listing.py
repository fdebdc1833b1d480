# SPDX-License-Identifier: BSD-2-Clause
"""`graft list`: what the repository holds, from the drivers' manifests."""
import argparse
import json

from graft import manifests
from graft.console import table
from graft.failure import unknown

# The documented fields of a driver, in order; a manifest holds more that is for people.
DRIVER_FIELDS = ("name", "title", "origin", "class", "licence", "status", "models", "ids", "devices", "notes")


def tested(models):
    """Sums a tested table up for a reader."""
    if not models:
        return "-"
    passed, failed = (sum(model[key] for model in models) for key in ("passed", "failed"))
    return "%d passed%s, %s" % (passed, ", %d failed" % failed if failed else "", max(model["date"] for model in models))


def list_drivers(name):
    chosen = manifests.drivers()
    if name:
        chosen = [manifests.find(name, chosen)]
    rows = [{key: driver[key] for key in DRIVER_FIELDS} for driver in chosen]
    text = [(d["name"], d["class"], d["status"], d["licence"], " ".join(d["devices"]), tested(d["models"])) for d in rows]
    return rows, ("DRIVER", "CLASS", "STATUS", "LICENCE", "QEMU DEVICES", "TESTED"), text


def list_devices(name):
    rows = manifests.devices(manifests.drivers())
    if name:
        if name not in {row["device"] for row in rows}:
            raise unknown("device", name, {row["device"] for row in rows})
        rows = [row for row in rows if row["device"] == name]
    text = [(row["device"], row["class"], row["driver"], tested(row["models"])) for row in rows]
    return rows, ("DEVICE", "CLASS", "DRIVER", "TESTED"), text


def list_sets(name):
    known = manifests.sets()
    if name and name not in known:
        raise unknown("driver set", name, known)
    rows = [{"name": key, "label": "//drivers/sets:" + key, "drivers": known[key]["drivers"], "summary": known[key]["summary"]}
            for key in sorted(known) if name in (None, key)]
    text = [(row["name"], " ".join(row["drivers"]), row["summary"]) for row in rows]
    return rows, ("SET", "DRIVERS", "FOR"), text


LISTS = {"drivers": list_drivers, "devices": list_devices, "sets": list_sets}


def main(arguments):
    parser = argparse.ArgumentParser(prog="graft list", description="Shows drivers, devices or driver sets.")
    parser.add_argument("what", metavar="drivers|devices|sets")
    parser.add_argument("name", nargs="?", help="show only this one")
    parser.add_argument("--json", action="store_true", help="print JSON, as docs/json.md describes it")
    options = parser.parse_args(arguments)
    if options.what not in LISTS:
        raise unknown("list", options.what, LISTS)
    rows, header, text = LISTS[options.what](options.name)
    if options.json:
        print(json.dumps(rows, indent=2))
    else:
        table(text, list(header))
    return 0
