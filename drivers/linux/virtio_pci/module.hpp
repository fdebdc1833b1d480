// SPDX-License-Identifier: GPL-2.0-only
/// The transport that every virtio driver needs.
#ifndef GRAFT_DRIVERS_LINUX_VIRTIO_PCI_MODULE_HPP
#define GRAFT_DRIVERS_LINUX_VIRTIO_PCI_MODULE_HPP

#include "linux-emu/kit/driver.hpp"

extern graft::lx::Module module_virtio_pci;

#endif
