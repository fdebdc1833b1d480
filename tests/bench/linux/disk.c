// SPDX-License-Identifier: BSD-2-Clause
// Reads 4 KiB blocks at pseudo-random places of a disk, past the page cache, in every way that programs have.
#define _GNU_SOURCE  // O_DIRECT

#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <linux/nvme_ioctl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/bench/linux/common.h"
#include "tests/bench/linux/ring.h"

enum { BLOCK_BYTES = 4096, IN_FLIGHT = 32, READS = 8192, WARM_UP_READS = 1024, SAMPLES = 7 };
enum { RING_DEFER = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN };

static const char* name;  ///< of the disk
static int disk, passthrough = -1;
static uint64_t blocks, place = 1;
static unsigned sector_bytes;
static unsigned char* memory;
static ring_t ring;
static aio_context_t aio;

static uint64_t next_block(void) {
  place = place * 6364136223846793005u + 1442695040888963407u;
  return (place >> 33) % blocks;
}

static void* buffer(unsigned i) { return memory + i * BLOCK_BYTES; }

// ---- Ways of reading: each reads `count` blocks and returns when they are there ------------------------------------

static void read_pread(unsigned count) {
  for (unsigned i = 0; i < count; ++i) {
    if (pread(disk, buffer(i), BLOCK_BYTES, (off_t)(next_block() * BLOCK_BYTES)) != BLOCK_BYTES) die("pread");
  }
}

static void read_aio(unsigned count) {
  struct iocb controls[IN_FLIGHT];
  struct iocb* pointers[IN_FLIGHT];
  struct io_event events[IN_FLIGHT];
  memset(controls, 0, count * sizeof(controls[0]));
  for (unsigned i = 0; i < count; ++i) {
    controls[i].aio_lio_opcode = IOCB_CMD_PREAD;
    controls[i].aio_fildes = (uint32_t)disk;
    controls[i].aio_buf = (uintptr_t)buffer(i);
    controls[i].aio_nbytes = BLOCK_BYTES;
    controls[i].aio_offset = (int64_t)(next_block() * BLOCK_BYTES);
    pointers[i] = &controls[i];
  }
  if (syscall(SYS_io_submit, aio, (long)count, pointers) != (long)count) die("io_submit");
  if (syscall(SYS_io_getevents, aio, (long)count, (long)count, events, NULL) != (long)count) die("io_getevents");
  for (unsigned i = 0; i < count; ++i) {
    if (events[i].res != BLOCK_BYTES) die("a request of io_submit");
  }
}

static void read_ring(unsigned count) {
  for (unsigned i = 0; i < count; ++i) {
    struct io_uring_sqe* sqe = ring_prepare(&ring);
    sqe->opcode = IORING_OP_READ;
    sqe->fd = disk;
    sqe->addr = (uintptr_t)buffer(i);
    sqe->len = BLOCK_BYTES;
    sqe->off = next_block() * BLOCK_BYTES;
  }
  ring_submit_and_wait(&ring, BLOCK_BYTES);
}

static void read_ring_fixed(unsigned count) {
  for (unsigned i = 0; i < count; ++i) {
    struct io_uring_sqe* sqe = ring_prepare(&ring);
    sqe->opcode = IORING_OP_READ_FIXED;
    sqe->flags = IOSQE_FIXED_FILE;
    sqe->addr = (uintptr_t)buffer(i);
    sqe->len = BLOCK_BYTES;
    sqe->off = next_block() * BLOCK_BYTES;
    sqe->buf_index = (uint16_t)i;
  }
  ring_submit_and_wait(&ring, BLOCK_BYTES);
}

/// NVMe commands past the block layer's bios. Source: NVM Express Command Set 1.0, "Read command".
static void read_passthrough(unsigned count) {
  for (unsigned i = 0; i < count; ++i) {
    struct io_uring_sqe* sqe = ring_prepare(&ring);
    sqe->opcode = IORING_OP_URING_CMD;
    sqe->flags = IOSQE_FIXED_FILE;
    sqe->cmd_op = NVME_URING_CMD_IO;
    sqe->uring_cmd_flags = IORING_URING_CMD_FIXED;
    sqe->buf_index = (uint16_t)i;
    struct nvme_uring_cmd* command = (struct nvme_uring_cmd*)sqe->cmd;
    uint64_t sector = next_block() * (BLOCK_BYTES / sector_bytes);
    command->opcode = 2;
    command->nsid = 1;
    command->addr = (uintptr_t)buffer(i);
    command->data_len = BLOCK_BYTES;
    command->cdw10 = (uint32_t)sector;
    command->cdw11 = (uint32_t)(sector >> 32);
    command->cdw12 = BLOCK_BYTES / sector_bytes - 1;
  }
  ring_submit_and_wait(&ring, 0);
}

