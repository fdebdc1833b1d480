# SPDX-License-Identifier: BSD-2-Clause
"""External sources taken from files that Debian packages install. Nothing is fetched."""

def _expand(rctx, path):
    """Replaces $SOURCES by the folder in which the setup step keeps downloaded source packages."""
    env = rctx.os.environ
    folder = env.get("GRAFT_SOURCES", env.get("HOME", "/root") + "/.cache/graft/sources")
    return path.replace("$SOURCES", folder)

def _local_archive_impl(rctx):
    archive = rctx.path(_expand(rctx, rctx.attr.path))
    if not archive.exists:
        fail("%s is missing: %s" % (archive, rctx.attr.remedy))
    r = rctx.execute(["sha256sum", str(archive)], quiet = True)
    got = r.stdout[:64]
    if r.return_code or (rctx.attr.sha256 and got != rctx.attr.sha256):
        fail("%s: sha256 is %s, not %s" % (rctx.attr.path, got, rctx.attr.sha256))
    if not rctx.attr.sha256:
        print("%s: sha256 = \"%s\"" % (rctx.attr.path, got))
    rctx.report_progress("unpacking " + rctx.attr.path)
    cmd = ["tar", "--extract", "--file", str(archive), "--no-same-owner", "--strip-components=%d" % rctx.attr.strip_components]
    if rctx.attr.path.endswith(".xz"):
        cmd += ["-I", "xz -T0"]
    if rctx.attr.early_stop:
        cmd.append("--occurrence=1")
    cmd += ["--wildcards", "--no-wildcards-match-slash"]
    cmd += ["--exclude=" + e for e in rctx.attr.excludes]
    r = rctx.execute(cmd + ["--"] + rctx.attr.members, timeout = 1200)
    if r.return_code:
        fail("tar failed: " + r.stderr)
    for path, content in rctx.attr.files.items():
        rctx.file(path, content, executable = False)
    rctx.symlink(rctx.attr.build_file, "BUILD.bazel")
    rctx.file("WORKSPACE", "workspace(name = \"%s\")\n" % rctx.name, executable = False)

local_archive = repository_rule(
    implementation = _local_archive_impl,
    doc = "Unpacks the named members of an archive on this machine.",
    environ = ["GRAFT_SOURCES"],
    attrs = {
        "build_file": attr.label(allow_single_file = True, mandatory = True),
        "early_stop": attr.bool(doc = "members name files only: stop once each was found"),
        "excludes": attr.string_list(),
        "files": attr.string_dict(doc = "path: content, of files to add"),
        "members": attr.string_list(),
        "remedy": attr.string(doc = "the command that brings the archive", mandatory = True),
        "path": attr.string(mandatory = True),
        "sha256": attr.string(),
        "strip_components": attr.int(default = 1),
    },
)

def _system_headers_impl(rctx):
    for d in rctx.attr.entries:
        rctx.symlink(rctx.attr.prefix + "/" + d, "include/" + d)
    rctx.symlink(rctx.attr.build_file, "BUILD.bazel")
    rctx.file("WORKSPACE", "", executable = False)

system_headers = repository_rule(
    implementation = _system_headers_impl,
    local = True,
    attrs = {
        "build_file": attr.label(allow_single_file = True, mandatory = True),
        "entries": attr.string_list(),
        "prefix": attr.string(default = "/usr/include"),
    },
)
