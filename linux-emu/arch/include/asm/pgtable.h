/* SPDX-License-Identifier: GPL-2.0-only */
/* There are no page tables behind a world (MMU=n): the least that donor headers name. */
#ifndef GRAFT_ASM_PGTABLE_H
#define GRAFT_ASM_PGTABLE_H

#include <asm-generic/pgtable-nopud.h>
#include <linux/mm_types.h>

#define pgd_present(pgd) (1)
#define pgd_none(pgd) (0)
#define pgd_bad(pgd) (0)
#define pgd_clear(pgdp) \
  do {                  \
  } while (0)
#define kern_addr_valid(address) (1)
#define pmd_offset(a, b) ((void*)0)

#define PAGE_NONE __pgprot(0)
#define PAGE_SHARED __pgprot(0)
#define PAGE_COPY __pgprot(0)
#define PAGE_READONLY __pgprot(0)
#define PAGE_KERNEL __pgprot(0)
#define pgprot_noncached(prot) (prot)
#define pgprot_writecombine(prot) (prot)
#define pgprot_device(prot) (prot)

extern struct page* lx_zero_page;
#define ZERO_PAGE(vaddr) (lx_zero_page)
#define swapper_pg_dir ((pgd_t*)0)
#define PTRS_PER_PGD 1

/* vmalloc memory comes from the same window, physically contiguous. */
#define VMALLOC_START 0UL
#define VMALLOC_END (~0UL)

#endif
