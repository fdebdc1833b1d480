// SPDX-License-Identifier: GPL-2.0-only
#include "linux-emu/boundary/driver.h"
#include "linux-emu/kit/driver.hpp"

constinit graft::lx::Module graft::lx::module_net_core = {"net", lx_net_core_start, nullptr, nullptr};
