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

/* There are no page tables (MMU=n). The types only have to exist, and to be told apart. */
#define LX_OPAQUE(level)      \
  typedef struct lx_##level { \
    unsigned long word;       \
  } level##_t

LX_OPAQUE(pgprot);
LX_OPAQUE(pgd);
LX_OPAQUE(pmd);
LX_OPAQUE(pte);
typedef struct page* pgtable_t;

#define LX_WORD(entry) ((entry).word)
#define pgprot_val LX_WORD
#define pgd_val LX_WORD
#define pmd_val LX_WORD
#define pte_val LX_WORD
#define __pgprot(bits) ((pgprot_t){.word = (bits)})
#define __pgd(bits) ((pgd_t){.word = (bits)})
#define __pmd(bits) ((pmd_t){.word = (bits)})
#define __pte(bits) ((pte_t){.word = (bits)})

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
