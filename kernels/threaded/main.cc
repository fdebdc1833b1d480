// SPDX-License-Identifier: BSD-2-Clause
// From the machine support's entry to host_main() in a thread.
#include "kernels/support/start.hpp"
#include "kernels/threaded/host.hpp"

int kernel_main() {
  using namespace graft::threaded;
  start_scheduler([](void*) { exit(host_main() == 0); }, kNormalPriority);
}
