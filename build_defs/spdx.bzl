# SPDX-License-Identifier: BSD-2-Clause
"""spdx_manifest: what an image or a driver set is made of, and under which licences, as an SPDX document.

The parts are found by walking the build graph, so a part that is linked cannot be missing; one whose licence is not in
the table below fails the build.
"""

# Where a target comes from, by the longest matching prefix: name, licence, what must be said of it.
_PARTS = {
    "//com": ("graft-com", "BSD-2-Clause"),
    "//drivers/bsd": ("graft-drivers-bsd", "BSD-2-Clause"),
    "//drivers/linux": ("graft-drivers-linux", "GPL-2.0-only"),
    "//drivers/native": ("graft-drivers-native", "BSD-2-Clause"),
    "//drivers/sets": ("graft-driver-sets", "BSD-2-Clause"),
    "//examples": ("graft-examples", "BSD-2-Clause"),
    "//glue": ("graft-glue", "BSD-2-Clause"),
    "//kernels": ("graft-kernels", "BSD-2-Clause"),
    "//linux-emu": ("graft-linux-emu", "GPL-2.0-only"),
    "//tests": ("graft-tests", "BSD-2-Clause"),
    "//third_party/lwip": ("graft-lwip-port", "BSD-2-Clause"),
    "@boost//": ("boost", "BSL-1.0"),
    "@googletest//": ("googletest", "BSD-3-Clause"),
    "@linux//": ("linux", "GPL-2.0-only"),
    "@lwip//": ("lwip", "BSD-3-Clause"),
    "@pciutils//": ("pciutils-libpci", "GPL-2.0-or-later"),
}

# Tools and settings: nothing of them is in the product.
_IGNORED = ["//build_defs", "//platforms", "//toolchains", "@bazel_tools//", "@platforms//", "@local_config_cc//", "@rules_cc//", "//linux-emu/config"]

SpdxInfo = provider(fields = {"parts": "depset of (name, licence)"})

def _place(label):
    repository = label.workspace_name
    return ("@%s//%s" if repository and repository != "graft" else "%s//%s") % (
        repository if repository != "graft" else "",
        label.package,
    )

def _part(label):
    place = _place(label)
    for prefix in _IGNORED:
        if place == prefix or place.startswith(prefix + "/") or (prefix.endswith("//") and place.startswith(prefix)):
            return None
    best = ""
    for prefix in _PARTS:
        if (place == prefix or place.startswith(prefix + "/") or (prefix.endswith("//") and place.startswith(prefix))) and len(prefix) > len(best):
            best = prefix
    if not best:
        fail("build_defs/spdx.bzl does not know the licence of %s" % label)
    return _PARTS[best]

_FOLLOW = ["deps", "srcs", "object", "targets", "binary", "headers", "implementation_deps"]

def _aspect_impl(target, ctx):
    below = []
    for name in _FOLLOW:
        value = getattr(ctx.rule.attr, name, None)
        for dep in (value if type(value) == "list" else [value] if value else []):
            if type(dep) == "Target" and SpdxInfo in dep:
                below.append(dep[SpdxInfo].parts)
    own = _part(target.label)
    sources = []
    for dep in getattr(ctx.rule.attr, "srcs", []) if type(getattr(ctx.rule.attr, "srcs", [])) == "list" else []:
        if type(dep) == "Target" and SpdxInfo not in dep:
            part = _part(dep.label)
            if part:
                sources.append(part)
    return [SpdxInfo(parts = depset(([own] if own else []) + sources, transitive = below))]

spdx_aspect = aspect(
    implementation = _aspect_impl,
    attr_aspects = _FOLLOW,
)

def _combined(licences):
    """The licence of the whole: BSD and Boost terms are met by the notice, GPL parts decide."""
    if "GPL-2.0-only" in licences:
        return "GPL-2.0-only"
    if "GPL-2.0-or-later" in licences:
        return "GPL-2.0-or-later"
    return " AND ".join(sorted(licences))

def _manifest_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name)
    parts = sorted(depset(transitive = [d[SpdxInfo].parts for d in ctx.attr.deps]).to_list())
    licences = {licence: True for _, licence in parts}.keys()
    lines = [
        "SPDXVersion: SPDX-2.3",
        "DataLicense: CC0-1.0",
        "SPDXID: SPDXRef-DOCUMENT",
        "DocumentName: " + ctx.attr.product,
        "DocumentNamespace: urn:graft:" + ctx.attr.product,
        "Creator: Tool: graft-build",
        "Created: 1980-01-01T00:00:00Z",
        "",
        "PackageName: " + ctx.attr.product,
        "SPDXID: SPDXRef-product",
        "PackageDownloadLocation: NOASSERTION",
        "FilesAnalyzed: false",
        "PackageLicenseConcluded: " + _combined(licences),
        "Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-product",
    ]
    for name, licence in parts:
        lines += [
            "",
            "PackageName: " + name,
            "SPDXID: SPDXRef-" + name,
            "PackageDownloadLocation: NOASSERTION",
            "FilesAnalyzed: false",
            "PackageLicenseConcluded: " + licence,
            "Relationship: SPDXRef-product CONTAINS SPDXRef-" + name,
        ]
    ctx.actions.write(out, "\n".join(lines) + "\n")
    return [DefaultInfo(files = depset([out]), runfiles = ctx.runfiles([out]))]

spdx_manifest = rule(
    implementation = _manifest_impl,
    doc = "Writes the SPDX document (tag-value) of what `deps` link.",
    attrs = {
        "deps": attr.label_list(aspects = [spdx_aspect], mandatory = True),
        "product": attr.string(mandatory = True, doc = "name of the whole"),
    },
)
