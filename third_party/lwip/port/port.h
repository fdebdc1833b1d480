/* SPDX-License-Identifier: BSD-2-Clause */
/* The surroundings of lwIP: a clock, a seed, a heap and a place to stop at. One instance per image. */
#ifndef GRAFT_LWIP_PORT_H
#define GRAFT_LWIP_PORT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct graft_lwip_port {
  void* arg;
  /* Monotonic nanoseconds. */
  uint64_t (*clock_now_ns)(void* arg);
  /* Must not return; `text` is the assertion that does not hold. */
  void (*panic)(void* arg, const char* text);
  /* At least GRAFT_LWIP_HEAP_BYTES, 8-byte aligned; packet heads and copied data lie in it. */
  void* heap;
  /* Start of the random sequence: port numbers and initial sequence numbers. */
  uint64_t seed;
} graft_lwip_port_t;

/* Sets the surroundings; before lwip_init(). `port` is copied. The heap is lwIP's for ever. */
void graft_lwip_set_port(const graft_lwip_port_t* port);

/* The rest is called by lwIP. */
extern void* graft_lwip_heap;
uint32_t graft_lwip_random(void);
void graft_lwip_assertion_failed(const char* text);

/* Ones' complement sum of `bytes` bytes as 16-bit words in memory order, folded, not inverted; an odd last byte counts
   as if a zero followed. */
uint16_t graft_lwip_checksum(const void* data, int bytes);

#ifdef __cplusplus
}
#endif

#endif
