// SPDX-License-Identifier: BSD-2-Clause
// blkio: the synchronous side of a disk, beside its asynchronous one.
#include <cstring>
#include <iterator>

#include "tests/conformance/blk_context.hpp"

namespace graft::conformance {

namespace {

#define REQUIRE(condition) CONFORMANCE_REQUIRE(c, condition)

#define NEED_SYNC(name)       \
  const auto name = c.sync(); \
  if (!name) return c.skip("no blkio")

// Outside of the host's memory window.
uint8_t g_outside[64 << 10];

void both_sides_agree_on_the_geometry(BlkContext& c) {
  NEED_SYNC(disk);
  REQUIRE(graft_blkio_get_block_size(disk.get()) == c.block());
  uint64_t bytes = 0;
  REQUIRE(graft_blkio_get_size(disk.get(), &bytes) == GRAFT_OK);
  REQUIRE(bytes == c.size());
  void* same = nullptr;
  REQUIRE(graft_query(disk.get(), &graft_iid_asyncblk, &same) == GRAFT_OK);
  REQUIRE(same == c.disk());
  graft_release(same);
}

void both_sides_agree_on_the_content(BlkContext& c) {
  NEED_SYNC(disk);
  if (!c.writable()) return c.skip("the disk is read-only");
  const size_t bytes = 32 << 10;
  auto* memory = static_cast<uint8_t*>(c.alloc(bytes + 8));
  REQUIRE(memory);
  for (uint8_t* at : {memory, memory + 3, g_outside, g_outside + 1}) {
    const auto generation = static_cast<uint32_t>(at - memory) % 1000;
    BlkContext::fill(at, 0, bytes, generation);
    REQUIRE(graft_blkio_write(disk.get(), at, 0, bytes) == GRAFT_OK);
    std::memset(at, 0, bytes);
    REQUIRE(graft_blkio_read(disk.get(), at, 0, bytes) == GRAFT_OK);
    REQUIRE(BlkContext::matches(at, 0, bytes, generation));
    std::memset(memory, 0, bytes);
    REQUIRE(c.run(GRAFT_BLK_READ, 0, bytes, memory).ok());
    REQUIRE(BlkContext::matches(memory, 0, bytes, generation));
  }
  if (!c.prepare(c.block(), bytes, 77)) return;
  REQUIRE(graft_blkio_read(disk.get(), g_outside, c.block(), bytes) == GRAFT_OK);
  REQUIRE(BlkContext::matches(g_outside, c.block(), bytes, 77));
  REQUIRE(graft_blkio_flush(disk.get()) == GRAFT_OK);
  c.expect_all_done();
}

void wrong_ranges_are_refused(BlkContext& c) {
  NEED_SYNC(disk);
  const uint32_t block = c.block();
  auto* memory = static_cast<uint8_t*>(c.alloc(4 * block));
  REQUIRE(memory);
  std::memset(memory, 0x5c, 4 * block);
  const struct {
    uint64_t offset;
    size_t bytes;
  } wrong[] = {{1, block},
               {0, block - 1},
               {0, block + 1},
               {c.size(), block},
               {c.size() - block, 2 * block},
               {UINT64_MAX - block + 1, block}};
  for (const auto& w : wrong) {
    REQUIRE(graft_blkio_read(disk.get(), memory, w.offset, w.bytes) == GRAFT_E_RANGE);
    if (c.writable()) REQUIRE(graft_blkio_write(disk.get(), memory, w.offset, w.bytes) == GRAFT_E_RANGE);
  }
}

void a_read_only_disk_refuses_writes(BlkContext& c) {
  NEED_SYNC(disk);
  if (c.writable()) return c.skip("the disk is writable");
  REQUIRE(graft_blkio_write(disk.get(), g_outside, 0, c.block()) == GRAFT_E_PERM);
  REQUIRE(graft_blkio_read(disk.get(), g_outside, 0, c.block()) == GRAFT_OK);
}

void nothing_blocks_inside_an_upcall(BlkContext& c) {
  NEED_SYNC(disk);
  auto* memory = static_cast<uint8_t*>(c.alloc(c.block()));
  TestRequest* r = c.make(GRAFT_BLK_READ, 0, c.block(), memory);
  REQUIRE(memory && r);
  struct Answers {
    graft_blkio_t* disk;
    graft_error_t read, write, flush;
  } answers{disk.get(), GRAFT_OK, GRAFT_OK, GRAFT_OK};
  r->arg = &answers;
  r->on_done = [](TestRequest* self) {
    auto* a = static_cast<Answers*>(self->arg);
    a->read = graft_blkio_read(a->disk, g_outside, 0, self->context->block());
    a->write = graft_blkio_write(a->disk, g_outside, 0, self->context->block());
    a->flush = graft_blkio_flush(a->disk);
  };
  REQUIRE(c.run(r).ok());
  REQUIRE(answers.read == GRAFT_E_BADSTATE);
  REQUIRE(answers.write == GRAFT_E_BADSTATE || !c.writable());
  REQUIRE(answers.flush == GRAFT_E_BADSTATE);
  c.expect_all_done();
}

void a_bad_block_is_an_error(BlkContext& c) {
  NEED_SYNC(disk);
  const uint64_t bad = 8 * c.block();
  if (!c.break_block(bad, true)) return c.skip("no block can be broken here");
  const graft_error_t status = graft_blkio_read(disk.get(), g_outside, bad, c.block());
  const graft_error_t before = graft_blkio_read(disk.get(), g_outside, 0, c.block());
  REQUIRE(c.break_block(bad, false));
  REQUIRE(status == GRAFT_E_IO);
  REQUIRE(before == GRAFT_OK);
}

constexpr Case<BlkContext> kCases[] = {
#define CASE(name) \
  { "blkio", #name, name }
    CASE(both_sides_agree_on_the_geometry), CASE(both_sides_agree_on_the_content), CASE(wrong_ranges_are_refused),
    CASE(a_read_only_disk_refuses_writes),  CASE(nothing_blocks_inside_an_upcall), CASE(a_bad_block_is_an_error),
#undef CASE
};

}  // namespace

Suite<BlkContext> blkio_suite() { return {kCases, std::size(kCases)}; }

}  // namespace graft::conformance
