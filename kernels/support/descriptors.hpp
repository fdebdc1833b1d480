// SPDX-License-Identifier: BSD-2-Clause
/// The processor's descriptor tables: segments, task state, interrupt gates.
#ifndef GRAFT_KERNELS_SUPPORT_DESCRIPTORS_HPP
#define GRAFT_KERNELS_SUPPORT_DESCRIPTORS_HPP

namespace graft::support {

/// Loads GDT, TSS and IDT. From then on a fault prints a register dump. @context early
void init_descriptors();

}  // namespace graft::support

#endif
