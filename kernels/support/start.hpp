// SPDX-License-Identifier: BSD-2-Clause
/// The hand-over from boot code to a kernel.
#ifndef GRAFT_KERNELS_SUPPORT_START_HPP
#define GRAFT_KERNELS_SUPPORT_START_HPP

/// What an image (or its host library) defines: runs on the boot stack, with memory, interrupt controllers, clock and
/// console set up, static constructors run, and interrupts off. Returning 0 ends the run as passed, else as failed.
int kernel_main();

#endif
