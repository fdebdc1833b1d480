// SPDX-License-Identifier: BSD-2-Clause
/// A host on this machine climbs the ladder, with QEMU's educational device for interrupts.
#ifndef GRAFT_TESTS_QEMU_LADDER_CLIMB_HPP
#define GRAFT_TESTS_QEMU_LADDER_CLIMB_HPP

#include <graft/osenv.h>

namespace graft::test {

/// Prints a line for each rung; true if nothing is broken. `was_woken` as in graft_ladder_options_t. @context thread
bool climb(const graft_osenv_t& env, bool (*was_woken)(void* arg) = nullptr);

}  // namespace graft::test

#endif
