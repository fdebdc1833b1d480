// SPDX-License-Identifier: GPL-2.0-only
#include "linux-emu/boundary/driver.h"
#include "linux-emu/kit/driver.hpp"

constinit graft::lx::Module graft::lx::module_block_core = {"block", lx_block_core_start, nullptr, nullptr};
