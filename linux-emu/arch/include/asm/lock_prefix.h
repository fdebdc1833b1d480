/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One virtual CPU executes a world at a time and interrupts are always deferred to
 * safe points, so a read-modify-write needs the bus lock only in an SMP variant.
 */
#ifndef GRAFT_ASM_LOCK_PREFIX_H
#define GRAFT_ASM_LOCK_PREFIX_H

#ifdef CONFIG_SMP
#define LX_LOCK "lock; "
#else
#define LX_LOCK ""
#endif

#endif
