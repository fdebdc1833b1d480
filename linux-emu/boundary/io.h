// SPDX-License-Identifier: GPL-2.0-only
/// Register access of donors: which path an access takes, and the slow path itself.
#ifndef GRAFT_LINUX_EMU_BOUNDARY_IO_H
#define GRAFT_LINUX_EMU_BOUNDARY_IO_H

#ifdef __cplusplus
extern "C" {
#endif

/// Reads a device register through the host. @context world  @blocks never
unsigned long lxk_mmio_read(unsigned long address, unsigned int bytes);

/// Writes a device register through the host. @context world  @blocks never
void lxk_mmio_write(unsigned long address, unsigned long value, unsigned int bytes);

/// Set by the kit when port I/O has to go through the host.
extern _Bool lx_port_slow;

/// Reads an I/O port through the host. @context world  @blocks never
unsigned long lxk_port_read(unsigned long port, unsigned int bytes);

/// Writes an I/O port through the host. @context world  @blocks never
void lxk_port_write(unsigned long port, unsigned long value, unsigned int bytes);

#ifdef __cplusplus
}
#endif

#endif
