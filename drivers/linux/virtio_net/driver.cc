// SPDX-License-Identifier: GPL-2.0-only
#include "drivers/linux/virtio_pci/module.hpp"
#include "linux-emu/boundary/virtio.h"

GRAFT_LINUX_MODULE(virtio_net);

// Network devices among the transport's ids (virtio 1.2, section 4.1.2): the transitional and the modern one.
static constexpr graft::lx::ExtraId ids[] = {{0x1af4, 0x1000}, {0x1af4, 0x1041}, {0, 0}};
static constinit graft::lx::Module* const modules[] = {&graft::lx::module_net_core, &graft::lx::module_virtio,
                                                       &module_virtio_pci, &module_virtio_net, nullptr};
static constinit const graft::lx::Driver driver = {modules, "virtio-pci", nullptr, ids, false, lx_virtio_gone};

GRAFT_LINUX_DRIVER(virtio_net, "linux/virtio-net", "ethernet", driver);
