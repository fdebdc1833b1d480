#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Runs a unittest module of the tree that $1, the WORKSPACE file, really lies in.
root=$(dirname "$(readlink -f "$1")")
export GRAFT_ROOT="$root" PYTHONPATH="$root/tools" PYTHONDONTWRITEBYTECODE=1
exec /usr/bin/python3 "$root/$2"
