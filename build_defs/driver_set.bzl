# SPDX-License-Identifier: BSD-2-Clause
"""driver_set: one relocatable object with the kit and a list of drivers, in which only graft_* is visible.

The object is built for the freestanding platform and links into a kernel as well as into a static, non-PIE process at
low addresses. Hosts see it through the headers in //com alone.
"""

load("//build_defs:driver_names.bzl", "absolute_label", "driver_symbol", "drivers_fault")
load("//build_defs:kernel.bzl", "unchosen", "unchosen_transition")
load("//drivers/sets:known.bzl", "DRIVERS")

DriverSetInfo = provider(
    doc = "An object with the kit and a list of drivers.",
    fields = {"drivers": "labels of the drivers, as strings"},
)

def _libraries(target):
    """The archives and objects that a cc_library stands for, each once."""
    seen = {}
    for group in target[CcInfo].linking_context.linker_inputs.to_list():
        for library in group.libraries:
            archive = library.static_library or library.pic_static_library
            if archive:
                seen[archive] = True
            else:
                for object in library.objects:
                    seen[object] = True
    return seen.keys()

def _relocatable_impl(ctx):
    inputs = []
    for dep in ctx.attr.deps:
        inputs += [f for f in _libraries(dep) if f not in inputs]
    out = ctx.actions.declare_file(ctx.label.name + ".o")
    undefined = ctx.actions.declare_file(ctx.label.name + ".undefined.txt")
    stubs = ctx.actions.declare_file(ctx.label.name + ".stubs.txt")
    ctx.actions.run_shell(
        outputs = [out, undefined, stubs],
        inputs = inputs + [ctx.file._allowed, ctx.file._script],
        mnemonic = "DriverSet",
        progress_message = "Linking driver set %s" % ctx.label,
        command = """set -eu
roots=$(nm --defined-only --no-sort {archives} 2>/dev/null | awk '$2 ~ /^[TDRBVW]$/ && $3 ~ /^graft_/ {{ print "--undefined=" $3 }}' | sort -u)
ld -r --gc-sections --force-group-allocation -z noexecstack $roots -o {out}.all --start-group --whole-archive {archives} --no-whole-archive --end-group
readelf --sections --wide {out}.all | sed -n 's/.* \\.text\\.lx_stub\\.\\([A-Za-z0-9_]*\\) .*/\\1/p' | sort > {stubs}
ld -r -T {script} -z noexecstack -o {out} {out}.all
rm {out}.all
objcopy --wildcard --keep-global-symbol='graft_*' --localize-symbol='graft_iid_*' --strip-unneeded-symbol='.L*' {out}
# The linker keeps names that only discarded sections used.
nm --undefined-only {out} | awk '{{ print $2 }}' | sort -u > {undefined}
objcopy --strip-unneeded-symbols={undefined} {out}
nm --undefined-only {out} | awk '{{ print $2 }}' | sort -u > {undefined}
stray=$(readelf --sections --wide {out} | sed -n 's/^ *\\[ *[0-9]*\\] \\([^ ]*\\) .*  *[WXMS]*A[WXMS]*  *[0-9].*/\\1/p' | grep -vxE '\\.(text|rodata|data|bss)' || true)
if [ -n "$stray" ]; then
  echo "{label}: sections that no host's linker script would know; add them to build_defs/relocatable.lds:" $stray >&2
  exit 1
fi
if [ -s {stubs} ]; then
  echo "{label}: $(wc -l < {stubs}) donor functions are reachable that only fail: $(tr '\\n' ' ' < {stubs})"
fi
missing=$(grep -vxF -f {allowed} {undefined} || true)
if [ -n "$missing" ]; then
  echo "{label}: these symbols are used by the kit or its drivers, and nothing in the set defines them:" >&2
  echo "$missing" | sed 's/^/  /' >&2
  exit 1
fi
""".format(
            archives = " ".join([f.path for f in inputs]),
            out = out.path,
            stubs = stubs.path,
            undefined = undefined.path,
            allowed = ctx.file._allowed.path,
            script = ctx.file._script.path,
            label = ctx.label,
        ),
    )
    return [
        DefaultInfo(files = depset([out])),
        OutputGroupInfo(
            stubs = depset([stubs]),
            undefined = depset([undefined]),
        ),
    ]

