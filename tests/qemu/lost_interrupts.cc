// SPDX-License-Identifier: BSD-2-Clause
// A host whose interrupts never arrive: "lost=messages" has devices write their messages to memory, "lost=line" claims
// lines without connecting them. A read waits; the kit says in the log what to look at.
#include <cstdio>
#include <graft/blkio.hpp>

#include "kernels/threaded/host.hpp"
#include "tests/qemu/kit.hpp"

namespace {

graft_osenv_t broken;
graft_osenv_t right;

graft_error_t send_messages_to_memory(void* host, graft_pci_address_t function, uint32_t count,
                                      graft_irq_t* const* irqs, graft_msi_message_t* out_messages) {
  static void* page = nullptr;
  graft_error_t error = right.msi_alloc(host, function, count, irqs, out_messages);
  if (error == GRAFT_OK && page == nullptr) error = right.page_alloc(host, 1, 1, UINT32_MAX, &page);
  if (error != GRAFT_OK) return error;
  const uint64_t phys =
      right.mem_window.phys + static_cast<uint64_t>(static_cast<char*>(page) - static_cast<char*>(right.mem_window.va));
  for (uint32_t i = 0; i < count; ++i) out_messages[i].address = phys;
  return GRAFT_OK;
}

void read_a_block(void* disk) {
  alignas(512) static unsigned char block[512];
  (void)graft_blkio_read(static_cast<graft_blkio_t*>(disk), block, 0, sizeof block);
  printf("the read ended\n");
}

}  // namespace

int host_main() {
  constexpr uint64_t kWaitNs = 9'000'000'000;
  right = broken = *graft::threaded::osenv();
  if (graft::threaded::option("lost") == "messages") {
    broken.msi_alloc = send_messages_to_memory;
  } else {
    broken.irq_claim = [](void*, uint32_t, graft_irq_t*) { return GRAFT_OK; };
    broken.irq_release = [](void*, uint32_t, graft_irq_t*) {};
    broken.irq_mask = [](void*, uint32_t) {};
    broken.irq_unmask = [](void*, uint32_t) {};
  }
  graft_kit_t* kit = graft::test::start_kit(nullptr, &broken);
  const auto disk = graft::test::find<graft_blkio_t>(kit);
  if (!disk) return 1;
  graft::threaded::create_thread("reader", graft::threaded::kServicePriority - 1, read_a_block, disk.get());
  graft::threaded::sleep_ns(kWaitNs);
  return 0;
}
