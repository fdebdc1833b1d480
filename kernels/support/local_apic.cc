// SPDX-License-Identifier: BSD-2-Clause
// Registers: Intel SDM volume 3A (325462-083), chapter 11, "Advanced Programmable Interrupt Controller".
#include "kernels/support/local_apic.hpp"

#include "kernels/support/cpu.hpp"
#include "kernels/support/paging.hpp"
#include "kernels/support/panic.hpp"

namespace graft::support {
namespace {

constexpr uint32_t kApicBaseMsr = 0x1b;
constexpr uint64_t kApicGlobalEnable = 1 << 11;

constexpr uint32_t kId = 0x20;
constexpr uint32_t kTaskPriority = 0x80;
constexpr uint32_t kEndOfInterrupt = 0xb0;
constexpr uint32_t kSpurious = 0xf0;
constexpr uint32_t kTimer = 0x320;
constexpr uint32_t kLint0 = 0x350;
constexpr uint32_t kLint1 = 0x360;
constexpr uint32_t kErrorVector = 0x370;
constexpr uint32_t kInitialCount = 0x380;
constexpr uint32_t kCurrentCount = 0x390;
constexpr uint32_t kDivide = 0x3e0;

constexpr uint32_t kSoftwareEnable = 1 << 8;
constexpr uint32_t kMasked = 1 << 16;
constexpr uint32_t kDivideBy1 = 0xb;

volatile uint32_t* g_registers;

void write(uint32_t offset, uint32_t value) { g_registers[offset / 4] = value; }
uint32_t read(uint32_t offset) { return g_registers[offset / 4]; }

}  // namespace

void init_local_apic(uint64_t phys) {
  // The 8259s are masked; what they may still have pending comes on vectors that nobody uses.
  out8(0x21, 0xff);
  out8(0xa1, 0xff);

  void* registers;
  if (map_device(phys, kPageBytes, false, &registers) != GRAFT_OK) panic("no page for the local APIC");
  g_registers = static_cast<volatile uint32_t*>(registers);
  write_msr(kApicBaseMsr, read_msr(kApicBaseMsr) | kApicGlobalEnable);
  write(kTaskPriority, 0);
  write(kLint0, kMasked);
  write(kLint1, kMasked);
  write(kErrorVector, kMasked);
  write(kDivide, kDivideBy1);
  write(kInitialCount, 0);
  write(kTimer, kTimerVector);
  write(kSpurious, kSoftwareEnable | kSpuriousVector);
}

uint8_t local_apic_id() { return static_cast<uint8_t>(read(kId) >> 24); }
void signal_end_of_interrupt() { write(kEndOfInterrupt, 0); }
void start_apic_timer(uint32_t ticks) { write(kInitialCount, ticks); }
uint32_t apic_timer_left() { return read(kCurrentCount); }

}  // namespace graft::support
