// SPDX-License-Identifier: GPL-2.0-only
#include "linux-emu/kit/driver.hpp"

GRAFT_LINUX_MODULE(nvme_core);
GRAFT_LINUX_MODULE(nvme);
extern "C" const char lx_ids_pci_nvme[];

static constinit graft::lx::Module* const modules[] = {&graft::lx::module_block_core, &module_nvme_core, &module_nvme,
                                                       nullptr};
// Namespaces are found by a worker after the probe.
static constinit const graft::lx::Driver driver = {modules, "nvme", lx_ids_pci_nvme, nullptr, true};

GRAFT_LINUX_DRIVER(nvme, "linux/nvme", "block", driver);
