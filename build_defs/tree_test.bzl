# SPDX-License-Identifier: BSD-2-Clause
"""tree_test: a Python unittest that looks at the repository's own tree, not at declared inputs."""

def tree_test(name, src = None, data = [], tags = [], **kwargs):
    """Runs `src` with the system's Python. The tree is no declared input, so the test runs afresh every time.

    Args:
      name: name of the test.
      src: a unittest module; default: <name>.py. It finds the tree through tools/testing/cases.py.
      data: labels whose outputs the test reads.
      tags: as everywhere.
      **kwargs: handed on to sh_test.
    """
    native.sh_test(
        name = name,
        srcs = ["//tools/testing:run_tree_test.sh"],
        args = ["$(rootpath //:WORKSPACE)", native.package_name() + "/" + (src or name + ".py")],
        data = [src or name + ".py", "//:WORKSPACE"] + data,
        tags = tags + ["external", "no-asan", "no-sandbox"],
        **kwargs
    )
