// SPDX-License-Identifier: GPL-2.0-only
#include "linux-emu/boundary/driver.h"

// A function of a donor file, see INITCALLS in core.bzl.
int virtio_init(void);

int lx_virtio_core_start(void) { return virtio_init(); }
