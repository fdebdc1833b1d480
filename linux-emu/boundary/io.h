// SPDX-License-Identifier: GPL-2.0-only
/// Register access of donors: mapping windows, and the slow path of an access.
#ifndef GRAFT_LINUX_EMU_BOUNDARY_IO_H
#define GRAFT_LINUX_EMU_BOUNDARY_IO_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Maps device registers; gives the cookie that accessors take, 0 if the host refused. @context world  @blocks never
uint64_t lxk_mmio_map(uint64_t phys, uint64_t bytes, int write_combining);

/// Undoes one lxk_mmio_map(). @context world  @blocks never
void lxk_mmio_unmap(uint64_t cookie);

/// Gives zeroed memory of at least the window's size to be accessed in place of the registers of a device that is gone,
/// where their all ones would keep a donor waiting. lxk_mmio_unmap() takes it for the window. A window beyond 64 bytes
/// has none: `cookie` itself is given. @context world, handlers too  @blocks never
uint64_t lxk_mmio_bury(uint64_t cookie);

/// Reads a register behind a slow cookie. @context world, handlers too  @blocks never
uint64_t lxk_mmio_read(uint64_t cookie, uint32_t width);
/// Writes one. Same rules as lxk_mmio_read().
void lxk_mmio_write(uint64_t cookie, uint64_t value, uint32_t width);

/// Asks the host for access to I/O ports, before donors use them; returns 0 or a graft_error_t.
/// @context world  @blocks never
int32_t lxk_port_map(uint32_t port, uint32_t count);

/// Undoes one lxk_port_map(). @context world  @blocks never
void lxk_port_unmap(uint32_t port, uint32_t count);

/// Nonzero once a window of ports was mapped that port instructions do not reach: port numbers have no spare bit, so
/// all port accesses take the slow path then.
extern int lx_port_slow;

/// Reads an I/O port through the host. A port outside every mapped window reads as all ones.
/// @context world, handlers too  @blocks never
uint64_t lxk_port_read(uint32_t port, uint32_t width);
/// Writes one. Same rules as lxk_port_read().
void lxk_port_write(uint32_t port, uint64_t value, uint32_t width);

#ifdef __cplusplus
}
#endif

#endif
