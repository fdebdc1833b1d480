// SPDX-License-Identifier: BSD-2-Clause
// Formats: Intel SDM volume 3A (325462-083), sections 3.4.5 (segments), 6.14.1 (64-bit gates), 7.7 (64-bit TSS).
#include "kernels/support/descriptors.hpp"

#include <cstddef>
#include <cstdint>

#include "kernels/support/interrupts.hpp"

extern "C" const uint64_t graft_support_vectors[256];

namespace graft::support {
namespace {

constexpr uint16_t kCodeSelector = 8;
constexpr uint16_t kDataSelector = 16;
constexpr uint16_t kTaskSelector = 24;

struct [[gnu::packed]] TaskState {
  uint32_t reserved0;
  uint64_t rsp[3];
  uint64_t reserved1;
  uint64_t interrupt_stack[7];  // entry 0 is IST1
  uint64_t reserved2;
  uint16_t reserved3;
  uint16_t io_map_base;
};
static_assert(sizeof(TaskState) == 104);

struct Gate {
  uint16_t offset_low;
  uint16_t selector;
  uint8_t stack;
  uint8_t type;
  uint16_t offset_middle;
  uint32_t offset_high;
  uint32_t reserved;
};
static_assert(sizeof(Gate) == 16);

struct [[gnu::packed]] TableRegister {
  uint16_t limit;
  uint64_t base;
};

// Faults get a stack of their own: the interrupted one may be what is broken.
alignas(16) char g_fault_stack[16384];
TaskState g_task;
uint64_t g_segments[5] = {0, 0x00af'9b00'0000'ffff, 0x00cf'9300'0000'ffff};
Gate g_gates[256];

void set_task_descriptor() {
  const auto base = reinterpret_cast<uint64_t>(&g_task);
  constexpr uint64_t kAvailableTask = 0x89;
  g_segments[3] = (sizeof(TaskState) - 1) | (base & 0xff'ffff) << 16 | kAvailableTask << 40 | (base >> 24 & 0xff) << 56;
  g_segments[4] = base >> 32;
}

}  // namespace

void init_descriptors() {
  g_task.interrupt_stack[0] = reinterpret_cast<uint64_t>(g_fault_stack + sizeof g_fault_stack);
  g_task.io_map_base = sizeof(TaskState);
  set_task_descriptor();
  const TableRegister segments{sizeof g_segments - 1, reinterpret_cast<uint64_t>(g_segments)};
  asm volatile(
      "lgdt %0\n\t"
      "push %1\n\t"
      "lea 1f(%%rip), %%rax\n\t"
      "push %%rax\n\t"
      "lretq\n"
      "1: mov %2, %%ds\n\t"
      "mov %2, %%es\n\t"
      "mov %2, %%ss\n\t"
      "ltr %3" ::"m"(segments),
      "i"(kCodeSelector), "r"(uint32_t{kDataSelector}), "r"(kTaskSelector)
      : "rax", "memory");

  for (size_t i = 0; i < 256; ++i) {
    const uint64_t entry = graft_support_vectors[i];
    constexpr uint8_t kInterruptGate = 0x8e;  // interrupts are off at entry
    g_gates[i] = {static_cast<uint16_t>(entry),
                  kCodeSelector,
                  static_cast<uint8_t>(i < kFirstInterruptVector ? 1 : 0),
                  kInterruptGate,
                  static_cast<uint16_t>(entry >> 16),
                  static_cast<uint32_t>(entry >> 32),
                  0};
  }
  const TableRegister gates{sizeof g_gates - 1, reinterpret_cast<uint64_t>(g_gates)};
  asm volatile("lidt %0" ::"m"(gates));
}

}  // namespace graft::support
