/* SPDX-License-Identifier: GPL-2.0-only */
/* What the DMA mapping keeps per device: see shadow/kernel/dma/mapping.c. */
#ifndef GRAFT_ASM_DEVICE_H
#define GRAFT_ASM_DEVICE_H

struct dev_archdata {
  /* Bounce buffers in use, so that unmapping looks for one only if there is any. */
  struct list_head* bounces;
  /* What the device holds now; all are 0 when nothing leaks. */
  long dma_maps;
  long dma_coherent;
  /* The PCI function whose address space DMA uses, plus 1; 0 until the first mapping. */
  unsigned long dma_function;
  /* For PCI devices: a bit for each BAR whose I/O ports the host gave access to. */
  unsigned char ports_mapped;
  /* What the registry attached; set for PCI devices. */
  void* attachment;
};

struct pdev_archdata {};

#endif
