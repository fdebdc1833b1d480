// SPDX-License-Identifier: BSD-2-Clause
/// The processor's own instructions: ports, model-specific registers, the interrupt flag, the time-stamp counter.
#ifndef GRAFT_KERNELS_SUPPORT_CPU_HPP
#define GRAFT_KERNELS_SUPPORT_CPU_HPP

#include <cstdint>

namespace graft::support {

inline void out8(uint16_t port, uint8_t value) { asm volatile("outb %0, %1" ::"a"(value), "Nd"(port)); }
inline void out16(uint16_t port, uint16_t value) { asm volatile("outw %0, %1" ::"a"(value), "Nd"(port)); }
inline void out32(uint16_t port, uint32_t value) { asm volatile("outl %0, %1" ::"a"(value), "Nd"(port)); }

inline uint8_t in8(uint16_t port) {
  uint8_t value;
  asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

inline uint16_t in16(uint16_t port) {
  uint16_t value;
  asm volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

inline uint32_t in32(uint16_t port) {
  uint32_t value;
  asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

inline uint64_t read_msr(uint32_t msr) {
  uint32_t low, high;
  asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
  return uint64_t{high} << 32 | low;
}

inline void write_msr(uint32_t msr, uint64_t value) {
  asm volatile("wrmsr" ::"c"(msr), "a"(static_cast<uint32_t>(value)), "d"(static_cast<uint32_t>(value >> 32)));
}

inline uint64_t read_tsc() {
  uint32_t low, high;
  asm volatile("rdtsc" : "=a"(low), "=d"(high));
  return uint64_t{high} << 32 | low;
}

inline uint64_t read_cr2() {
  uint64_t value;
  asm volatile("mov %%cr2, %0" : "=r"(value));
  return value;
}

inline uint64_t read_cr3() {
  uint64_t value;
  asm volatile("mov %%cr3, %0" : "=r"(value));
  return value;
}

inline void write_cr3(uint64_t value) { asm volatile("mov %0, %%cr3" ::"r"(value) : "memory"); }
inline void invalidate_page(const void* va) { asm volatile("invlpg (%0)" ::"r"(va) : "memory"); }

struct CpuidResult {
  uint32_t eax, ebx, ecx, edx;
};

inline CpuidResult cpuid(uint32_t leaf, uint32_t subleaf = 0) {
  CpuidResult r;
  asm volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
  return r;
}

inline void relax() { asm volatile("pause" ::: "memory"); }
inline void disable_interrupts() { asm volatile("cli" ::: "memory"); }
inline void enable_interrupts() { asm volatile("sti" ::: "memory"); }

inline bool interrupts_enabled() {
  uint64_t flags;
  asm volatile("pushfq; pop %0" : "=r"(flags)::"memory");
  return flags & (1 << 9);
}

/// Waits for an interrupt. Called with interrupts off: enabling them and halting is one step, so that an interrupt
/// that comes in between still ends the wait. Returns with interrupts off.
inline void wait_for_interrupt() { asm volatile("sti; hlt; cli" ::: "memory"); }

/// Holds interrupts off for its scope; nests. On one CPU this is the lock of everything shared with interrupt level.
class InterruptsOff {
 public:
  InterruptsOff() : were_enabled_(interrupts_enabled()) { disable_interrupts(); }
  ~InterruptsOff() {
    if (were_enabled_) enable_interrupts();
  }
  InterruptsOff(const InterruptsOff&) = delete;
  InterruptsOff& operator=(const InterruptsOff&) = delete;

 private:
  bool were_enabled_;
};

}  // namespace graft::support

#endif
