/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory an ISA bus master reaches: the first 16 MiB (GFP_DMA). */
#ifndef GRAFT_ASM_DMA_H
#define GRAFT_ASM_DMA_H

#define MAX_DMA_ADDRESS 0x1000000UL

#endif
