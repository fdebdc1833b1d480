// SPDX-License-Identifier: BSD-2-Clause
// The threaded host climbs the ladder.
#include "kernels/threaded/host.hpp"
#include "tests/qemu/ladder_climb.hpp"

int host_main() { return graft::test::climb(*graft::threaded::osenv()) ? 0 : 1; }
