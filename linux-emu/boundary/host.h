// SPDX-License-Identifier: GPL-2.0-only
/// The host as donors' code sees it: memory, clock, log, entropy. Implemented by kit/.
#ifndef GRAFT_LINUX_EMU_BOUNDARY_HOST_H
#define GRAFT_LINUX_EMU_BOUNDARY_HOST_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Gives contiguous pages of the memory window, aligned to `align_pages` pages, whose last byte has a device address of
/// at most `max_phys`. Content is undefined. Null if there are none. @context world  @blocks never
void* lxk_pages_alloc(size_t pages, size_t align_pages, uint64_t max_phys);

/// Takes back exactly what one lxk_pages_alloc() gave. @context world  @blocks never
void lxk_pages_free(void* va, size_t pages);

/// Monotonic nanoseconds. @context any
uint64_t lxk_now_ns(void);

/// Passes one line to the host's log. `level` is GRAFT_LOG_... @context any
void lxk_log(int level, const char* text, size_t length);

/// Stops the component. @context any
void lxk_panic(const char* text) __attribute__((noreturn));

/// Fills a buffer with unpredictable bytes; returns 0 or a graft_error_t. @context world  @blocks never
int32_t lxk_entropy(void* buffer, size_t bytes);

/// Finds a firmware file; returns 0 or a graft_error_t. The data stay valid. @context fiber  @blocks may
int32_t lxk_firmware(const char* name, const void** out_data, size_t* out_bytes);

#ifdef __cplusplus
}
#endif

#endif
