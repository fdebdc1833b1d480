// SPDX-License-Identifier: BSD-2-Clause
// Message format: Intel SDM volume 3A (325462-083), section 11.11, "Message Signalled Interrupts".
#include "kernels/support/msi.hpp"

#include <graft/world.h>

#include "kernels/support/cpu.hpp"
#include "kernels/support/interrupts.hpp"
#include "kernels/support/local_apic.hpp"
#include "kernels/support/panic.hpp"

namespace graft::support {
namespace {

constexpr uint64_t kMessageAddress = 0xfee0'0000;

graft_irq_t* g_sources[256];  // by vector

void deliver(void* irq) { graft_world_irq(static_cast<graft_irq_t*>(irq)); }

}  // namespace

graft_error_t allocate_msi(void*, graft_pci_address_t, uint32_t count, graft_irq_t* const* irqs,
                           graft_msi_message_t* out_messages) {
  InterruptsOff guard;
  const uint8_t first = allocate_vectors(count);
  if (first == 0) return GRAFT_E_NOSPC;
  for (uint32_t i = 0; i < count; ++i) {
    g_sources[first + i] = irqs[i];
    set_vector_handler(static_cast<uint8_t>(first + i), deliver, irqs[i]);
    out_messages[i] = {kMessageAddress | uint64_t{local_apic_id()} << 12, first + i, 0};
  }
  return GRAFT_OK;
}

void free_msi(void*, graft_pci_address_t, uint32_t count, graft_irq_t* const* irqs) {
  InterruptsOff guard;
  for (uint32_t i = 0; i < count; ++i) {
    uint32_t vector = 0;
    while (vector < 256 && g_sources[vector] != irqs[i]) ++vector;
    if (vector == 256) panic("msi_free: source %p has no message", static_cast<void*>(irqs[i]));
    g_sources[vector] = nullptr;
    free_vectors(static_cast<uint8_t>(vector), 1);
  }
}

}  // namespace graft::support
