# SPDX-License-Identifier: BSD-2-Clause
"""The Linux environment's own tests as one object, in one variant of the environment."""

load("//build_defs:driver_set.bzl", "relocatable")
load("//build_defs:kernel.bzl", "freestanding_settings")

_VARIANT = "//linux-emu/config:variant"

def _variant_impl(settings, attr):
    result = dict(freestanding_settings)
    result[_VARIANT] = attr.variant
    return result

_variant_transition = transition(
    implementation = _variant_impl,
    inputs = [],
    outputs = freestanding_settings.keys() + [_VARIANT],
)

def _emu_object_impl(ctx):
    source = ctx.attr.object[0][DefaultInfo].files.to_list()[0]
    out = ctx.actions.declare_file(ctx.label.name + ".o")
    ctx.actions.symlink(output = out, target_file = source)
    linking = cc_common.create_linking_context(linker_inputs = depset([cc_common.create_linker_input(
        owner = ctx.label,
        additional_inputs = depset([out]),
        user_link_flags = depset([out.path]),
    )]))
    return [
        DefaultInfo(files = depset([out])),
        CcInfo(linking_context = linking),
    ]

_emu_object = rule(
    implementation = _emu_object_impl,
    attrs = {
        "object": attr.label(cfg = _variant_transition, mandatory = True),
        "variant": attr.string(mandatory = True),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)

def emu_object(name, object, variant, **kwargs):
    """The relocatable object `object`, built in a variant of the environment, as a dep of any cc rule."""
    _emu_object(
        name = name,
        object = object,
        variant = variant,
        **kwargs
    )
