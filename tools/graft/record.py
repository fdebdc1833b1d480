# SPDX-License-Identifier: BSD-2-Clause
"""Writes each driver's tested table from the results of a test run. Nothing else writes it."""
import datetime
import json

from graft import manifests, paths
from graft.console import say


def values(tags, key):
    """Returns the values of tags such as "drives=linux/e1000@e1000"."""
    return [tag[len(key) + 1:] for tag in tags if tag.startswith(key + "=")]


def rows_by_driver(targets, date):
    """Groups the counts by driver, device model and suite, as the tags of the test targets say."""
    table = {}
    for target in targets:
        suite = (values(target.tags, "suite") or [target.label.rsplit(":", 1)[1]])[0]
        for pair in values(target.tags, "drives"):
            driver, _, model = pair.partition("@")
            row = table.setdefault(driver, {}).setdefault((model, suite), {
                "model": model, "suite": suite, "passed": 0, "failed": 0, "date": date})
            row["passed"] += target.passed
            row["failed"] += target.failed
    return {driver: [rows[key] for key in sorted(rows)] for driver, rows in table.items()}


def merge(old, new):
    """Replaces the rows that were run again and keeps the rest."""
    rows = {(row["model"], row["suite"]): row for row in old + new}
    return [rows[key] for key in sorted(rows)]


def write(targets):
    """Writes tested.json beside the manifest of every driver that the run tested."""
    from graft import readme
    date = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    known = {driver["name"]: driver for driver in manifests.drivers()}
    for name, rows in rows_by_driver(targets, date).items():
        driver = manifests.find(name, list(known.values()))
        path = driver["folder"] / manifests.TESTED
        path.write_text(json.dumps(merge(driver["models"], rows), indent=2) + "\n")
        say("wrote %s" % path.relative_to(paths.ROOT))
    readme.update()
