# SPDX-License-Identifier: BSD-2-Clause
"""set_choice: the build settings that say which driver set an image links that does not name one itself."""

load(":driver_names.bzl", "DEFAULT_SET", "set_name_fault")
load(":driver_set.bzl", "DriverSetInfo")

def _set_flag_impl(ctx):
    fault = set_name_fault(ctx.build_setting_value, ctx.attr.sets)
    if fault:
        fail("\n" + fault)
    return []

_set_flag = rule(
    implementation = _set_flag_impl,
    attrs = {"sets": attr.string_list()},
    build_setting = config.string(flag = True),
)

def _custom_impl(ctx):
    label = ctx.attr.set.label
    given = label != ctx.attr.unset.label
    if given and DriverSetInfo not in ctx.attr.set:
        fail("\n--//drivers/sets:custom=%s: that is no driver set. Make it one with driver_set() of //build_defs:driver_set.bzl." % label)
    return [config_common.FeatureFlagInfo(value = "given" if given else "unset")]

_custom = rule(
    implementation = _custom_impl,
    attrs = {
        "set": attr.label(),
        "unset": attr.label(),
    },
)

def set_choice():
    """Makes, in the package of the named sets and after them:

      :set       a string setting, the name of one of this package's sets
      :custom    a label setting, a driver_set() of any package, which comes before :set
      :selected  the set that the two choose, for images
    """
    sets = sorted([name for name, rule in native.existing_rules().items() if rule["kind"] == "freestanding_object"])
    _set_flag(
        name = "set",
        build_setting_default = DEFAULT_SET,
        sets = sets,
    )
    native.filegroup(name = "no_custom_set")
    native.label_flag(
        name = "custom",
        build_setting_default = ":no_custom_set",
    )
    _custom(
        name = "custom_state",
        set = ":custom",
        unset = ":no_custom_set",
    )
    native.config_setting(
        name = "custom_is_given",
        flag_values = {":custom_state": "given"},
    )
    for name in sets:
        native.config_setting(
            name = "set_is_" + name,
            flag_values = {":set": name},
        )
    native.alias(
        name = "named",
        actual = select({":set_is_" + name: ":" + name for name in sets}),
    )
    native.alias(
        name = "selected",
        actual = select({
            ":custom_is_given": ":custom",
            "//conditions:default": ":named",
        }),
    )
