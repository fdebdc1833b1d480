// SPDX-License-Identifier: BSD-2-Clause
/// Interrupt lines: the inputs of the I/O APICs, numbered as ACPI does ("global system interrupts").
#ifndef GRAFT_KERNELS_SUPPORT_IO_APIC_HPP
#define GRAFT_KERNELS_SUPPORT_IO_APIC_HPP

#include <graft/error.h>

#include <cstdint>

#include "kernels/support/interrupts.hpp"

namespace graft::support {

/// Maps the I/O APICs and masks every input. @context early
void init_io_apics();

/// Connects a level-triggered line to a handler, unmasked.
/// @context thread  @errors INVAL: no such line; EXIST: claimed already; NOSPC: no vector left
graft_error_t claim_line(uint32_t line, InterruptHandler handler, void* context);

/// Disconnects it; the handler neither runs nor will. Panics if the line is not claimed. @context thread
void release_line(uint32_t line);

/// Holds a claimed line back. An interrupt that was on its way is dropped: the level brings it again.
/// @context thread+irq
void mask_line(uint32_t line);

/// @context thread+irq
void unmask_line(uint32_t line);

}  // namespace graft::support

#endif
