# SPDX-License-Identifier: BSD-2-Clause
"""@linux: the donor's sources, unpacked from Debian's source package. An edit of this file unpacks them again."""

_BUILD = """# Files only: what is compiled of them, and how, is said in //linux-emu and //drivers/linux.
package(default_visibility = ["//visibility:public"])

exports_files(glob(["**/*.c", "**/*.bc"]) + ["COPYING", "version.txt"])

filegroup(
    name = "headers",
    srcs = glob(["**/*.h"]),
)

# Donor files that other donor files include although they are named .c.
filegroup(
    name = "included_sources",
    srcs = glob([%s]),
)
"""

_DRIFT = """the donor's files are not those that the emulation was tested with. Changed or missing:
{files}
Debian has updated {package}. To build with the new files anyway, set GRAFT_DONOR_DRIFT=accept in the environment;
linux-emu/tools/donor_files.py records the new checksums after the tests have passed.
"""

def _version(rctx):
    fields = {}
    for line in rctx.read("Makefile").splitlines():
        for key in ("VERSION", "PATCHLEVEL", "SUBLEVEL"):
            if line.startswith(key + " = "):
                fields[key] = line.split(" = ")[1].strip()
    return "%s %s %s\n" % (fields["VERSION"], fields["PATCHLEVEL"], fields["SUBLEVEL"])

def _linux_source_impl(rctx):
    archive = rctx.path(rctx.os.environ.get("GRAFT_LINUX_SOURCE", rctx.attr.path))
    if not archive.exists:
        fail("%s is missing: apt-get install %s" % (archive, rctx.attr.package))
    rctx.report_progress("unpacking " + str(archive))
    top = rctx.attr.package + "/"
    result = rctx.execute([
        "tar",
        "--extract",
        "--file=" + str(archive),
        "--use-compress-program=xz -T0",
        "--no-same-owner",
        "--strip-components=1",
        "--wildcards",
        "--no-wildcards-match-slash",
    ] + ["--exclude=" + top + e for e in rctx.attr.excludes] + ["--"] + [top + m for m in rctx.attr.members], timeout = 1200)
    if result.return_code:
        fail("%s: tar failed: %s" % (archive, result.stderr))
    checksums = rctx.path(rctx.attr.checksums)
    result = rctx.execute(["sha256sum", "--check", "--strict", "--quiet", str(checksums)])
    if result.return_code:
        files = [line.split(":")[0] for line in result.stdout.splitlines() if ": FAILED" in line]
        text = _DRIFT.format(files = "\n".join(["  " + f for f in files]) or result.stderr, package = rctx.attr.package)
        if rctx.os.environ.get("GRAFT_DONOR_DRIFT") != "accept":
            fail(text)
        print(text)
    rctx.file("version.txt", _version(rctx), executable = False)
    rctx.file("BUILD.bazel", _BUILD % ", ".join(["\"%s\"" % s for s in rctx.attr.included_sources]), executable = False)
    rctx.file("WORKSPACE", "workspace(name = \"%s\")\n" % rctx.name, executable = False)

linux_source = repository_rule(
    implementation = _linux_source_impl,
    environ = ["GRAFT_DONOR_DRIFT", "GRAFT_LINUX_SOURCE"],
    attrs = {
        "checksums": attr.label(allow_single_file = True, mandatory = True, doc = "sha256sum list of the files used"),
        "excludes": attr.string_list(),
        "included_sources": attr.string_list(doc = ".c files that are only included by others"),
        "members": attr.string_list(mandatory = True, doc = "files, folders and patterns to unpack"),
        "package": attr.string(mandatory = True),
        "path": attr.string(mandatory = True),
    },
)
