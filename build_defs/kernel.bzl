# SPDX-License-Identifier: BSD-2-Clause
"""kernel_image: a cc_binary built for the freestanding platform. qemu_test: boots one."""

load("@rules_cc//cc:defs.bzl", "cc_binary")

_RESET = {
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
    return _RESET

freestanding_transition = transition(
    implementation = _freestanding_impl,
    inputs = [],
    outputs = _RESET.keys(),
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
    """Links srcs and deps, with the boot code, into the bootable ELF file `name`."""
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

def _qemu_test_impl(ctx):
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    ctx.actions.write(script, is_executable = True, content = """#!/bin/bash
set -u
log="${{TEST_UNDECLARED_OUTPUTS_DIR:-.}}/serial.log"
{qemu} -accel tcg -M {machine} -m {memory} -display none -nodefaults -no-user-config -no-reboot \\
  -serial "file:$log" -monitor none -device isa-debug-exit,iobase=0xf4,iosize=0x04 \\
  {args} -kernel {kernel} -append "${{TESTBRIDGE_TEST_ONLY:-}}" </dev/null
rc=$?
cat "$log"
[ $rc -eq 33 ] || {{ echo "qemu exit status $rc, not 33" >&2; exit 1; }}
""".format(
        qemu = ctx.attr.qemu,
        machine = ctx.attr.machine,
        memory = ctx.attr.memory,
        args = " ".join(ctx.attr.qemu_args),
        kernel = ctx.executable.kernel.short_path,
    ))
    return [DefaultInfo(executable = script, runfiles = ctx.runfiles([ctx.executable.kernel]))]

qemu_test = rule(
    implementation = _qemu_test_impl,
    test = True,
    attrs = {
        "kernel": attr.label(executable = True, cfg = "target", mandatory = True),
        "machine": attr.string(default = "q35"),
        "memory": attr.string(default = "128"),
        "qemu": attr.string(default = "/usr/bin/qemu-system-x86_64"),
        "qemu_args": attr.string_list(),
    },
)
