// SPDX-License-Identifier: GPL-2.0-only
/// Interrupt lines and messages of the host. Implemented by kit/, except lx_interrupt().
#ifndef GRAFT_LINUX_EMU_BOUNDARY_INTERRUPT_H
#define GRAFT_LINUX_EMU_BOUNDARY_INTERRUPT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// One interrupt source of the world; opaque.
typedef struct lx_source lx_source_t;

/// Makes a source whose interrupts become calls of lx_interrupt(virq). Null if memory ran out. @context world
lx_source_t* lxk_source_create(unsigned int virq);

/// Frees a source that is not connected. @context world
void lxk_source_destroy(lx_source_t* source);

/// Connects a source to a line of the host; returns 0 or a graft_error_t. @context world  @blocks never
int32_t lxk_source_claim(lx_source_t* source, uint32_t line);

/// Disconnects it from its line. @context world  @blocks may
void lxk_source_release(lx_source_t* source);

/// Holds the source's interrupts back. @context world, handlers too  @blocks never
void lxk_source_disable(lx_source_t* source);
/// Lets them through again. @context world, handlers too  @blocks never
void lxk_source_enable(lx_source_t* source);

/// Allocates one message-signalled interrupt of a PCI function; returns 0 or a graft_error_t. @context world
int32_t lxk_source_alloc_message(lx_source_t* source, uint32_t function, uint64_t* out_address, uint32_t* out_data);

/// Gives it back. @context world  @blocks may
void lxk_source_free_message(lx_source_t* source, uint32_t function);

/// Says which line a function's pin (1 = INTA) drives; returns 0 or a graft_error_t. @context world
int32_t lxk_irq_route(uint32_t function, uint32_t pin, uint32_t* out_line);

/// Runs the donor's handlers of an interrupt; returns nonzero if one of them recognised it.
/// @context handler: world context, virtual interrupt flag off
int lx_interrupt(unsigned int virq);

#ifdef __cplusplus
}
#endif

#endif