// ---- The forms ------------------------------------------------------------------------------------------------------

typedef struct form {
  const char* name;
  void (*read)(unsigned count);
  unsigned in_flight;
  int has_ring;
  unsigned ring_flags;
  int defaults;  ///< the disk's settings are as they were found
} form_t;

static const form_t kForms[] = {
    {"qd32,io_uring_registered_defer_taskrun", read_ring_fixed, IN_FLIGHT, 1, RING_DEFER, 0},
    {"qd32,io_uring_registered", read_ring_fixed, IN_FLIGHT, 1, 0, 0},
    {"qd32,io_uring_registered,default_settings", read_ring_fixed, IN_FLIGHT, 1, 0, 1},
    {"qd32,io_uring", read_ring, IN_FLIGHT, 1, 0, 0},
    {"qd32,libaio", read_aio, IN_FLIGHT, 0, 0, 0},
    {"qd1,io_uring_registered_defer_taskrun", read_ring_fixed, 1, 1, RING_DEFER, 0},
    {"qd1,pread", read_pread, 1, 0, 0, 0},
    // Last: only nvme has it.
    {"qd32,io_uring_passthrough", read_passthrough, IN_FLIGHT, 1, RING_DEFER | IORING_SETUP_SQE128 | IORING_SETUP_CQE32,
     0},
};

enum { FORMS = sizeof(kForms) / sizeof(kForms[0]) };

static void write_setting(const char* setting, const char* value) {
  char path[128];
  snprintf(path, sizeof(path), "/sys/block/%s/queue/%s", name, setting);
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, value, strlen(value)) < 0) die(path);
  close(fd);
}

/// The cheapest way through the block layer: no scheduler, no statistics, no throttling, no search for requests to
/// merge with.
static void set_cheapest(void) {
  write_setting("scheduler", "none");
  write_setting("iostats", "0");
  write_setting("wbt_lat_usec", "0");
  write_setting("nomerges", "2");
}

static void measure(unsigned region, const form_t* form) {
  if (form->has_ring) {
    struct iovec buffers[IN_FLIGHT];
    for (unsigned i = 0; i < IN_FLIGHT; ++i) buffers[i] = (struct iovec){buffer(i), BLOCK_BYTES};
    ring_open(&ring, IN_FLIGHT, form->ring_flags);
    ring_register(&ring, buffers, IN_FLIGHT, form->read == read_passthrough ? passthrough : disk);
  }
  unsigned reads = form->in_flight == 1 ? READS / 4 : READS;
  for (unsigned i = 0; i < WARM_UP_READS; i += form->in_flight) form->read(form->in_flight);
  for (int pass = 0; pass < SAMPLES; ++pass) {
    begin_region(region);
    for (unsigned i = 0; i < reads; i += form->in_flight) form->read(form->in_flight);
    end_region(region);
    report_pass(region, (int)reads, form->name);
  }
  if (form->has_ring) ring_close(&ring);
}

static void open_disk(void) {
  static const char* const kNames[] = {"nvme0n1", "vda"};
  char path[32];
  // The driver finds disks after its module is loaded.
  for (int attempt = 0; attempt < 200; ++attempt) {
    name = kNames[attempt % 2];
    snprintf(path, sizeof(path), "/dev/%s", name);
    disk = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
    if (disk >= 0) break;
    usleep(50000);
  }
  if (disk < 0) die("no disk");
  if (!strcmp(name, "nvme0n1")) passthrough = open("/dev/ng0n1", O_RDONLY | O_CLOEXEC);
  uint64_t bytes;
  int sector;
  if (ioctl(disk, BLKGETSIZE64, &bytes) || ioctl(disk, BLKSSZGET, &sector)) die(path);
  blocks = bytes / BLOCK_BYTES;
  sector_bytes = (unsigned)sector;
}

void measure_disk(void) {
  mkdir("/sys", 0555);
  if (mount("sysfs", "/sys", "sysfs", 0, NULL) || mount("devtmpfs", "/dev", "devtmpfs", 0, NULL)) die("mount");
  open_disk();
  memory =
      mmap(NULL, IN_FLIGHT * BLOCK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (memory == MAP_FAILED || syscall(SYS_io_setup, IN_FLIGHT, &aio)) die("memory");
  for (int cheapest = 0; cheapest < 2; ++cheapest) {
    if (cheapest) set_cheapest();
    for (unsigned form = 0; form < FORMS; ++form) {
      if (kForms[form].defaults == cheapest) continue;
      if (kForms[form].read == read_passthrough && passthrough < 0) continue;
      measure(form, &kForms[form]);
    }
  }
}
