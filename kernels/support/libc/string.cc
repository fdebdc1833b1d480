// SPDX-License-Identifier: BSD-2-Clause
// <string.h> of a freestanding image. Compiled so that the compiler does not turn these loops into calls of themselves.
#include <cstring>

#include "kernels/support/libc/memory_ops.hpp"

using namespace graft::support;

extern "C" {

void* memcpy(void* to, const void* from, size_t n) {
  copy_forward(static_cast<char*>(to), static_cast<const char*>(from), n);
  return to;
}

void* memmove(void* to, const void* from, size_t n) {
  auto* t = static_cast<char*>(to);
  auto* f = static_cast<const char*>(from);
  if (reinterpret_cast<uintptr_t>(t) - reinterpret_cast<uintptr_t>(f) >= n) {
    copy_forward(t, f, n);
  } else {
    copy_backward(t, f, n);
  }
  return to;
}

void* memset(void* to, int byte, size_t n) {
  fill(static_cast<char*>(to), static_cast<uint8_t>(byte), n);
  return to;
}

int memcmp(const void* a, const void* b, size_t n) {
  return compare(static_cast<const unsigned char*>(a), static_cast<const unsigned char*>(b), n);
}

void* memchr(const void* area, int byte, size_t n) {
  auto* at = static_cast<const unsigned char*>(area);
  for (; n > 0; --n, ++at) {
    if (*at == static_cast<unsigned char>(byte)) return const_cast<unsigned char*>(at);
  }
  return nullptr;
}

size_t strlen(const char* s) {
  size_t n = 0;
  while (s[n] != '\0') ++n;
  return n;
}

size_t strnlen(const char* s, size_t max) {
  size_t n = 0;
  while (n < max && s[n] != '\0') ++n;
  return n;
}

int strcmp(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) ++a, ++b;
  return static_cast<unsigned char>(*a) - static_cast<unsigned char>(*b);
}

int strncmp(const char* a, const char* b, size_t n) {
  for (; n > 0; --n, ++a, ++b) {
    if (*a != *b) return static_cast<unsigned char>(*a) - static_cast<unsigned char>(*b);
    if (*a == '\0') break;
  }
  return 0;
}

char* strcpy(char* to, const char* from) {
  memcpy(to, from, strlen(from) + 1);
  return to;
}

char* strncpy(char* to, const char* from, size_t n) {
  const size_t length = strnlen(from, n);
  memcpy(to, from, length);
  memset(to + length, 0, n - length);
  return to;
}

char* strcat(char* to, const char* from) {
  strcpy(to + strlen(to), from);
  return to;
}

char* strncat(char* to, const char* from, size_t n) {
  char* end = to + strlen(to);
  const size_t length = strnlen(from, n);
  memcpy(end, from, length);
  end[length] = '\0';
  return to;
}

char* strchr(const char* s, int c) {
  for (;; ++s) {
    if (*s == static_cast<char>(c)) return const_cast<char*>(s);
    if (*s == '\0') return nullptr;
  }
}

char* strrchr(const char* s, int c) {
  const char* last = nullptr;
  for (;; ++s) {
    if (*s == static_cast<char>(c)) last = s;
    if (*s == '\0') return const_cast<char*>(last);
  }
}

char* strstr(const char* s, const char* wanted) {
  const size_t length = strlen(wanted);
  for (;; ++s) {
    if (strncmp(s, wanted, length) == 0) return const_cast<char*>(s);
    if (*s == '\0') return nullptr;
  }
}

size_t strspn(const char* s, const char* accepted) {
  size_t n = 0;
  while (s[n] != '\0' && strchr(accepted, s[n]) != nullptr) ++n;
  return n;
}

size_t strcspn(const char* s, const char* rejected) {
  size_t n = 0;
  while (s[n] != '\0' && strchr(rejected, s[n]) == nullptr) ++n;
  return n;
}

char* strpbrk(const char* s, const char* wanted) {
  s += strcspn(s, wanted);
  return *s == '\0' ? nullptr : const_cast<char*>(s);
}

}  // extern "C"
