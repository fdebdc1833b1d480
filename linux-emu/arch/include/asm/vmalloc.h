/* SPDX-License-Identifier: GPL-2.0-only */
/* vmalloc() needs nothing of the architecture: see asm/pgtable.h. */
