# SPDX-License-Identifier: BSD-2-Clause
"""The kit's version, the one place that names it. Until 1.0 a new minor version may change interfaces."""

VERSION = "0.1.0"
