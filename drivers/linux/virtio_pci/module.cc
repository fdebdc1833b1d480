// SPDX-License-Identifier: GPL-2.0-only
#include "drivers/linux/virtio_pci/module.hpp"

#include "linux-emu/boundary/driver.h"

constinit graft::lx::Module graft::lx::module_virtio = {"virtio", lx_virtio_core_start, nullptr, nullptr};

GRAFT_LINUX_MODULE(virtio_pci);
