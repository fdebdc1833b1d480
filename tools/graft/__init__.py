# SPDX-License-Identifier: BSD-2-Clause
"""The graft command: sets up the machine, builds, tests, runs, lists and measures."""
