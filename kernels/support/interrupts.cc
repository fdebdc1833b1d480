// SPDX-License-Identifier: BSD-2-Clause
#include "kernels/support/interrupts.hpp"

#include "kernels/support/cpu.hpp"
#include "kernels/support/entropy.hpp"
#include "kernels/support/fault.hpp"
#include "kernels/support/local_apic.hpp"
#include "kernels/support/panic.hpp"

namespace graft::support {
namespace {

struct Vector {
  InterruptHandler handler;
  void* context;
  bool reserved;
};

// 0x20..0x2f stay free for stray interrupts of the disabled 8259s, 0xf0.. for the local APIC.
constexpr size_t kFirstDeviceVector = 0x30;
constexpr size_t kDeviceVectorsEnd = 0xf0;

Vector g_vectors[256];
void (*g_exit_hook)();
bool g_at_interrupt_level;
InterruptStats g_stats;

bool is_free(size_t first, size_t count) {
  if (first + count > kDeviceVectorsEnd) return false;
  for (size_t i = first; i < first + count; ++i) {
    if (g_vectors[i].reserved) return false;
  }
  return true;
}

}  // namespace

uint8_t allocate_vectors(size_t count) {
  if (count == 0 || count > kDeviceVectorsEnd - kFirstDeviceVector) return 0;
  size_t step = 1;
  while (step < count) step *= 2;
  InterruptsOff guard;
  for (size_t first = (kFirstDeviceVector + step - 1) & ~(step - 1); first < kDeviceVectorsEnd; first += step) {
    if (!is_free(first, count)) continue;
    for (size_t i = first; i < first + count; ++i) g_vectors[i] = {nullptr, nullptr, true};
    return static_cast<uint8_t>(first);
  }
  return 0;
}

void free_vectors(uint8_t first, size_t count) {
  InterruptsOff guard;
  for (size_t i = first; i < first + count; ++i) {
    if (!g_vectors[i].reserved) panic("free_vectors: vector %zu is free already", i);
    g_vectors[i] = {};
  }
}

void set_vector_handler(uint8_t vector, InterruptHandler handler, void* context) {
  InterruptsOff guard;
  g_vectors[vector].handler = handler;
  g_vectors[vector].context = context;
}

void set_interrupt_exit_hook(void (*hook)()) { g_exit_hook = hook; }
bool at_interrupt_level() { return g_at_interrupt_level; }

InterruptStats interrupt_stats() {
  InterruptsOff guard;
  return g_stats;
}

extern "C" void graft_support_interrupt(InterruptFrame* frame) {
  if (frame->vector < kFirstInterruptVector) report_fault(*frame);
  const Vector& vector = g_vectors[frame->vector];
  // A spurious interrupt is not acknowledged (Intel SDM volume 3A, section 11.9); nor are the 8259s', which are off.
  if (frame->vector == kSpuriousVector || frame->vector < kFirstDeviceVector) {
    ++g_stats.unclaimed;
    return;
  }
  g_at_interrupt_level = true;
  stir_entropy(read_tsc());
  if (vector.handler != nullptr) {
    ++g_stats.delivered;
    vector.handler(vector.context);
  } else {
    ++g_stats.unclaimed;
  }
  signal_end_of_interrupt();
  g_at_interrupt_level = false;
  if (g_exit_hook != nullptr) g_exit_hook();
}

}  // namespace graft::support
