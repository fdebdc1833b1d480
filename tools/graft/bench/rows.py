# SPDX-License-Identifier: BSD-2-Clause
"""Rows of figures: how they are made and shown. docs/json.md describes the fields."""
import json
import statistics

from graft.console import table

FIELDS = ("bench", "device", "driver", "origin", "metric", "unit", "value", "base_value", "base", "ratio", "samples")


def row(bench, metric, unit, value, base="", base_value=None, samples=1, device="", driver="", origin=""):
    """Makes one row. Value and base value are medians; either may be None where it was not measured."""
    ratio = value / base_value if value is not None and base_value else None
    return dict(zip(FIELDS, (bench, device, driver, origin, metric, unit, value, base_value, base, ratio, samples)))


def median(values):
    return statistics.median(values) if values else None


def number(value):
    """Shows a figure with as many digits as mean something."""
    if value is None:
        return "-"
    if isinstance(value, int) or value == int(value):
        return "%d" % value
    return "%.3f" % value if abs(value) < 10 else "%.1f" % value


def show(rows):
    """Prints rows for people."""
    table([(r["bench"], r["device"] or "-", r["metric"], number(r["value"]), number(r["base_value"]), number(r["ratio"]), r["unit"],
            r["samples"], r["base"]) for r in rows],
          ["BENCH", "DEVICE", "METRIC", "GRAFT", "BASE", "RATIO", "UNIT", "SAMPLES", "BASE IS"])


def write(rows, path):
    with open(path, "w") as file:
        json.dump(rows, file, indent=2)
        file.write("\n")
