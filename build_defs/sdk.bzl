# SPDX-License-Identifier: BSD-2-Clause
"""sdk: one archive with what a kernel that is built elsewhere needs of the kit."""

load(":spdx.bzl", "spdx_manifest")
load(":version.bzl", "VERSION")

def driver_set_list(name):
    """Makes `name`, a filegroup of the objects and SPDX documents of all driver sets that stand above it in the file."""
    sets = [
        label
        for label, rule in native.existing_rules().items()
        if rule["kind"] == "freestanding_object" and not rule.get("testonly")
    ]
    for label in sets:
        spdx_manifest(
            name = label + ".spdx",
            product = "graft-" + label,
            deps = [":" + label],
            tags = ["manual"],
        )
    native.filegroup(
        name = name,
        srcs = sets + [label + ".spdx" for label in sets],
        tags = ["manual"],
    )

def _sdk_impl(ctx):
    out = ctx.actions.declare_file("graft-%s-%s.tar.xz" % (ctx.label.name, VERSION))
    config = ctx.actions.declare_file(ctx.label.name + ".json")
    inputs = {
        "files": ctx.files.files,
        "headers": ctx.files.headers,
        "licences": ctx.files.licences,
        "manifests": ctx.files.manifests,
        "sets": ctx.files.sets,
    }
    ctx.actions.write(config, struct(
        out = out.path,
        version = VERSION,
        **{kind: [f.path for f in files] for kind, files in inputs.items()}
    ).to_json())
    ctx.actions.run(
        executable = ctx.executable._pack,
        arguments = [config.path],
        inputs = [config] + [f for files in inputs.values() for f in files],
        outputs = [out],
        mnemonic = "Sdk",
        progress_message = "Packing %s" % out.short_path,
        use_default_shell_env = True,
    )
    return [DefaultInfo(files = depset([out]), runfiles = ctx.runfiles([out]))]

sdk = rule(
    implementation = _sdk_impl,
    doc = "Packs headers, driver sets, licences and build files: see tools/sdk/pack.py.",
    attrs = {
        "files": attr.label_list(allow_files = True, doc = "what is copied, with @VERSION@ and the like filled in"),
        "headers": attr.label_list(allow_files = True),
        "licences": attr.label_list(allow_files = True, doc = "licence texts, named by their SPDX identifiers"),
        "manifests": attr.label_list(allow_files = True, doc = "of drivers"),
        "sets": attr.label_list(allow_files = True, doc = "driver_set_list targets"),
        "_pack": attr.label(
            default = "//tools/sdk:pack.py",
            allow_single_file = True,
            executable = True,
            cfg = "exec",
        ),
    },
)
