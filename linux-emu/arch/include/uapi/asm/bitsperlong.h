/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GRAFT_UAPI_ASM_BITSPERLONG_H
#define GRAFT_UAPI_ASM_BITSPERLONG_H

#define __BITS_PER_LONG 64
#include <asm-generic/bitsperlong.h>

#endif
