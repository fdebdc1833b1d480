/* SPDX-License-Identifier: BSD-2-Clause */
/* The smallest program that links a driver set: an environment of nothing, and the start of the kit. */
#include <graft/kit.h>
#include <graft/ladder.h>

void* memcpy(void* to, const void* from, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) ((volatile char*)to)[i] = ((const char*)from)[i];
  return to;
}

void* memmove(void* to, const void* from, size_t bytes) { return memcpy(to, from, bytes); }

void* memset(void* to, int value, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) ((volatile char*)to)[i] = (char)value;
  return to;
}

int memcmp(const void* a, const void* b, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) {
    const int difference = ((const unsigned char*)a)[i] - ((const unsigned char*)b)[i];
    if (difference != 0) return difference;
  }
  return 0;
}

void _start(void) {
  static const graft_osenv_t nothing = {.size_bytes = sizeof nothing};
  graft_kit_t* kit;
  graft_ladder_run(&nothing, NULL, NULL, NULL);
  graft_kit_create(&nothing, NULL, &kit);
  for (;;) continue;
}
