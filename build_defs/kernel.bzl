# SPDX-License-Identifier: BSD-2-Clause
"""kernel_image: a cc_binary built for the freestanding platform. qemu_test: boots one and judges the run."""

load("@rules_cc//cc:defs.bzl", "cc_binary")
load(":spdx.bzl", "spdx_manifest")

freestanding_settings = {
    "//command_line_option:platforms": str(Label("//platforms:x86_64-none")),
    # One mode for every image, so that figures and symbol lists never depend on a command line.
    "//command_line_option:compilation_mode": "opt",
    # Host-only flags (sanitizers, coverage) must not reach the kernel.
    "//command_line_option:copt": [],
    "//command_line_option:cxxopt": [],
    "//command_line_option:conlyopt": [],
    "//command_line_option:linkopt": [],
    "//command_line_option:features": [],
    "//command_line_option:per_file_copt": [],
    "//command_line_option:platform_suffix": "",
    "//command_line_option:collect_code_coverage": False,
}

def _freestanding_impl(settings, attr):
    return freestanding_settings

freestanding_transition = transition(
    implementation = _freestanding_impl,
    inputs = [],
    outputs = freestanding_settings.keys(),
)

def _kernel_image_impl(ctx):
    out = ctx.actions.declare_file(ctx.attr.name)
    src = ctx.attr.binary[0][DefaultInfo].files_to_run.executable
    ctx.actions.symlink(output = out, target_file = src, is_executable = True)
    return [DefaultInfo(files = depset([out]), runfiles = ctx.runfiles([out]), executable = out)]

_kernel_image = rule(
    implementation = _kernel_image_impl,
    executable = True,
    attrs = {
        "binary": attr.label(cfg = freestanding_transition, mandatory = True),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)

def kernel_image(name, srcs = [], deps = [], linker_script = "//kernels/support:kernel.ld", visibility = None, **kwargs):
    """Links srcs and deps, with the boot code, into the bootable ELF file `name`, and writes `name`.spdx for it."""
    binary = name + ".bin"
    cc_binary(
        name = binary,
        srcs = srcs,
        deps = deps + ["//kernels/support:boot", linker_script],
        linkopts = ["-Wl,-T,$(location %s)" % linker_script],
        linkstatic = True,
        tags = ["manual"],
        target_compatible_with = ["@platforms//os:none"],
        visibility = ["//visibility:private"],
        **kwargs
    )
    _kernel_image(
        name = name,
        binary = ":" + binary,
        visibility = visibility,
    )
    spdx_manifest(
        name = name + ".spdx",
        product = name,
        deps = [":" + name],
        tags = ["manual"],
        visibility = visibility,
    )

def _qemu_test_impl(ctx):
    timeout_s = {"short": 60, "moderate": 300, "long": 900, "eternal": 3600}[ctx.attr.timeout]
    kernel = ctx.executable.kernel
    config = ctx.actions.declare_file(ctx.label.name + ".json")
    ctx.actions.write(config, struct(
        cases = ctx.attr.cases,
        command_line = [ctx.expand_location(a, ctx.attr.data) for a in ctx.attr.command_line],
        expect = ctx.attr.expect,
        expected_status = ctx.attr.expected_status,
        kernel = kernel.short_path,
        machine = ctx.attr.machine,
        memory = ctx.attr.memory,
        qemu = ctx.attr.qemu,
        qemu_args = [ctx.expand_location(a, ctx.attr.data) for a in ctx.attr.qemu_args],
        reject = ctx.attr.reject,
        # QEMU is stopped, and its output shown, before the test itself is.
        timeout_s = timeout_s * 9 // 10,
    ).to_json())
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    ctx.actions.write(script, is_executable = True, content = "#!/bin/sh\nexec %s %s\n" % (
        ctx.executable._runner.short_path,
        config.short_path,
    ))
    runfiles = ctx.runfiles(files = [kernel, config, ctx.executable._runner] + ctx.files.data)
    return [DefaultInfo(executable = script, runfiles = runfiles)]

qemu_test = rule(
    implementation = _qemu_test_impl,
    doc = "Boots a kernel_image and judges its run: see qemu_test.py.",
    test = True,
    attrs = {
        "cases": attr.string_list(doc = "names that must appear as PASS lines; a FAIL line always fails the test"),
        "command_line": attr.string_list(doc = "words of the kernel's command line"),
        "data": attr.label_list(allow_files = True),
        "expect": attr.string_list(doc = "regular expressions, each of which a line must match"),
        "expected_status": attr.int(default = 33, doc = "QEMU's exit status: 33 passed, 65 failed; 0 never means success"),
        "kernel": attr.label(executable = True, cfg = "target", mandatory = True),
        "machine": attr.string(default = "q35"),
        "memory": attr.string(default = "128M"),
        "qemu": attr.string(default = "/usr/bin/qemu-system-x86_64"),
        "qemu_args": attr.string_list(),
        "reject": attr.string_list(doc = "regular expressions that no line may match"),
        "_runner": attr.label(
            default = "//build_defs:qemu_test.py",
            allow_single_file = True,
            executable = True,
            cfg = "exec",
        ),
    },
)
