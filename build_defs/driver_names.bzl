# SPDX-License-Identifier: BSD-2-Clause
"""What a list of drivers may hold, and what is said of one that is wrong. No build stands behind this."""

DEFAULT_SET = "default"

# The settings that choose a set, in the state without a choice.
UNCHOSEN_SET = {
    str(Label("//drivers/sets:set")): DEFAULT_SET,
    str(Label("//drivers/sets:custom")): Label("//drivers/sets:no_custom_set"),
}

def _package(label):
    return label.split("//")[-1].split(":")[0]

def absolute_label(label, package):
    """Returns `label`, which may be relative to `package`, in the form //package:name."""
    if "//" not in label:
        label = "//%s:%s" % (package, label.lstrip(":"))
    if ":" not in label:
        label += ":" + label.split("/")[-1]
    return label

def driver_symbol(label):
    """Returns the name of the graft_driver_entry_t that a driver's library defines, from its absolute label."""
    package = _package(label)
    if package.startswith("drivers/"):
        package = package[len("drivers/"):]
    return "graft_driver_" + package.replace("/", "_").replace("-", "_")

def _listed(names):
    return "".join(["\n  " + name for name in names])

def drivers_fault(drivers, known, allow_empty = False):
    """Says what is wrong with a list of drivers.

    Args:
      drivers: absolute labels. Those outside of //drivers are a user's own, and Bazel finds them or not.
      known: the packages of all drivers under //drivers.
      allow_empty: whether the list may be empty.

    Returns:
      The fault, the remedy and the choices, or None.
    """
    if not drivers and not allow_empty:
        return ("it has no drivers. Name some of these in drivers = [...]; allow_empty = True makes a set of the kit alone." +
                _listed(known))
    seen = {}
    for label in drivers:
        package = _package(label)
        in_tree = label.startswith("//drivers/") or label.startswith("@graft//drivers/")
        if in_tree and "//" + package not in known:
            return "there is no driver %s. There are:%s" % (label, _listed(known))
        if in_tree and not label.endswith("/" + label.split(":")[1] + ":" + label.split(":")[1]):
            return "%s is a part of a driver, which as a whole is //%s." % (label, package)
        if label in seen:
            return "%s is named twice." % label
        seen[label] = True
    return None

def set_name_fault(name, sets):
    """Says what is wrong with the name of a set of //drivers/sets, or returns None."""
    if name in sets:
        return None
    return ("there is no driver set '%s' in //drivers/sets. There are:%s" % (name, _listed(sets)) +
            "\nA set of your own is chosen by its label: --//drivers/sets:custom=//package:name")
