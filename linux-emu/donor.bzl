# SPDX-License-Identifier: BSD-2-Clause
"""Compiles donor files, and our own C that includes donor headers, for the freestanding platform.

donor_headers makes what the donor's build system would generate; donor_library compiles files with the donor's own
flags. Both follow the variant of //linux-emu/config:variant.
"""

load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

DonorHeadersInfo = provider(fields = {
    "generated": "folder with include/ and include/uapi/ as the donor's build system makes them",
    "headers": "depset of every header a donor may include",
    "root": "path of the donor's sources",
})

DonorInfo = provider(fields = {
    "dependencies": "depset of .d files that say which donor files were read",
    "objects": "depset of objects",
})

# asm/ headers for which the donor's generic version serves.
GENERIC_ASM = [
    "archrandom",
    "auxvec",
    "bitsperlong",
    "bpf_perf_event",
    "bug",
    "bugs",
    "cacheflush",
    "checksum",
    "compat",
    "div64",
    "dma-mapping",
    "early_ioremap",
    "emergency-restart",
    "errno",
    "error-injection",
    "exec",
    "export",
    "extable",
    "fb",
    "fcntl",
    "fixmap",
    "ftrace",
    "futex",
    "hugetlb",
    "hw_irq",
    "ioctl",
    "ioctls",
    "ipcbuf",
    "irq",
    "irq_regs",
    "irq_work",
    "kdebug",
    "kmap_size",
    "kprobes",
    "kvm_para",
    "kvm_types",
    "linkage",
    "local",
    "local64",
    "mcs_spinlock",
    "mman",
    "mmiowb",
    "mmu",
    "module",
    "msgbuf",
    "msi",
    "param",
    "parport",
    "percpu",
    "pgalloc",
    "poll",
    "posix_types",
    "qrwlock",
    "qspinlock",
    "resource",
    "rwonce",
    "seccomp",
    "sections",
    "sembuf",
    "serial",
    "set_memory",
    "setup",
    "shmbuf",
    "shmparam",
    "siginfo",
    "signal",
    "simd",
    "socket",
    "sockios",
    "spinlock",
    "spinlock_types",
    "stat",
    "statfs",
    "swab",
    "switch_to",
    "termbits",
    "termios",
    "tlb",
    "tlbflush",
    "topology",
    "trace_clock",
    "types",
    "uaccess",
    "ucontext",
    "unaligned",
    "user",
    "vermagic",
    "vga",
    "vmlinux.lds",
    "vtime",
    "word-at-a-time",
    "xor",
]

# A wrapper must exist in one of asm/ and uapi/asm/ only as far as the generic header does.
_HEADERS_SCRIPT = """set -eu
out={out}; root={root}; config={config}
mkdir -p $out/include/generated/uapi/linux $out/include/asm $out/include/uapi/asm
for name in {generic}; do
  if test -e $root/include/asm-generic/$name.h; then
    echo "#include <asm-generic/$name.h>" > $out/include/asm/$name.h
  fi
  if test -e $root/include/uapi/asm-generic/$name.h; then
    echo "#include <asm-generic/$name.h>" > $out/include/uapi/asm/$name.h
  fi
done
cp $config $out/include/generated/autoconf.h
hz=$(sed -n 's/^#define CONFIG_HZ //p' $config)
echo "$hz" | bc -q $root/kernel/time/timeconst.bc > $out/include/generated/timeconst.h
read version patchlevel sublevel < $root/version.txt
echo "#define UTS_RELEASE \\"$version.$patchlevel.$sublevel\\"" > $out/include/generated/utsrelease.h
cat > $out/include/generated/uapi/linux/version.h <<END
#define LINUX_VERSION_CODE $((version * 65536 + patchlevel * 256 + (sublevel > 255 ? 255 : sublevel)))
#define KERNEL_VERSION(a,b,c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))
#define LINUX_VERSION_MAJOR $version
#define LINUX_VERSION_PATCHLEVEL $patchlevel
#define LINUX_VERSION_SUBLEVEL $sublevel
END
{gcc} -I$out/include -include $config -o $out/gen_crc32table $root/lib/gen_crc32table.c
$out/gen_crc32table > $out/include/crc32table.h
rm $out/gen_crc32table
touch $out/include/generated/bounds.h
{gcc} {flags} -S -o $out/bounds.s $root/kernel/bounds.c
sed -n 's/^.*->\\([A-Za-z0-9_]*\\) [$#]*\\([^ ]*\\) .*$/#define \\1 \\2/p' $out/bounds.s > $out/include/generated/bounds.h
rm $out/bounds.s
grep -q NR_PAGEFLAGS $out/include/generated/bounds.h
"""

