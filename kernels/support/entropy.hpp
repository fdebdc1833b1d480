// SPDX-License-Identifier: BSD-2-Clause
/// Random bytes: ChaCha20 keyed by RDRAND where the processor has it, and always by the timing of interrupts, by jitter
/// measured at boot and by the real-time clock. Without RDRAND and under an instruction-counting emulator, where time
/// itself is determined, they repeat from run to run.
#ifndef GRAFT_KERNELS_SUPPORT_ENTROPY_HPP
#define GRAFT_KERNELS_SUPPORT_ENTROPY_HPP

#include <cstddef>
#include <cstdint>

namespace graft::support {

/// Collects the first key. @context early
void init_entropy();

/// Adds a sample whose low bits are hard to foresee. @context thread+irq
void stir_entropy(uint64_t sample);

/// @context thread+irq  @blocks never
void fill_random(void* buffer, size_t bytes);

}  // namespace graft::support

#endif
