# SPDX-License-Identifier: BSD-2-Clause
"""Compiler flags that several packages share."""

# For what runs once or seldom: attach, scan, the ladder. Images hold it all, so it is made small; tests of the host
# compile it as the rest.
FOR_SIZE = select({
    "@platforms//os:none": ["-Os"],
    "//conditions:default": [],
})
