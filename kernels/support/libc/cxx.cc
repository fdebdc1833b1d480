// SPDX-License-Identifier: BSD-2-Clause
// What compiled C++ and the header-only parts of libstdc++ call. There are no exceptions: a throw is a panic.
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>

#include "kernels/support/panic.hpp"

namespace {

void* allocate_or_panic(std::size_t bytes) {
  void* block = malloc(bytes);
  if (block == nullptr) graft::support::panic("operator new: no memory for %zu bytes", bytes);
  return block;
}

}  // namespace

void* operator new(std::size_t bytes) { return allocate_or_panic(bytes); }
void* operator new[](std::size_t bytes) { return allocate_or_panic(bytes); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return malloc(bytes); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return malloc(bytes); }
void* operator new(std::size_t bytes, std::align_val_t align, const std::nothrow_t&) noexcept {
  return aligned_alloc(static_cast<std::size_t>(align), bytes);
}
void operator delete(void* block) noexcept { free(block); }
void operator delete[](void* block) noexcept { free(block); }
void operator delete(void* block, std::size_t) noexcept { free(block); }
void operator delete[](void* block, std::size_t) noexcept { free(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { free(block); }
void operator delete[](void* block, const std::nothrow_t&) noexcept { free(block); }
void operator delete(void* block, std::align_val_t) noexcept { free(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { free(block); }
void operator delete(void* block, std::align_val_t, const std::nothrow_t&) noexcept { free(block); }

extern "C" {
void* __dso_handle;
[[noreturn]] void __cxa_pure_virtual() { graft::support::panic("a pure virtual function was called"); }
}

namespace std {

const nothrow_t nothrow{};
bool _Sp_make_shared_tag::_S_eq(const type_info&) noexcept { return false; }

void __throw_bad_alloc() { graft::support::panic("std::bad_alloc"); }
void __throw_bad_array_new_length() { graft::support::panic("std::bad_array_new_length"); }
void __throw_bad_function_call() { graft::support::panic("std::bad_function_call"); }
void __throw_length_error(const char* what) { graft::support::panic("std::length_error: %s", what); }
void __throw_logic_error(const char* what) { graft::support::panic("std::logic_error: %s", what); }
void __throw_out_of_range_fmt(const char* what, ...) { graft::support::panic("std::out_of_range: %s", what); }
void __throw_system_error(int code) { graft::support::panic("std::system_error %d", code); }

}  // namespace std