_CODE_GENERATION = [
    "-std=gnu11",
    "-O2",
    "-g1",
    "-fno-pic",
    "-fno-PIE",
    "-mcmodel=kernel",
    "-mno-red-zone",
    "-mgeneral-regs-only",
    "-fno-strict-aliasing",
    "-fno-common",
    "-fshort-wchar",
    "-fno-asynchronous-unwind-tables",
    "-fno-delete-null-pointer-checks",
    "-fno-strict-overflow",
    "-fno-stack-protector",
    "-fcf-protection=none",
    "-ffunction-sections",
    "-fdata-sections",
    "-no-canonical-prefixes",
    "-fno-canonical-system-headers",
]

# For files that no packet and no request runs through.
_FOR_SIZE = [
    "-Os",
    "--param=max-inline-insns-size=0",
]

# What the donor's own build takes as unremarkable in its files. A function without a prototype would silently return
# an int, so that is an error.
_DONOR_WARNINGS = [
    "-Wall",
    "-Werror=implicit-function-declaration",
    "-Werror=implicit-int",
    "-Werror=incompatible-pointer-types",
    "-Werror=int-conversion",
    "-Werror=return-type",
    "-Wno-address-of-packed-member",
    "-Wno-array-bounds",
    "-Wno-format-overflow",
    "-Wno-format-truncation",
    "-Wno-frame-address",
    "-Wno-main",
    "-Wno-maybe-uninitialized",
    "-Wno-pointer-sign",
    "-Wno-stringop-overflow",
    "-Wno-stringop-truncation",
    "-Wno-unused-but-set-variable",
    "-Wno-unused-const-variable",
    "-Wno-unused-function",
]

_OWN_WARNINGS = [
    "-Wall",
    "-Werror",
    "-Wno-pointer-sign",
    "-Wno-address-of-packed-member",
    "-Wno-main",
    "-Wno-frame-address",
    "-Wno-array-bounds",
    "-Wno-stringop-overflow",
]

def _include_flags(root, generated, emulation):
    """Search order of the donor's build: own asm/ first, then what is generated, then the donor's headers."""
    arch = emulation + "/arch/include"
    folders = [
        arch,
        generated + "/include",
        root + "/include",
        arch + "/uapi",
        generated + "/include/uapi",
        generated + "/include/generated/uapi",
        root + "/include/uapi",
        emulation + "/arch/libc",
        root,
        emulation,
        "com",
        ".",
    ]
    flags = ["-nostdinc"] + ["-I" + f for f in folders]
    for name in ("compiler-version", "kconfig", "compiler_types"):
        flags += ["-include", "%s/include/linux/%s.h" % (root, name)]
    return flags + ["-D__KERNEL__"]

def _donor_headers_impl(ctx):
    out = ctx.actions.declare_directory(ctx.label.name)
    root = ctx.file.version.dirname
    own = depset(ctx.files.arch)
    donor = depset(ctx.files.donor)
    flags = _CODE_GENERATION + _include_flags(root, out.path, ctx.label.package) + ["-w"]
    ctx.actions.run_shell(
        outputs = [out],
        inputs = depset([ctx.file.config, ctx.file.version] + ctx.files.sources, transitive = [own, donor]),
        mnemonic = "DonorHeaders",
        use_default_shell_env = True,
        execution_requirements = {"no-sandbox": "1"},
        command = _HEADERS_SCRIPT.format(
            out = out.path,
            gcc = find_cpp_toolchain(ctx).compiler_executable,
            root = root,
            config = ctx.file.config.path,
            generic = " ".join(GENERIC_ASM),
            flags = " ".join(flags),
        ),
    )
    return [
        DefaultInfo(files = depset([out])),
        DonorHeadersInfo(
            generated = out,
            headers = depset([out], transitive = [own, donor]),
            root = root,
        ),
    ]

