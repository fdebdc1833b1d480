# SPDX-License-Identifier: BSD-2-Clause
"""Which driver set an image gets and which devices its machine has, so that each drives the other."""
from dataclasses import dataclass

from graft import bazel, manifests
from graft.failure import Failure, unknown

DEFAULT_SET = "default"
PACKAGE = "//drivers/sets:"
CLASSES = {"nic": "ethernet", "disk": "block"}


@dataclass
class Choice:
    driver_set: str
    flag: str
    nic: str
    disk: str


def find_set(wanted):
    """Returns (name, drivers, Bazel flag) of a set of //drivers/sets, or of a user's own by its label."""
    known = manifests.sets()
    name = wanted[len(PACKAGE):] if wanted.startswith(PACKAGE) else wanted
    if name in known:
        return name, known[name]["drivers"], "--%sset=%s" % (PACKAGE, name)
    if "//" not in name:
        raise unknown("driver set", name, known)
    drivers = bazel.string_list(wanted, "drivers")
    if not drivers:
        raise Failure("%s is no driver set with drivers; sets: %s, or the label of a driver_set()" % (wanted, ", ".join(sorted(known))))
    return wanted, [manifests.name_of(label) for label in drivers], "--%scustom=%s" % (PACKAGE, wanted)


def sets_in_order():
    """Returns the names of all sets: the default, then the smaller first."""
    known = manifests.sets()
    return sorted(known, key=lambda name: (name != DEFAULT_SET, len(known[name]["drivers"]), name))


def candidates(name, category):
    """Returns the (driver, device) pairs that a name of --nic or --disk can mean; None means any of the class."""
    drivers = [driver for driver in manifests.drivers() if driver["class"] == category and driver["devices"]]
    if name is None:
        return [(driver["name"], driver["devices"][0]) for driver in drivers]
    exact = [(driver["name"], name) for driver in drivers if name in driver["devices"]]
    if exact:
        return exact
    names = {driver["name"] for driver in drivers} | {driver["name"].split("/")[1] for driver in drivers}
    if name not in names:
        raise unknown("%s device or driver" % category, name, {device for driver in drivers for device in driver["devices"]} | names)
    return [(driver["name"], driver["devices"][0]) for driver in drivers if name in (driver["name"], driver["name"].split("/")[1])]


def first_driven(pairs, drivers):
    """Returns the device of the pair whose driver stands first in a set, or None."""
    driven = [(drivers.index(driver), device) for driver, device in pairs if driver in drivers]
    return min(driven)[1] if driven else None


def choose(wanted_set, nic, disk, any_driver=False):
    """Returns the Choice for what the user asked for, each of which may be None.

    A set that was named stays; otherwise the default is taken, or the smallest set that has the drivers. `any_driver`
    is for an image that exists already: without a set's name it is trusted to have the drivers.
    """
    pairs = {"nic": candidates(nic, CLASSES["nic"]), "disk": candidates(disk, CLASSES["disk"])}
    fitting = []
    for name in sets_in_order():
        _, drivers, flag = find_set(name)
        devices = {part: first_driven(pairs[part], drivers) for part in pairs}
        if all(devices.values()):
            fitting.append(Choice(name, flag, **devices))
    if any_driver and wanted_set is None:
        return next(iter(fitting), Choice(None, None, pairs["nic"][0][1], pairs["disk"][0][1]))
    if wanted_set is not None:
        name, drivers, flag = find_set(wanted_set)
        devices = {part: first_driven(pairs[part], drivers) for part in pairs}
        if all(devices.values()):
            return Choice(name, flag, **devices)
        lacks = " and ".join("%s driver%s" % (CLASSES[part], " for " + wanted if wanted else "")
                             for part, wanted in (("nic", nic), ("disk", disk)) if devices[part] is None)
        raise Failure("driver set %s (%s) has no %s; sets that have: %s" % (name, ", ".join(drivers), lacks,
                                                                          ", ".join(c.driver_set for c in fitting) or "none"))
    if not fitting:
        raise Failure("no driver set has drivers for both %s and %s; `graft list sets` shows them, and --set takes the label of your own"
                      % (nic, disk))
    return fitting[0]