relocatable = rule(
    implementation = _relocatable_impl,
    doc = "Links cc_libraries and all they depend on into one object with everything local except graft_*.",
    attrs = {
        "deps": attr.label_list(providers = [CcInfo]),
        "_allowed": attr.label(
            allow_single_file = True,
            default = "//build_defs:host_symbols.txt",
        ),
        "_script": attr.label(
            allow_single_file = True,
            default = "//build_defs:relocatable.lds",
        ),
    },
)

def _freestanding_object_impl(ctx):
    source = ctx.attr.object[0][DefaultInfo].files.to_list()[0]
    out = ctx.actions.declare_file(ctx.label.name + ".o")
    ctx.actions.symlink(output = out, target_file = source)
    linking = cc_common.create_linking_context(linker_inputs = depset([cc_common.create_linker_input(
        owner = ctx.label,
        additional_inputs = depset([out]),
        user_link_flags = depset([out.path]),
    )]))
    return [
        DefaultInfo(files = depset([out]), runfiles = ctx.runfiles([out])),
        CcInfo(linking_context = linking),
    ] + ([DriverSetInfo(drivers = ctx.attr.drivers)] if ctx.attr.is_set else [])

freestanding_object = rule(
    implementation = _freestanding_object_impl,
    doc = "A relocatable object built for the freestanding platform, usable as a dep of any cc rule.",
    attrs = {
        "drivers": attr.string_list(doc = "labels of the drivers, for whoever asks what a set holds"),
        "is_set": attr.bool(doc = "whether the object is a driver set"),
        "object": attr.label(cfg = unchosen_transition, mandatory = True),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)

def driver_set(name, drivers, deps = [], allow_empty = False, testonly = False, visibility = ["//visibility:public"]):
    """Makes //...:name, a dep for kernels and host processes that holds the kit with `drivers`.

    Args:
      name: name of the set; graft_kit_set_name() returns it.
      drivers: labels of drivers of //drivers, or of a user's own cc_libraries. Each defines the graft_driver_entry_t
        (see glue/registry/driver_entry.h) graft_driver_<path>, where <path> is the label's package without a leading
        drivers/ and with underscores: //drivers/linux/e1000 defines graft_driver_linux_e1000.
      deps: further libraries to put into the object.
      allow_empty: whether `drivers` may be empty, for a set with nothing but the kit.
      testonly: as everywhere.
      visibility: as everywhere.
    """
    drivers = [absolute_label(label, native.package_name()) for label in drivers]
    fault = drivers_fault(drivers, DRIVERS, allow_empty)
    if fault:
        fail("\ndriver set //%s:%s: %s" % (native.package_name(), name, fault))
    symbols = [driver_symbol(label) for label in drivers]
    native.genrule(
        name = name + "_table",
        outs = [name + "_table.c"],
        cmd = "cat > $@ <<'END'\n" + "\n".join(
            ["#include \"glue/registry/driver_entry.h\""] +
            ["extern const graft_driver_entry_t %s;" % s for s in symbols] +
            ["const graft_driver_entry_t *const graft_set_drivers[] = {%s(void *)0};" % "".join(["&%s, " % s for s in symbols])] +
            ["const char graft_set_name[] = \"%s\";" % name],
        ) + "\nEND",
        testonly = testonly,
    )
    native.cc_library(
        name = name + "_entry",
        srcs = [name + "_table.c"],
        deps = ["//glue/registry:driver_entry"],
        testonly = testonly,
        tags = ["manual"],
        target_compatible_with = ["@platforms//os:none"],
    )
    relocatable(
        name = name + "_relocatable",
        deps = [name + "_entry", "//glue:kit"] + drivers + deps,
        testonly = testonly,
        tags = ["manual"],
        target_compatible_with = ["@platforms//os:none"],
    )
    unchosen(
        name = name + "_unchosen",
        tags = ["manual"],
        targets = [name + "_relocatable"],
        testonly = testonly,
    )
    freestanding_object(
        name = name,
        drivers = drivers,
        is_set = True,
        object = name + "_unchosen",
        testonly = testonly,
        visibility = visibility,
    )
