// SPDX-License-Identifier: GPL-2.0-only
#include "linux-emu/kit/driver.hpp"

GRAFT_LINUX_MODULE(e1000);
extern "C" const char lx_ids_pci_e1000[];

static constinit graft::lx::Module* const modules[] = {&graft::lx::module_net_core, &module_e1000, nullptr};
static constinit const graft::lx::Driver driver = {modules, "e1000", lx_ids_pci_e1000, nullptr, false};

GRAFT_LINUX_DRIVER(e1000, "linux/e1000", "ethernet", driver);
