// SPDX-License-Identifier: GPL-2.0-only
#ifndef GRAFT_LINUX_EMU_EMUL_DMA_H
#define GRAFT_LINUX_EMU_EMUL_DMA_H

struct lx_dma_counters {
  unsigned long maps, unmaps;  ///< since the start
  unsigned long bounces;       ///< mappings that went through a bounce buffer
  unsigned long bounced_bytes;
  unsigned long coherent_buffers, coherent_pages;  ///< held now
  unsigned long failed;
};
extern struct lx_dma_counters lx_dma;

#endif
