// SPDX-License-Identifier: BSD-2-Clause
// Prints a line for each device of the PCI bus, then waits until it is told to end or its time is over.
#include <cstdio>

#include "kernels/threaded/host.hpp"
#include "tests/qemu/kit.hpp"

int host_main() {
  graft_kit_t* kit = graft::test::start_kit();
  printf("%u devices, set %s\n", graft_bus_get_device_count(graft_kit_pci_bus(kit)), graft_kit_set_name());
  graft::threaded::sleep_ns(graft::test::number_option("linger_ms", 0) * 1'000'000);
  return 0;
}
