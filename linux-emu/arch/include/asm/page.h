/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page arithmetic. A world sees memory through one window that is linear in virtual
 * and in device addresses, so __pa() adds a run-time offset and yields an address a
 * device may use. mem_map is biased by the window's first page frame.
 */
#ifndef GRAFT_ASM_PAGE_H
#define GRAFT_ASM_PAGE_H

#define PAGE_SHIFT 12
#ifdef __ASSEMBLY__
#define PAGE_SIZE (1 << PAGE_SHIFT)
#else
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#endif
#define PAGE_MASK (~(PAGE_SIZE - 1))

#ifndef __ASSEMBLY__

typedef struct {
  unsigned long pte;
} pte_t;
typedef struct {
  unsigned long pmd[16];
} pmd_t;
typedef struct {
  unsigned long pgd;
} pgd_t;
typedef struct {
  unsigned long pgprot;
} pgprot_t;
typedef struct page* pgtable_t;

#define pte_val(x) ((x).pte)
#define pmd_val(x) ((&x)->pmd[0])
#define pgd_val(x) ((x).pgd)
#define pgprot_val(x) ((x).pgprot)
#define __pte(x) ((pte_t){(x)})
#define __pmd(x) ((pmd_t){{(x)}})
#define __pgd(x) ((pgd_t){(x)})
#define __pgprot(x) ((pgprot_t){(x)})

#define clear_page(page) __builtin_memset((page), 0, PAGE_SIZE)
#define copy_page(to, from) __builtin_memcpy((to), (from), PAGE_SIZE)
#define clear_user_page(page, vaddr, pg) clear_page(page)
#define copy_user_page(to, from, vaddr, pg) copy_page(to, from)

/* Device address minus virtual address, the same all over the window. */
extern unsigned long lx_phys_offset;
/* Page frames of the window: [lx_first_pfn, lx_end_pfn). */
extern unsigned long lx_first_pfn, lx_end_pfn;

#define PAGE_OFFSET 0UL
#define ARCH_PFN_OFFSET 0UL

#define __pa(x) ((unsigned long)(x) + lx_phys_offset)
#define __va(x) ((void*)((unsigned long)(x)-lx_phys_offset))
#define virt_to_pfn(kaddr) (__pa(kaddr) >> PAGE_SHIFT)
#define pfn_to_virt(pfn) __va((pfn) << PAGE_SHIFT)
#define virt_to_page(addr) pfn_to_page(virt_to_pfn(addr))
#define page_to_virt(page) pfn_to_virt(page_to_pfn(page))
#define page_to_phys(page) ((dma_addr_t)page_to_pfn(page) << PAGE_SHIFT)
#define pfn_valid(pfn) ((pfn) >= lx_first_pfn && (pfn) < lx_end_pfn)
#define virt_addr_valid(kaddr) pfn_valid(virt_to_pfn(kaddr))

#endif

#include <asm-generic/getorder.h>
#include <asm-generic/memory_model.h>

#endif
