/* SPDX-License-Identifier: BSD-2-Clause */
/* What lwIP 2.1 asks of a compiler and a platform ("arch.h" of lwIP lists the names). */
#ifndef GRAFT_LWIP_ARCH_CC_H
#define GRAFT_LWIP_ARCH_CC_H

#include <limits.h>
#include <port.h>
#include <sys/types.h>

/* ssize_t comes from sys/types.h; without SSIZE_MAX lwIP would define its own. */
#ifndef SSIZE_MAX
#define SSIZE_MAX LONG_MAX
#endif

#define LWIP_NO_INTTYPES_H 1
#define LWIP_NO_UNISTD_H 1
#define LWIP_NO_CTYPE_H 1

#define X8_F "02x"
#define U16_F "u"
#define S16_F "d"
#define X16_F "x"
#define U32_F "u"
#define S32_F "d"
#define X32_F "x"
#define SZT_F "lu"

#define LWIP_PLATFORM_DIAG(x)
#define LWIP_PLATFORM_ASSERT(text) graft_lwip_assertion_failed(text)
#define LWIP_RAND() graft_lwip_random()

#define PACK_STRUCT_STRUCT __attribute__((packed))

#endif
