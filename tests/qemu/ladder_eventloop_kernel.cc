// SPDX-License-Identifier: BSD-2-Clause
// The event loop host climbs the ladder, which then polls where it would wait on another host.
#include "kernels/eventloop/host.hpp"
#include "tests/qemu/ladder_climb.hpp"

void host_start() {
  using namespace graft::eventloop;
  exit(graft::test::climb(*osenv(), [](void*) { return take_world_wake(); }));
}
