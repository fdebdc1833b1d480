// SPDX-License-Identifier: GPL-2.0-only
#ifndef GRAFT_LINUX_EMU_KIT_REGISTERS_HPP
#define GRAFT_LINUX_EMU_KIT_REGISTERS_HPP

#include "glue/world/world.hpp"

namespace graft::lx {

/// Forgets windows of an earlier world and looks whether the host maps memory for devices.
void start_registers(World& world);

}  // namespace graft::lx

#endif
