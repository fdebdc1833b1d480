// SPDX-License-Identifier: BSD-2-Clause
// The registry's part for an image without one: no device is ever attached, so none goes away.
#include "glue/registry/driver_entry.h"

extern "C" void graft_attachment_gone(graft_attachment_t*) {}
