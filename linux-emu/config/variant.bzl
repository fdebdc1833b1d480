# SPDX-License-Identifier: BSD-2-Clause
"""The build setting that selects how donors are configured."""

def _variant_impl(ctx):
    value = ctx.build_setting_value
    if value not in ctx.attr.values:
        fail("%s is not a variant of the Linux environment; there are: %s" % (value, ", ".join(ctx.attr.values)))
    return []

variant_flag = rule(
    implementation = _variant_impl,
    attrs = {"values": attr.string_list()},
    build_setting = config.string(flag = True),
)
