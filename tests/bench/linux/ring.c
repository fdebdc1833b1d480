// SPDX-License-Identifier: BSD-2-Clause
#include "tests/bench/linux/ring.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/bench/linux/common.h"

static unsigned char* map(int fd, size_t bytes, unsigned long offset) {
  void* at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, (off_t)offset);
  if (at == MAP_FAILED) die("mmap of a ring");
  return at;
}

void ring_open(ring_t* ring, unsigned entries, unsigned flags) {
  struct io_uring_params params;
  memset(&params, 0, sizeof(params));
  params.flags = flags;
  ring->fd = (int)syscall(SYS_io_uring_setup, entries, &params);
  if (ring->fd < 0) die("io_uring_setup");
  ring->sqe_bytes = flags & IORING_SETUP_SQE128 ? 2 * sizeof(struct io_uring_sqe) : sizeof(struct io_uring_sqe);
  ring->cqe_bytes = flags & IORING_SETUP_CQE32 ? 2 * sizeof(struct io_uring_cqe) : sizeof(struct io_uring_cqe);
  unsigned char* sq = map(ring->fd, params.sq_off.array + params.sq_entries * sizeof(unsigned), IORING_OFF_SQ_RING);
  unsigned char* cq = map(ring->fd, params.cq_off.cqes + params.cq_entries * ring->cqe_bytes, IORING_OFF_CQ_RING);
  ring->sqes = map(ring->fd, params.sq_entries * ring->sqe_bytes, IORING_OFF_SQES);
  ring->cqes = cq + params.cq_off.cqes;
  ring->sq_tail = (unsigned*)(sq + params.sq_off.tail);
  ring->cq_head = (unsigned*)(cq + params.cq_off.head);
  ring->cq_tail = (unsigned*)(cq + params.cq_off.tail);
  ring->sq_mask = params.sq_entries - 1;
  ring->cq_mask = params.cq_entries - 1;
  ring->prepared = 0;
  unsigned* array = (unsigned*)(sq + params.sq_off.array);
  for (unsigned i = 0; i < params.sq_entries; ++i) array[i] = i;
}

void ring_close(ring_t* ring) { close(ring->fd); }

void ring_register(const ring_t* ring, const struct iovec* buffers, unsigned count, int file) {
  if (syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_BUFFERS, buffers, count)) die("IORING_REGISTER_BUFFERS");
  if (syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_FILES, &file, 1)) die("IORING_REGISTER_FILES");
}

struct io_uring_sqe* ring_prepare(ring_t* ring) {
  void* sqe = ring->sqes + ((*ring->sq_tail + ring->prepared++) & ring->sq_mask) * ring->sqe_bytes;
  memset(sqe, 0, ring->sqe_bytes);
  return sqe;
}

void ring_submit_and_wait(ring_t* ring, int expected) {
  unsigned count = ring->prepared;
  ring->prepared = 0;
  __atomic_store_n(ring->sq_tail, *ring->sq_tail + count, __ATOMIC_RELEASE);
  long submitted = syscall(SYS_io_uring_enter, ring->fd, count, count, IORING_ENTER_GETEVENTS, NULL, 0);
  if (submitted != (long)count) die("io_uring_enter");
  unsigned head = *ring->cq_head;
  if (__atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE) - head != count) {
    errno = EPROTO;
    die("io_uring_enter came back early");
  }
  for (unsigned i = 0; i < count; ++i, ++head) {
    const struct io_uring_cqe* cqe = (const void*)(ring->cqes + (head & ring->cq_mask) * ring->cqe_bytes);
    if (cqe->res == expected) continue;
    errno = cqe->res < 0 ? -cqe->res : EIO;
    die("a request of io_uring");
  }
  __atomic_store_n(ring->cq_head, head, __ATOMIC_RELEASE);
}
