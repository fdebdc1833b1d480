# SPDX-License-Identifier: BSD-2-Clause
"""e2e_test: a Python unittest that boots kernels under QEMU and looks at them from outside."""

load("//build_defs:tree_test.bzl", "tree_test")

def e2e_test(name, src = None, images = {}, size = "medium", timeout = "moderate", tags = [], **kwargs):
    """Runs `src` with the paths of kernel images in its environment.

    Args:
      name: name of the test.
      src: a unittest module; default: <name>.py.
      images: {label of a kernel_image: environment variable}.
      size: as everywhere; nothing but a guest's run decides how long it takes.
      timeout: as everywhere.
      tags: as everywhere.
      **kwargs: handed on to sh_test.
    """
    tree_test(
        name = name,
        src = src,
        size = size,
        timeout = timeout,
        data = images.keys(),
        env = {variable: "$(rootpath %s)" % label for label, variable in images.items()},
        tags = tags,
        **kwargs
    )
