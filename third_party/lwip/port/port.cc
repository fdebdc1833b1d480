// SPDX-License-Identifier: BSD-2-Clause
#include "port.h"

#include <string.h>

namespace {

graft_lwip_port_t g_port;
uint64_t g_random_state;

/// splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
uint64_t next_random() {
  uint64_t z = (g_random_state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

template <typename T>
T load(const uint8_t* from) {
  T value;
  memcpy(&value, from, sizeof value);
  return value;
}

}  // namespace

extern "C" {

void* graft_lwip_heap;

void graft_lwip_set_port(const graft_lwip_port_t* port) {
  g_port = *port;
  g_random_state = port->seed;
  graft_lwip_heap = port->heap;
}

uint32_t graft_lwip_random(void) { return static_cast<uint32_t>(next_random() >> 32); }

void graft_lwip_assertion_failed(const char* text) {
  g_port.panic(g_port.arg, text);
  __builtin_trap();
}

uint32_t sys_now(void) { return static_cast<uint32_t>(g_port.clock_now_ns(g_port.arg) / 1000000); }

// 32-bit words summed into 64 bits cannot overflow below 16 GiB; folding at the end gives the 16-bit sum (RFC 1071).
uint16_t graft_lwip_checksum(const void* data, int bytes) {
  const auto* at = static_cast<const uint8_t*>(data);
  uint64_t sum = 0;
  for (; bytes >= 16; bytes -= 16, at += 16) {
    const auto low = load<uint64_t>(at);
    const auto high = load<uint64_t>(at + 8);
    sum += (low & 0xffffffff) + (low >> 32) + (high & 0xffffffff) + (high >> 32);
  }
  for (; bytes >= 2; bytes -= 2, at += 2) sum += load<uint16_t>(at);
  if (bytes > 0) sum += *at;
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(sum);
}

}  // extern "C"
