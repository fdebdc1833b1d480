# SPDX-License-Identifier: BSD-2-Clause
"""kernel_image: a cc_binary built for the freestanding platform. qemu_test: boots one and judges the run."""

load("@rules_cc//cc:defs.bzl", "cc_binary")
load(":driver_names.bzl", "UNCHOSEN_SET")
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

# What does not depend on the choice of a driver set is built as if none were chosen, so that another choice costs a link.
# Bazel 4 names output folders by a hash of the settings that it makes before it drops those at their default; it makes the
# hash again when a later transition changes an option. That is what the mark, which freestanding_settings removes, is for.
_unchosen_settings = dict(UNCHOSEN_SET)
_unchosen_settings["//command_line_option:cxxopt"] = ["-DGRAFT_UNCHOSEN"]

def _unchosen_settings_impl(settings, attr):
    return _unchosen_settings

unchosen_transition = transition(
    implementation = _unchosen_settings_impl,
    inputs = [],
    outputs = _unchosen_settings.keys(),
)

def _unchosen_impl(ctx):
    files = depset(transitive = [target[DefaultInfo].files for target in ctx.attr.targets])
    return [
        DefaultInfo(files = files),
        cc_common.merge_cc_infos(cc_infos = [target[CcInfo] for target in ctx.attr.targets if CcInfo in target]),
    ]

unchosen = rule(
    implementation = _unchosen_impl,
    doc = "Stands for targets of the freestanding platform; who depends on it does so through unchosen_transition.",
    attrs = {
        "targets": attr.label_list(cfg = freestanding_transition),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)

def _unchosen_deps_impl(ctx):
    return [ctx.attr.deps[0][CcInfo]]

_unchosen_deps = rule(
    implementation = _unchosen_deps_impl,
    attrs = {
        "deps": attr.label(cfg = unchosen_transition, providers = [CcInfo]),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
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

def kernel_image(
        name,
        srcs = [],
        deps = [],
        driver_set = None,
        linker_script = "//kernels/support:kernel.ld",
        visibility = None,
        **kwargs):
    """Links srcs and deps, with the boot code, into the bootable ELF file `name`, and writes `name`.spdx for it.

    Args:
      name: the image.
      srcs: as for a cc_binary.
      deps: as for a cc_binary; a driver set may stand here too, if it is always the same.
      driver_set: the set to link, usually //drivers/sets:selected, which the command line chooses.
      linker_script: where sections go.
      visibility: as everywhere.
      **kwargs: handed on to the cc_binary.
    """
    deps = deps + ["//kernels/support:boot"]
    if driver_set:
        unchosen(
            name = name + ".unchosen",
            tags = ["manual"],
            targets = deps,
            testonly = kwargs.get("testonly", False),
            visibility = ["//visibility:private"],
        )
        _unchosen_deps(
            name = name + ".deps",
            tags = ["manual"],
            testonly = kwargs.get("testonly", False),
            visibility = ["//visibility:private"],
            deps = name + ".unchosen",
        )
        deps = [name + ".deps", driver_set]
    binary = name + ".bin"
    cc_binary(
        name = binary,
        srcs = srcs,
        deps = deps + [linker_script],
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
