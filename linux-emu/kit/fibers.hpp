// SPDX-License-Identifier: GPL-2.0-only
#ifndef GRAFT_LINUX_EMU_KIT_FIBERS_HPP
#define GRAFT_LINUX_EMU_KIT_FIBERS_HPP

#include "glue/world/world.hpp"

namespace graft::lx {

/// Gives every fiber of the world a task, and host threads the host task.
void install_hooks(World& world);
void remove_hooks(World& world);

}  // namespace graft::lx

#endif
