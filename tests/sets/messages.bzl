# SPDX-License-Identifier: BSD-2-Clause
"""Tests of what the build refuses and what it says then. They run while the build is analysed; the test prints the outcome."""

load("//build_defs:driver_names.bzl", "DEFAULT_SET", "UNCHOSEN_SET", "absolute_label", "driver_symbol", "drivers_fault")
load("//build_defs:driver_set.bzl", "DriverSetInfo")
load("//drivers/sets:known.bzl", "DRIVERS")

_E1000 = "//drivers/linux/e1000:e1000"

# Case: (list of drivers, whether it may be empty, what the message must hold; None: nothing is wrong).
_LISTS = {
    "a_driver_in_another_tree_is_left_to_bazel": (["//mine/rtl8139:rtl8139"], False, None),
    "a_driver_named_twice_is_refused": ([_E1000, _E1000], False, [_E1000 + " is named twice"]),
    "a_list_may_be_empty_on_purpose": ([], True, None),
    "a_list_of_every_driver_is_right": ([absolute_label(driver, "") for driver in DRIVERS], False, None),
    "a_part_of_a_driver_is_refused": (["//drivers/linux/e1000:donor"], False, ["part of a driver, which as a whole is //drivers/linux/e1000"]),
    "an_empty_list_is_refused_with_the_choices": ([], False, ["no drivers", "allow_empty = True"] + DRIVERS),
    "an_unknown_driver_is_refused_with_the_choices": ([_E1000, "//drivers/linux/e1001:e1001"], False, ["no driver //drivers/linux/e1001"] + DRIVERS),
}

_SYMBOLS = {
    "//drivers/linux/virtio_blk": "graft_driver_linux_virtio_blk",
    "//drivers/native/net/loopback:loopback": "graft_driver_native_net_loopback",
    "//my-kernel/drivers/e2000": "graft_driver_my_kernel_drivers_e2000",
    ":own": "graft_driver_some_package",
}

def _missing(text, expected):
    return [part for part in expected if part not in text]

def _list_fault(drivers, allow_empty, expected):
    said = drivers_fault(drivers, DRIVERS, allow_empty)
    if expected == None or said == None:
        return None if expected == said else "said: %s" % said
    missing = _missing(said, expected)
    return "lacks %s: %s" % (missing, said) if missing else None

def _test(ctx, suite, faults):
    """Makes the executable of a test that prints one line per case of {name: fault or None}."""
    lines = ["%s %s.%s%s" % ("FAIL" if fault else "PASS", suite, name, ": " + fault.replace("\n", " ") if fault else "") for name, fault in faults.items()]
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    ctx.actions.write(script, "#!/bin/sh\ncat <<'END'\n%s\nEND\nexit %d\n" % (
        "\n".join(lines),
        1 if [fault for fault in faults.values() if fault] or not faults else 0,
    ), is_executable = True)
    return [DefaultInfo(executable = script)]

def _messages_test_impl(ctx):
    faults = {name: _list_fault(*case) for name, case in _LISTS.items()}
    for label, symbol in _SYMBOLS.items():
        made = driver_symbol(absolute_label(label, "some/package"))
        faults["symbol_of_" + label] = None if made == symbol else "made " + made
    return _test(ctx, "DriverSet", faults)

messages_test = rule(
    implementation = _messages_test_impl,
    test = True,
)

_FAILURES_ALLOWED = "//command_line_option:allow_analysis_failures"

def _choice_settings(attr):
    values = dict(UNCHOSEN_SET)
    values[str(Label("//drivers/sets:set"))] = attr.driver_set
    if attr.custom:
        values[str(Label("//drivers/sets:custom"))] = Label(attr.custom)
    return values

def _choice_impl(settings, attr):
    return _choice_settings(attr)

_choice = transition(
    implementation = _choice_impl,
    inputs = [],
    outputs = UNCHOSEN_SET.keys(),
)

def _wrong_choice_impl(settings, attr):
    values = _choice_settings(attr)
    values[_FAILURES_ALLOWED] = True
    return values

_wrong_choice = transition(
    implementation = _wrong_choice_impl,
    inputs = [],
    outputs = UNCHOSEN_SET.keys() + [_FAILURES_ALLOWED],
)

_CHOICE_ATTRS = {
    "custom": attr.string(doc = "value of //drivers/sets:custom, if any"),
    "driver_set": attr.string(default = DEFAULT_SET, doc = "value of //drivers/sets:set"),
    "_allowlist_function_transition": attr.label(
        default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
    ),
}

def _choice_test_impl(ctx):
    drivers = ctx.attr.target[0][DriverSetInfo].drivers
    return _test(ctx, "Choice", {ctx.label.name: None if drivers == ctx.attr.drivers else "has %s" % drivers})

choice_test = rule(
    implementation = _choice_test_impl,
    doc = "Chooses a driver set, as on the command line, and looks at its drivers.",
    attrs = dict(
        _CHOICE_ATTRS,
        drivers = attr.string_list(),
        target = attr.label(cfg = _choice),
    ),
    test = True,
)

def _failure_test_impl(ctx):
    target = ctx.attr.target[0]
    if AnalysisFailureInfo in target:
        said = "".join([cause.message for cause in target[AnalysisFailureInfo].causes.to_list()])
        missing = _missing(said, ctx.attr.expect)
        fault = "lacks %s: %s" % (missing, said) if missing else None
    else:
        fault = "the choice was taken"
    return _test(ctx, "Choice", {ctx.label.name: fault})

failure_test = rule(
    implementation = _failure_test_impl,
    doc = "Chooses a driver set that is none, as on the command line, and looks at the error.",
    attrs = dict(
        _CHOICE_ATTRS,
        expect = attr.string_list(doc = "what the message must hold"),
        target = attr.label(cfg = _wrong_choice, doc = "the target whose analysis fails"),
    ),
    test = True,
)
