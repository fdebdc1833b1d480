#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Makes config/<variant>/autoconf.h from config/*.config with the donor's own Kconfig, so that it is consistent.
# --check compares instead of writing. Needs flex, bison and bc, which a build does not.
set -eu
emulation=$(cd "$(dirname "$0")/.." && pwd)
archive=${GRAFT_LINUX_SOURCE:-/usr/src/linux-source-6.1.tar.xz}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -C "$work" -xf "$archive" --strip-components=1 --use-compress-program='xz -T0' --wildcards \
  '*/Kconfig*' '*/Makefile*' '*/scripts/*' '*/Kbuild*'
mkdir -p "$work/arch/graft"
cp -r "$emulation"/config/kconfig/. "$work/arch/graft"
touch "$work/arch/graft/Kconfig.debug"

status=0
for variant in release debug; do
  cat "$emulation/config/release.config" > "$work/choices"
  [ $variant = release ] || cat "$emulation/config/$variant.config" >> "$work/choices"
  make -s -C "$work" ARCH=graft O="$work/out" KCONFIG_ALLCONFIG="$work/choices" allnoconfig > /dev/null
  make -s -C "$work" ARCH=graft O="$work/out" syncconfig > /dev/null
  while IFS='=' read -r name value; do
    case "$name" in CONFIG_*) ;; *) continue ;; esac
    if [ "$value" = n ]; then
      ! grep -q "^$name=" "$work/out/.config" || { echo "$variant: Kconfig sets $name, which we do not want" >&2; status=1; }
    else
      grep -q "^$name=$value$" "$work/out/.config" || { echo "$variant: Kconfig refuses $name=$value" >&2; status=1; }
    fi
  done < "$work/choices"
  made="$work/out/include/generated/autoconf.h"
  kept="$emulation/config/$variant/autoconf.h"
  # The header names the donor's release in a comment, and the compiler's and Debian's details, which nothing uses.
  { echo "/* SPDX-License-Identifier: GPL-2.0-only */"
    echo "/* Made by tools/configure.sh; an edit belongs into config/$variant.config. */"
    grep '^#define' "$made" | grep -vE 'CONFIG_(CC_VERSION_TEXT|BUILD_SALT|LSM|DEFAULT_HOSTNAME)' | LC_ALL=C sort; } > "$work/autoconf.h"
  if [ "${1:-}" = --check ]; then
    diff -u "$kept" "$work/autoconf.h" || status=1
  else
    cp "$work/autoconf.h" "$kept"
  fi
done
exit $status
