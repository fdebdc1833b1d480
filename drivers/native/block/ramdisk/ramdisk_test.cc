// SPDX-License-Identifier: BSD-2-Clause
// What the conformance suite does not see: parameters, the store's edges, detach and memory.
#include "drivers/native/block/ramdisk/ramdisk.hpp"

#include <string.h>

#include <random>

#include "glue/registry/driver_entry.h"
#include "glue/world/world_fixture.hpp"

extern "C" {
extern const graft_driver_entry_t graft_driver_native_block_ramdisk;
const graft_driver_entry_t* const graft_set_drivers[] = {nullptr};
const char graft_set_name[] = "none";
}

namespace graft::ramdisk {
namespace {

struct Request {
  graft_blk_request_t request{};
  std::vector<graft_fragment_t> fragments;
  int done = 0;
  graft_error_t status = GRAFT_E_FAIL;
  std::function<void()> then;

  Request() {
    request.arg = this;
    request.on_done = [](graft_blk_request_t* r, graft_error_t status) {
      auto* self = static_cast<Request*>(r->arg);
      ++self->done;
      self->status = status;
      if (self->then) self->then();
    };
  }
  void set(uint32_t operation, uint64_t offset, std::vector<graft_fragment_t> list) {
    fragments = std::move(list);
    request.operation = operation;
    request.offset_bytes = offset;
    request.bytes = 0;
    for (auto& f : fragments) request.bytes += f.bytes;
    request.fragments = fragments.data();
    request.fragment_count = static_cast<uint32_t>(fragments.size());
  }
};

class RamDiskTest : public ManualWorld {
 protected:
  RamDisk* create(const Parameters& parameters) {
    RamDisk* disk = nullptr;
    EXPECT_EQ(RamDisk::create(*world_, parameters, &disk), GRAFT_OK);
    return disk;
  }
  graft_error_t submit(RamDisk* disk, Request& request) {
    graft_blk_request_t* list[] = {&request.request};
    uint32_t accepted;
    graft_error_t error = disk->submit(list, 1, &accepted);
    EXPECT_EQ(accepted, error == GRAFT_OK ? 1u : 0u);
    return error;
  }
};

TEST_F(RamDiskTest, RandomAccessAgreesWithAModel) {
  RamDisk* disk = create({.bytes = 1 << 20});
  std::vector<unsigned char> model(1 << 20), buffer(1 << 20);
  std::mt19937 random(3);
  for (int i = 0; i < 300; ++i) {
    uint64_t offset = random() % 2048 * 512;
    size_t bytes = random() % ((model.size() - offset) / 512 + 1) * 512;
    if (i % 3 == 0) {
      for (size_t j = 0; j < bytes; ++j) buffer[j] = static_cast<unsigned char>(random());
      ASSERT_EQ(disk->write(buffer.data(), offset, bytes), GRAFT_OK);
      if (bytes != 0) memcpy(model.data() + offset, buffer.data(), bytes);
    } else {
      ASSERT_EQ(disk->read(buffer.data(), offset, bytes), GRAFT_OK);
      ASSERT_EQ(memcmp(buffer.data(), model.data() + offset, bytes), 0);
    }
  }
  disk->release();
}

TEST_F(RamDiskTest, RequestsCompleteLaterAndInOrder) {
  RamDisk* disk = create({.bytes = 1 << 20});
  std::vector<unsigned char> a(512, 1), b(1024, 2), back(1536);
  Request write, read;
  write.set(GRAFT_BLK_WRITE, 512, {{a.data(), 512, 0, 0}, {b.data(), 1024, 0, 0}});
  read.set(GRAFT_BLK_READ, 512, {{back.data(), 1000, 0, 0}, {back.data() + 1000, 536, 0, 0}});
  graft_blk_request_t* list[] = {&write.request, &read.request};
  uint32_t accepted;
  EXPECT_EQ(disk->submit(list, 2, &accepted), GRAFT_OK);
  EXPECT_EQ(accepted, 2u);
  EXPECT_EQ(write.done + read.done, 0);
  run_until_idle();
  EXPECT_EQ(write.done, 1);
  EXPECT_EQ(read.status, GRAFT_OK);
  EXPECT_EQ(back[511], 1);
  EXPECT_EQ(back[512], 2);
  EXPECT_EQ(back[1535], 2);
  disk->release();
}

TEST_F(RamDiskTest, QueueIsBounded) {
  RamDisk* disk = create({.bytes = 1 << 20, .queue_depth = 2});
  unsigned char sector[512];
  Request requests[3];
  graft_blk_request_t* list[3];
  for (int i = 0; i < 3; ++i) {
    requests[i].set(GRAFT_BLK_READ, 0, {{sector, 512, 0, 0}});
    list[i] = &requests[i].request;
  }
  uint32_t accepted;
  EXPECT_EQ(disk->submit(list, 3, &accepted), GRAFT_E_BUSY);
  EXPECT_EQ(accepted, 2u);
  run_until_idle();
  EXPECT_EQ(requests[1].done, 1);
  EXPECT_EQ(requests[2].done, 0);
  EXPECT_EQ(submit(disk, requests[2]), GRAFT_OK);
  run_until_idle();
  EXPECT_EQ(requests[2].done, 1);
  disk->release();
}

TEST_F(RamDiskTest, BadRequestsAreRefused) {
  RamDisk* disk = create({.bytes = 1 << 20});
  unsigned char sector[512];
  Request request;
  request.set(GRAFT_BLK_READ, 1 << 20, {{sector, 512, 0, 0}});
  EXPECT_EQ(submit(disk, request), GRAFT_E_RANGE);
  request.set(GRAFT_BLK_READ, 100, {{sector, 512, 0, 0}});
  EXPECT_EQ(submit(disk, request), GRAFT_E_RANGE);
  request.set(GRAFT_BLK_READ, 0, {{sector, 512, 0, 0}});
  request.request.bytes = 1024;
  EXPECT_EQ(submit(disk, request), GRAFT_E_RANGE);
  request.set(99, 0, {});
  EXPECT_EQ(submit(disk, request), GRAFT_E_INVAL);
  run_until_idle();
  EXPECT_EQ(request.done, 0);
  disk->release();
}

TEST_F(RamDiskTest, ReadOnlyDiskRefusesToChange) {
  RamDisk* disk = create({.bytes = 1 << 20, .read_only = true});
  unsigned char sector[512] = {};
  EXPECT_EQ(disk->write(sector, 0, 512), GRAFT_E_PERM);
  Request request;
  for (uint32_t operation : {GRAFT_BLK_WRITE, GRAFT_BLK_DISCARD, GRAFT_BLK_WRITE_ZEROES}) {
    request.set(operation, 0, {});
    EXPECT_EQ(submit(disk, request), GRAFT_E_PERM);
  }
  EXPECT_EQ(disk->read(sector, 0, 512), GRAFT_OK);
  disk->release();
}

TEST_F(RamDiskTest, DiscardAndZeroesClear) {
  RamDisk* disk = create({.bytes = 1 << 20});
  std::vector<unsigned char> full(2048, 0xff);
  ASSERT_EQ(disk->write(full.data(), 0, 2048), GRAFT_OK);
  Request request;
  request.set(GRAFT_BLK_WRITE_ZEROES, 512, {});
  request.request.bytes = 1024;
  ASSERT_EQ(submit(disk, request), GRAFT_OK);
  run_until_idle();
  ASSERT_EQ(disk->read(full.data(), 0, 2048), GRAFT_OK);
  EXPECT_EQ(full[511], 0xff);
  EXPECT_EQ(full[512], 0);
  EXPECT_EQ(full[1535], 0);
  EXPECT_EQ(full[1536], 0xff);
  disk->release();
}

TEST_F(RamDiskTest, DetachCompletesEveryAcceptedRequestOnce) {
  RamDisk* disk = create({.bytes = 1 << 20});
  unsigned char sector[512];
  Request requests[20];
  for (Request& r : requests) {
    r.set(GRAFT_BLK_READ, 0, {{sector, 512, 0, 0}});
    ASSERT_EQ(submit(disk, r), GRAFT_OK);
  }
  graft_error_t in_upcall = GRAFT_OK;
  requests[19].then = [&] { in_upcall = disk->read(sector, 0, 512); };
  std::function<void()> detach = [&] { disk->detach(); };
  spawn(detach);
  run_until_idle();
  for (Request& r : requests) EXPECT_EQ(r.done, 1);
  EXPECT_EQ(in_upcall, GRAFT_E_BADSTATE);
  EXPECT_EQ(disk->read(sector, 0, 512), GRAFT_E_GONE);
  EXPECT_EQ(submit(disk, requests[0]), GRAFT_E_GONE);
  uint64_t size;
  EXPECT_EQ(disk->get_size(&size), GRAFT_E_GONE);
  disk->release();
}

TEST_F(RamDiskTest, RequestsOfUpcallsShareTheBudget) {
  RamDisk* disk = create({.bytes = 1 << 20});
  unsigned char sector[512];
  Request request;
  bool stop = false;
  request.set(GRAFT_BLK_READ, 0, {{sector, 512, 0, 0}});
  request.then = [&] {
    if (!stop) {
      EXPECT_EQ(submit(disk, request), GRAFT_OK);
    }
  };
  ASSERT_EQ(submit(disk, request), GRAFT_OK);
  bool more;
  uint64_t deadline_ns;
  ASSERT_EQ(graft_world_run(world_, 20, &more, &deadline_ns), GRAFT_OK);
  EXPECT_TRUE(more);
  EXPECT_GE(request.done, 5);
  EXPECT_LE(request.done, 20);
  stop = true;
  run_until_idle();
  disk->release();
}

TEST_F(RamDiskTest, EveryFailedAllocationIsNomem) {
  int64_t successes = 0;
  for (;; ++successes) {
    host_.fail_page_alloc_after(successes);
    RamDisk* disk;
    graft_error_t error = RamDisk::create(*world_, {.bytes = 2 << 20}, &disk);
    host_.fail_page_alloc_after(-1);
    if (error == GRAFT_OK) {
      disk->release();
      break;
    }
    EXPECT_EQ(error, GRAFT_E_NOMEM);
    EXPECT_EQ(disk, nullptr);
  }
  EXPECT_GE(successes, 8);
}

TEST_F(RamDiskTest, ParametersAreChecked) {
  const graft_driver_entry_t& entry = graft_driver_native_block_ramdisk;
  EXPECT_EQ(entry.set_parameter(&entry, "bytes", "1M"), GRAFT_OK);
  EXPECT_EQ(entry.set_parameter(&entry, "bytes", "12x"), GRAFT_E_INVAL);
  EXPECT_EQ(entry.set_parameter(&entry, "bytes", ""), GRAFT_E_INVAL);
  EXPECT_EQ(entry.set_parameter(&entry, "bytes", "99999999999999999999"), GRAFT_E_INVAL);
  EXPECT_EQ(entry.set_parameter(&entry, "read_only", "2"), GRAFT_E_INVAL);
  EXPECT_EQ(entry.set_parameter(&entry, "colour", "2"), GRAFT_E_NOENT);
  RamDisk* disk;
  EXPECT_EQ(RamDisk::create(*world_, {.bytes = 1000}, &disk), GRAFT_E_INVAL);
  EXPECT_EQ(RamDisk::create(*world_, {.block_bytes = 768}, &disk), GRAFT_E_INVAL);
}

}  // namespace
}  // namespace graft::ramdisk
