// SPDX-License-Identifier: GPL-2.0-only
#include "drivers/linux/virtio_pci/module.hpp"
#include "linux-emu/boundary/virtio.h"

GRAFT_LINUX_MODULE(virtio_blk);

// The transport's table knows every virtio device; these are the block devices (virtio 1.2, section 4.1.2): the
// transitional and the modern id.
static constexpr graft::lx::ExtraId ids[] = {{0x1af4, 0x1001}, {0x1af4, 0x1042}, {0, 0}};
static constinit graft::lx::Module* const modules[] = {&graft::lx::module_block_core, &graft::lx::module_virtio,
                                                       &module_virtio_pci, &module_virtio_blk, nullptr};
static constinit const graft::lx::Driver driver = {modules,        "virtio-pci",         nullptr, ids, false,
                                                   lx_virtio_gone, lx_virtio_blk_abandon};

GRAFT_LINUX_DRIVER(virtio_blk, "linux/virtio-blk", "block", driver);
