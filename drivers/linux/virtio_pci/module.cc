// SPDX-License-Identifier: GPL-2.0-only
#include "drivers/linux/virtio_pci/module.hpp"

GRAFT_LINUX_MODULE(virtio_pci);
