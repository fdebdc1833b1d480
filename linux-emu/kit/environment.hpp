// SPDX-License-Identifier: GPL-2.0-only
/// The Linux environment of the image's world: what connects boundary/ with glue/world.
#ifndef GRAFT_LINUX_EMU_KIT_ENVIRONMENT_HPP
#define GRAFT_LINUX_EMU_KIT_ENVIRONMENT_HPP

#include "glue/registry/driver_entry.h"
#include "glue/world/wait.hpp"
#include "glue/world/world.hpp"

namespace graft::lx {

/// The world that the environment was started in. @context world
World& world();

/// Connects the world's hooks and timers, starts memory and early core; spawns the fiber that runs the donor's
/// initcalls. @context as graft_environment.start
graft_error_t start(World& world);

/// Undoes start(). @context as graft_environment.stop
void stop();

/// Waits until the donor's core is up; what it said. @context fiber  @blocks may
graft_error_t wait_until_ready();

}  // namespace graft::lx

/// The environment that Linux driver entries name.
extern "C" const graft_environment_t graft_environment_linux;

#endif
