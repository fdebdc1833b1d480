// SPDX-License-Identifier: GPL-2.0-only
#ifndef GRAFT_LINUX_EMU_KIT_REGISTERS_HPP
#define GRAFT_LINUX_EMU_KIT_REGISTERS_HPP

#include "glue/world/world.hpp"

namespace graft::lx {

/// Forgets windows of an earlier world and looks whether the host maps memory for devices.
void start_registers(World& world);

class Instance;

/// Has windows that a driver left mapped belong to nobody. @context world
void disown_windows(const Instance* instance);

/// Windows of memory that donors have mapped now. @context world
uint32_t register_windows();
/// Windows of I/O ports that the host gave access to. @context world
uint32_t port_windows();

}  // namespace graft::lx

#endif
