/* SPDX-License-Identifier: GPL-2.0-only */
/* Donor headers want the types of an ELF core file; nothing here loads or dumps one. */
#ifndef GRAFT_ASM_ELF_H
#define GRAFT_ASM_ELF_H

#include <linux/elf-em.h>

#define ELF_CLASS ELFCLASS64
#define ELF_DATA ELFDATA2LSB
#define ELF_ARCH EM_X86_64
#define ELF_NGREG 1
typedef unsigned long elf_greg_t;
typedef elf_greg_t elf_gregset_t[ELF_NGREG];
typedef struct {
  long unused;
} elf_fpregset_t;
#define elf_check_arch(header) ((header)->e_machine == EM_X86_64)
#define ELF_EXEC_PAGESIZE 4096
#define ELF_ET_DYN_BASE 0
#define ELF_HWCAP 0
#define ELF_PLATFORM ((char*)0)
#define ELF_CORE_COPY_REGS(to, from) (void)(from);

#endif
