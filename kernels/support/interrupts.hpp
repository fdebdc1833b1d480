// SPDX-License-Identifier: BSD-2-Clause
/// Vectors: what runs when the processor is interrupted.
#ifndef GRAFT_KERNELS_SUPPORT_INTERRUPTS_HPP
#define GRAFT_KERNELS_SUPPORT_INTERRUPTS_HPP

#include <cstddef>
#include <cstdint>

namespace graft::support {

inline constexpr uint8_t kFirstInterruptVector = 32;

/// The registers as vectors.S saves them.
struct InterruptFrame {
  uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax;
  uint64_t vector, error;
  uint64_t rip, cs, rflags, rsp, ss;  // pushed by the processor
};

/// Runs at interrupt level, interrupts off, before the end-of-interrupt is signalled.
using InterruptHandler = void (*)(void* context);

/// Reserves `count` consecutive vectors, the first a multiple of the next power of two, as multiple-message MSI wants.
/// Returns the first, 0 if there are none. @context thread  @blocks never
uint8_t allocate_vectors(size_t count);

/// Gives vectors back; their handlers do not run any more. @context thread  @blocks never
void free_vectors(uint8_t first, size_t count);

/// Sets what a vector runs. @context thread
void set_vector_handler(uint8_t vector, InterruptHandler handler, void* context);

/// Called at the end of each interrupt, after its end-of-interrupt, still with interrupts off: where a scheduler
/// switches threads.
void set_interrupt_exit_hook(void (*hook)());

/// True inside handlers.
bool at_interrupt_level();

struct InterruptStats {
  uint64_t delivered;
  uint64_t unclaimed;  ///< on a vector without a handler, and spurious ones
};
InterruptStats interrupt_stats();

}  // namespace graft::support

#endif