donor_headers = rule(
    implementation = _donor_headers_impl,
    attrs = {
        "arch": attr.label_list(allow_files = True, doc = "our asm/ headers and the boundary they use"),
        "config": attr.label(allow_single_file = True, mandatory = True, doc = "autoconf.h of the variant"),
        "donor": attr.label_list(allow_files = True, doc = "every donor header"),
        "sources": attr.label_list(allow_files = True, doc = "donor files that headers are generated from"),
        "version": attr.label(allow_single_file = True, mandatory = True),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)

# Tables of device IDs are named after a variable, the same in many drivers; they become lx_ids_<bus>_<driver>.
_DRIVER_SCRIPT = """set -eu
ld -r -T {script} -o {out} {objects}
renames=
for table in $(nm {out} | sed -n 's/.* \\(__mod_.*_device_table\\)$/\\1/p'); do
  bus=${{table#__mod_}}
  bus=${{bus%%__*}}
  case "$renames" in
    *=lx_ids_"$bus"_*) renames="$renames --localize-symbol=$table" ;;
    *) renames="$renames --redefine-sym $table=lx_ids_"$bus"_{driver}" ;;
  esac
done
[ -z "$renames" ] || objcopy $renames {out}
"""

def _relative(file, root):
    """A donor file's path inside the donor's tree, or one of ours inside the repository."""
    path = file.path
    return path[len(root) + 1:] if path.startswith(root + "/") else path

def _compile(ctx, info, source, flags, initcalls):
    relative = _relative(source, info.root)
    stem = "_objects/%s/%s" % (ctx.label.name, relative.rsplit(".", 1)[0])
    object = ctx.actions.declare_file(stem + ".o")
    dependencies = ctx.actions.declare_file(stem + ".d")
    name = relative.rsplit("/", 1)[-1].rsplit(".", 1)[0].replace("-", "_")
    module = ctx.attr.module or name
    arguments = ctx.actions.args()
    arguments.add_all(flags)
    arguments.add("-I" + source.dirname)
    arguments.add("-DKBUILD_BASENAME=\"%s\"" % name)
    arguments.add("-DKBUILD_MODNAME=\"%s\"" % module)
    arguments.add("-DKBUILD_MODFILE=\"%s\"" % module)
    arguments.add("-D__KBUILD_MODNAME=kmod_" + module)
    arguments.add_all(["-MMD", "-MF", dependencies, "-c", "-o", object, source])

    # Initcalls are static functions; those that the emulation calls by name become visible to it.
    calls = " ".join(["--globalize-symbol=" + c for c in initcalls if c])
    ctx.actions.run_shell(
        outputs = [object, dependencies],
        inputs = depset([source] + ctx.files.hdrs + ctx.files.textual_srcs, transitive = [info.headers]),
        arguments = [arguments],
        mnemonic = "DonorCompile",
        use_default_shell_env = True,
        progress_message = "Compiling donor file " + relative,

        # Thousands of headers would be linked into a sandbox for each file; all of them are declared.
        execution_requirements = {"no-sandbox": "1"},
        command = "%s \"$@\"%s" % (
            find_cpp_toolchain(ctx).compiler_executable,
            " && objcopy %s %s" % (calls, object.path) if calls else "",
        ),
    )
    return object, dependencies

def _donor_library_impl(ctx):
    info = ctx.attr.headers[DonorHeadersInfo]
    flags = _CODE_GENERATION + _include_flags(info.root, info.generated.path, ctx.attr.headers.label.package)
    flags += (["-iquote."] + _OWN_WARNINGS if ctx.attr.own else _DONOR_WARNINGS) + ctx.attr.copts
    if ctx.attr.driver:
        symbol = ctx.attr.driver
        flags += ["-DMODULE", "-Dinit_module=lx_init_" + symbol, "-Dcleanup_module=lx_exit_" + symbol]
    objects, dependencies = [], []
    for source in ctx.files.srcs:
        relative = _relative(source, info.root)
        initcalls = ctx.attr.initcalls.get(relative, "").split(" ")
        size = _FOR_SIZE if relative in ctx.attr.cold else []
        object, d = _compile(ctx, info, source, flags + size, initcalls)
        objects.append(object)
        dependencies.append(d)
    if ctx.attr.driver:
        # The parameters of one driver lie between two symbols, so that they can be set driver by driver.
        script = ctx.actions.declare_file(ctx.label.name + ".lds")
        ctx.actions.write(script, """SECTIONS {{
  __param : {{ lx_params_{s}_start = .; KEEP(*(__param)) lx_params_{s}_end = .; }}
}}
""".format(s = ctx.attr.driver))
        driver = ctx.actions.declare_file(ctx.label.name + ".driver.o")
        ctx.actions.run_shell(
            outputs = [driver],
            inputs = objects + [script],
            mnemonic = "DonorDriver",
            use_default_shell_env = True,
            command = _DRIVER_SCRIPT.format(
                script = script.path,
                out = driver.path,
                objects = " ".join([o.path for o in objects]),
                driver = ctx.attr.driver,
            ),
        )
        objects = [driver]
    toolchain = find_cpp_toolchain(ctx)
    features = cc_common.configure_features(ctx = ctx, cc_toolchain = toolchain)
    outputs = cc_common.create_compilation_outputs(objects = depset(objects), pic_objects = depset())
    linking, _ = cc_common.create_linking_context_from_compilation_outputs(
        actions = ctx.actions,
        feature_configuration = features,
        cc_toolchain = toolchain,
        compilation_outputs = outputs,
        name = ctx.label.name,
    )
    merged = cc_common.merge_cc_infos(
        direct_cc_infos = [CcInfo(linking_context = linking)],
        cc_infos = [d[CcInfo] for d in ctx.attr.deps],
    )
    return [
        DefaultInfo(files = depset(objects)),
        DonorInfo(
            dependencies = depset(dependencies, transitive = [d[DonorInfo].dependencies for d in ctx.attr.deps if DonorInfo in d]),
            objects = depset(objects, transitive = [d[DonorInfo].objects for d in ctx.attr.deps if DonorInfo in d]),
        ),
        OutputGroupInfo(dependencies = depset(dependencies)),
        merged,
    ]

_donor_library = rule(
    implementation = _donor_library_impl,
    attrs = {
        "cold": attr.string_list(doc = "those of srcs that no packet and no request runs through: compiled for size"),
        "copts": attr.string_list(),
        "deps": attr.label_list(providers = [CcInfo]),
        "driver": attr.string(doc = "compile as a driver: lx_init_<driver>, lx_exit_<driver>, lx_params_<driver>_start"),
        "hdrs": attr.label_list(allow_files = [".h"]),
        "headers": attr.label(providers = [DonorHeadersInfo], default = "//linux-emu:headers"),
        "initcalls": attr.string_dict(doc = "donor file: static functions in it to make visible to the emulation"),
        "module": attr.string(doc = "KBUILD_MODNAME; default is each file's name"),
        "own": attr.bool(doc = "the files are ours: warnings are errors"),
        "srcs": attr.label_list(allow_files = [".c"], mandatory = True),
        "textual_srcs": attr.label_list(allow_files = [".c"], doc = "files that srcs include"),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)

def donor_library(name, srcs, **kwargs):
    """Compiles donor files for the freestanding platform, with the flags of the donor's own build.

    Args:
      name: of the target; a dep for driver sets.
      srcs: files of @linux by their path in the donor's tree ("net/core/dev.c"), or labels.
      **kwargs: attributes of the rule above, and the common ones.
    """
    _donor_library(
        name = name,
        srcs = [s if s.startswith(("@", ":", "//")) else "@linux//:" + s for s in srcs],
        tags = kwargs.pop("tags", []) + ["manual"],
        target_compatible_with = ["@platforms//os:none"],
        textual_srcs = kwargs.pop("textual_srcs", ["@linux//:included_sources"]),
        visibility = kwargs.pop("visibility", ["//visibility:public"]),
        **kwargs
    )

def emul_library(name, srcs, **kwargs):
    """Compiles our own C files that include donor headers."""
    _donor_library(
        name = name,
        srcs = srcs,
        own = True,
        tags = ["manual"],
        target_compatible_with = ["@platforms//os:none"],
        visibility = kwargs.pop("visibility", ["//visibility:public"]),
        **kwargs
    )

def _donor_stubs_impl(ctx):
    info = ctx.attr.headers[DonorHeadersInfo]
    out = ctx.actions.declare_file(ctx.label.name + ".c")
    prototypes = ctx.actions.declare_file(ctx.label.name + ".prototypes")
    flags = _CODE_GENERATION + _include_flags(info.root, info.generated.path, ctx.attr.headers.label.package) + ["-w"]
    ctx.actions.run_shell(
        outputs = [out, prototypes],
        inputs = depset([ctx.file.functions, ctx.file.includes, ctx.file._tool], transitive = [info.headers]),
        mnemonic = "DonorStubs",
        use_default_shell_env = True,
        execution_requirements = {"no-sandbox": "1"},
        command = "set -e; {gcc} {flags} '-DKBUILD_MODNAME=\"stubs\"' -x c -S -o /dev/null -aux-info {prototypes} {includes} && python3 {tool} {functions} {prototypes} {out}".format(
            gcc = find_cpp_toolchain(ctx).compiler_executable,
            flags = " ".join(flags),
            functions = ctx.file.functions.path,
            includes = ctx.file.includes.path,
            out = out.path,
            prototypes = prototypes.path,
            tool = ctx.file._tool.path,
        ),
    )
    return [DefaultInfo(files = depset([out]))]

donor_stubs = rule(
    implementation = _donor_stubs_impl,
    doc = "Writes a C file with functions that fail and count, with the prototypes of the donor's headers.",
    attrs = {
        "functions": attr.label(allow_single_file = True, mandatory = True),
        "headers": attr.label(providers = [DonorHeadersInfo], default = "//linux-emu:headers"),
        "includes": attr.label(allow_single_file = True, mandatory = True, doc = "header that declares them all"),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
        "_tool": attr.label(allow_single_file = True, default = "//linux-emu:tools/make_stubs.py"),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
