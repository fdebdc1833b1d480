// SPDX-License-Identifier: BSD-2-Clause
/// io_uring without a library: one ring, whose requests are prepared in a row and submitted together.
#ifndef GRAFT_TESTS_BENCH_LINUX_RING_H
#define GRAFT_TESTS_BENCH_LINUX_RING_H

#include <linux/io_uring.h>
#include <stddef.h>
#include <sys/uio.h>

typedef struct ring {
  int fd;
  unsigned char *sqes, *cqes;
  size_t sqe_bytes, cqe_bytes;
  unsigned *sq_tail, *cq_head, *cq_tail;
  unsigned sq_mask, cq_mask, prepared;
} ring_t;

/// Makes a ring of `entries` requests; `flags` are IORING_SETUP_...
void ring_open(ring_t* ring, unsigned entries, unsigned flags);
void ring_close(ring_t* ring);

/// Registers buffers, and one file as number 0.
void ring_register(const ring_t* ring, const struct iovec* buffers, unsigned count, int file);

/// Gives the next request to fill, all zero.
struct io_uring_sqe* ring_prepare(ring_t* ring);

/// Submits what was prepared and waits until that many requests have completed, each with `expected` as its result.
void ring_submit_and_wait(ring_t* ring, int expected);

#endif
