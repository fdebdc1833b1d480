// SPDX-License-Identifier: GPL-2.0-only
// Unpredictable numbers, from the host.
#include <linux/random.h>

#include "linux-emu/boundary/host.h"

void get_random_bytes(void* buffer, size_t bytes) {
  if (lxk_entropy(buffer, bytes)) lxk_panic("the host has no entropy left");
}

u8 get_random_u8(void) {
  u8 value;

  get_random_bytes(&value, sizeof(value));
  return value;
}

u16 get_random_u16(void) {
  u16 value;

  get_random_bytes(&value, sizeof(value));
  return value;
}

u32 get_random_u32(void) {
  u32 value;

  get_random_bytes(&value, sizeof(value));
  return value;
}

u64 get_random_u64(void) {
  u64 value;

  get_random_bytes(&value, sizeof(value));
  return value;
}

u32 __get_random_u32_below(u32 ceiling) {
  // The high half of a product is below the ceiling; the bias is at most ceiling / 2^64.
  return ceiling ? (u32)(((unsigned __int128)get_random_u64() * ceiling) >> 64) : get_random_u32();
}

bool rng_is_initialized(void) { return true; }

int wait_for_random_bytes(void) { return 0; }

// The host collects entropy by itself.
void add_device_randomness(const void* buffer, size_t bytes) {}

void add_interrupt_randomness(int irq) {}
