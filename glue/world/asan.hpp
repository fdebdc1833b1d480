// SPDX-License-Identifier: BSD-2-Clause
/// Tells AddressSanitizer about stack switches; empty in every other build.
#ifndef GRAFT_GLUE_WORLD_ASAN_HPP
#define GRAFT_GLUE_WORLD_ASAN_HPP

#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace graft::asan {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kEnabled = true;

inline void start_switch(void** save_fake_stack, const void* bottom, size_t bytes) {
  __sanitizer_start_switch_fiber(save_fake_stack, bottom, bytes);
}
inline void finish_switch(void* fake_stack, const void** out_old_bottom, size_t* out_old_bytes) {
  __sanitizer_finish_switch_fiber(fake_stack, out_old_bottom, out_old_bytes);
}
/// Before a jump out of frames that will not return.
inline void handle_no_return() { __asan_handle_no_return(); }
inline void unpoison(void* address, size_t bytes) { __asan_unpoison_memory_region(address, bytes); }
#else
inline constexpr bool kEnabled = false;

inline void start_switch(void**, const void*, size_t) {}
inline void finish_switch(void*, const void**, size_t*) {}
inline void handle_no_return() {}
inline void unpoison(void*, size_t) {}
#endif

}  // namespace graft::asan

#endif
