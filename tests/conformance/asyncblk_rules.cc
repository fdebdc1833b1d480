// SPDX-License-Identifier: BSD-2-Clause
// asyncblk: geometry, refusals, completions, statistics, errors, removal.
#include <algorithm>
#include <iterator>

#include "tests/conformance/blk_context.hpp"

namespace graft::conformance {

namespace {

#define REQUIRE(condition) CONFORMANCE_REQUIRE(c, condition)

template <size_t N>
bool is_text(const char (&text)[N]) {
  return std::find(text, text + N, '\0') != text + N;
}

void geometry_makes_sense(BlkContext& c) {
  const graft_blk_limits_t& l = c.limits();
  REQUIRE(l.block_bytes >= 512 && (l.block_bytes & (l.block_bytes - 1)) == 0);
  REQUIRE(l.physical_block_bytes >= l.block_bytes && l.physical_block_bytes % l.block_bytes == 0);
  REQUIRE(c.size() > 0 && c.size() % l.block_bytes == 0);
  REQUIRE(l.max_fragments >= 1);
  REQUIRE(l.fragment_alignment >= 1);
  REQUIRE(l.max_request_bytes >= l.block_bytes);
  REQUIRE(l.queue_depth >= 1);
}

void identify_gives_texts(BlkContext& c) {
  graft_blk_identity_t identity;
  REQUIRE(graft_asyncblk_identify(c.disk(), &identity) == GRAFT_OK);
  REQUIRE(is_text(identity.model) && is_text(identity.serial) && is_text(identity.revision));
}

/// Says whether a request is refused so, without any effect.
bool refused(BlkContext& c, TestRequest* r, graft_error_t error) {
  CONFORMANCE_REQUIRE_OR_FALSE(c, r != nullptr);
  const Status status = c.submit(r);
  CONFORMANCE_REQUIRE_OR_FALSE(c, status == error);
  return true;
}

void requests_off_the_blocks_are_refused(BlkContext& c) {
  const uint32_t block = c.block();
  auto* memory = static_cast<uint8_t*>(c.alloc(4 * block));
  REQUIRE(memory);
  const struct {
    uint64_t offset, bytes;
  } wrong[] = {
      {1, block},
      {block - 1, block},
      {block / 2, block},
      {0, block - 1},
      {0, block + 1},
      {c.size(), block},
      {c.size() - block, 2 * block},
      {UINT64_MAX - block + 1, block},
      {UINT64_MAX - block + 1, 2 * block},
  };
  for (const auto& w : wrong) {
    if (!refused(c, c.make(GRAFT_BLK_READ, w.offset, w.bytes, memory), GRAFT_E_RANGE)) return;
    if (c.writable() && !refused(c, c.make(GRAFT_BLK_WRITE, w.offset, w.bytes, memory), GRAFT_E_RANGE)) return;
  }
  c.expect_all_done();
}

void fragments_that_do_not_add_up_are_refused(BlkContext& c) {
  const uint32_t block = c.block();
  auto* memory = static_cast<uint8_t*>(c.alloc(4 * block));
  REQUIRE(memory);
  for (size_t bytes : {size_t{0}, size_t{block} - 1, size_t{block} + 1, size_t{2} * block}) {
    TestRequest* r = c.make(GRAFT_BLK_READ, 0, block, nullptr);
    REQUIRE(r);
    if (bytes) c.add_fragment(r, memory, bytes);
    if (!refused(c, r, GRAFT_E_RANGE)) return;
  }
  c.expect_all_done();
}

void unknown_operations_are_refused(BlkContext& c) {
  for (uint32_t operation : {0u, 6u, 99u, UINT32_MAX}) {
    if (!refused(c, c.make(operation, 0, 0, nullptr), GRAFT_E_INVAL)) return;
  }
  c.expect_all_done();
}

void a_read_only_disk_refuses_writes(BlkContext& c) {
  if (c.writable()) return c.skip("the disk is writable");
  auto* memory = static_cast<uint8_t*>(c.alloc(c.block()));
  REQUIRE(memory);
  if (!refused(c, c.make(GRAFT_BLK_WRITE, 0, c.block(), memory), GRAFT_E_PERM)) return;
  REQUIRE(c.run(GRAFT_BLK_READ, 0, c.block(), memory).ok());
  c.expect_all_done();
}

void a_batch_is_taken_up_to_the_first_wrong_one(BlkContext& c) {
  const uint32_t block = c.block();
  if (c.limits().queue_depth < 3) return c.skip("the queue is too short for a batch");
  auto* memory = static_cast<uint8_t*>(c.alloc(8 * block));
  REQUIRE(memory);
  TestRequest* batch[6];
  for (uint32_t i = 0; i < 6; ++i) {
    batch[i] = c.make(GRAFT_BLK_READ, i == 3 ? 1 : i * block, block, memory + i * block);
    REQUIRE(batch[i]);
  }
  uint32_t accepted = 99;
  REQUIRE(c.submit(batch, 0, &accepted).ok());
  REQUIRE(accepted == 0);
  REQUIRE(c.submit(batch, 6, &accepted) == GRAFT_E_RANGE);
  REQUIRE(accepted == 3);
  c.expect_all_done();
}

void a_full_queue_is_busy_and_a_completion_makes_room(BlkContext& c) {
  const uint32_t block = c.block();
  auto* memory = static_cast<uint8_t*>(c.alloc(block));
  REQUIRE(memory);
  if (c.limits().queue_depth + 10 > BlkContext::kMaxRequests)
    return c.skip("the queue is longer than this case can fill");
  const bool held = c.hold(true);
  Status status;
  uint32_t taken = 0;
  TestRequest* refused_one = nullptr;
  while (taken + 10 < BlkContext::kMaxRequests) {
    TestRequest* r = c.make(GRAFT_BLK_READ, 0, block, memory);
    REQUIRE(r);
    status = c.submit(r);
    if (!status.ok()) {
      refused_one = r;
      break;
    }
    ++taken;
  }
  if (held) {
    REQUIRE(status == GRAFT_E_BUSY);
    REQUIRE(taken >= 1);
    c.settle();
    REQUIRE(!refused_one->is_done());
    REQUIRE(c.hold(false));
  } else {
    REQUIRE(status.ok() || status == GRAFT_E_BUSY);
  }
  if (refused_one) {
    REQUIRE(c.wait([&] { return c.submit(refused_one) != GRAFT_E_BUSY; }));
    REQUIRE(refused_one->accepted);
  }
  c.expect_all_done();
}

void large_batches_complete_once_each(BlkContext& c) {
  const uint32_t block = c.block();
  auto* memory = static_cast<uint8_t*>(c.alloc(64 * block));
  REQUIRE(memory);
  for (uint32_t round = 0; round < 8; ++round) {
    TestRequest* batch[64];
    for (uint32_t i = 0; i < 64; ++i) {
      batch[i] = c.make(GRAFT_BLK_READ, i * block, block, memory + i * block);
      REQUIRE(batch[i]);
    }
    uint32_t done = 0;
    while (done < 64) {
      uint32_t accepted = 0;
      const Status status = c.submit(batch + done, 64 - done, &accepted);
      REQUIRE(status.ok() || status == GRAFT_E_BUSY);
      done += accepted;
      if (done < 64) c.progress(c.now_ns() + Context::kMillisecond_ns);
    }
  }
  c.expect_all_done();
}

void a_completion_may_submit(BlkContext& c) {
  auto* memory = static_cast<uint8_t*>(c.alloc(c.block()));
  REQUIRE(memory);
  TestRequest* first = c.make(GRAFT_BLK_READ, 0, c.block(), memory);
  TestRequest* second = c.make(GRAFT_BLK_READ, c.block(), c.block(), memory);
  REQUIRE(first && second);
  first->arg = second;
  first->on_done = [](TestRequest* self) {
    auto* next = static_cast<TestRequest*>(self->arg);
    const Status status = self->context->submit(next);
    if (!status.ok()) self->context->fail(__FILE__, __LINE__, "a completion may submit");
    if (next->is_done()) self->context->fail(__FILE__, __LINE__, "no completion inside submit");
  };
  REQUIRE(c.run(first).ok());
  REQUIRE(c.wait([&] { return second->is_done(); }));
  REQUIRE(second->status == GRAFT_OK);
  c.expect_all_done();
}

void statistics_count_requests(BlkContext& c) {
  auto* memory = static_cast<uint8_t*>(c.alloc(4 * c.block()));
  REQUIRE(memory);
  graft_blk_stats_t before;
  graft_blk_stats_t after;
  graft_asyncblk_get_stats(c.disk(), &before);
  for (uint32_t i = 0; i < 5; ++i) REQUIRE(c.run(GRAFT_BLK_READ, 0, 4 * c.block(), memory).ok());
  if (c.writable()) {
    if (!c.prepare(0, 2 * c.block(), 1)) return;
    REQUIRE(c.run(GRAFT_BLK_FLUSH, 0, 0, nullptr).ok());
  }
  graft_asyncblk_get_stats(c.disk(), &after);
  REQUIRE(after.reads - before.reads == 5);
  REQUIRE(after.read_bytes - before.read_bytes == 20 * c.block());
  REQUIRE(after.errors == before.errors);
  REQUIRE(after.in_flight == 0);
  REQUIRE(after.gathered + after.copied - before.gathered - before.copied >= 5);
  if (c.writable()) {
    REQUIRE(after.writes - before.writes == 1);
    REQUIRE(after.written_bytes - before.written_bytes == 2 * c.block());
    REQUIRE(after.flushes - before.flushes == 1);
  }
  c.expect_all_done();
}

void a_bad_block_fails_its_requests_and_no_others(BlkContext& c) {
  const uint64_t bad = 8 * c.block();
  if (!c.break_block(bad, true)) return c.skip("no block can be broken here");
  auto* memory = static_cast<uint8_t*>(c.alloc(32 * c.block()));
  REQUIRE(memory);
  const Status single = c.run(GRAFT_BLK_READ, bad, c.block(), memory);
  const Status around = c.run(GRAFT_BLK_READ, 0, 32 * c.block(), memory);
  const Status before = c.run(GRAFT_BLK_READ, 0, bad, memory);
  const Status after = c.run(GRAFT_BLK_READ, bad + c.block(), 8 * c.block(), memory);
  REQUIRE(c.break_block(bad, false));
  REQUIRE(single == GRAFT_E_IO);
  REQUIRE(around == GRAFT_E_IO);
  REQUIRE(before.ok() && after.ok());
  REQUIRE(c.run(GRAFT_BLK_READ, bad, c.block(), memory).ok());
  c.expect_all_done();
}

void removal_completes_everything_with_gone(BlkContext& c) {
  auto* memory = static_cast<uint8_t*>(c.alloc(c.block()));
  REQUIRE(memory);
  c.hold(true);
  TestRequest* requests[8];
  const uint32_t count = std::min<uint32_t>(c.limits().queue_depth, std::size(requests));
  for (uint32_t i = 0; i < count; ++i) {
    requests[i] = c.make(GRAFT_BLK_READ, 0, c.block(), memory);
    REQUIRE(c.submit(requests[i]).ok());
  }
  if (!c.remove()) {
    c.hold(false);
    c.expect_all_done();
    return c.skip("the device cannot be removed here");
  }
  if (!c.expect_all_done()) return;
  for (uint32_t i = 0; i < count; ++i) REQUIRE(requests[i]->status == GRAFT_OK || requests[i]->status == GRAFT_E_GONE);
  if (!refused(c, c.make(GRAFT_BLK_READ, 0, c.block(), memory), GRAFT_E_GONE)) return;
  uint64_t bytes = 1;
  REQUIRE(graft_asyncblk_get_size(c.disk(), &bytes) == GRAFT_E_GONE);
  REQUIRE(bytes == 0);
  c.settle();
}

constexpr Case<BlkContext> kCases[] = {
#define CASE(name) \
  { "asyncblk_rules", #name, name }
    CASE(geometry_makes_sense),
    CASE(identify_gives_texts),
    CASE(requests_off_the_blocks_are_refused),
    CASE(fragments_that_do_not_add_up_are_refused),
    CASE(unknown_operations_are_refused),
    CASE(a_read_only_disk_refuses_writes),
    CASE(a_batch_is_taken_up_to_the_first_wrong_one),
    CASE(a_full_queue_is_busy_and_a_completion_makes_room),
    CASE(large_batches_complete_once_each),
    CASE(a_completion_may_submit),
    CASE(statistics_count_requests),
    CASE(a_bad_block_fails_its_requests_and_no_others),
    // Last: the device does not come back.
    CASE(removal_completes_everything_with_gone),
#undef CASE
};

}  // namespace

Suite<BlkContext> asyncblk_rules_suite() { return {kCases, std::size(kCases)}; }

}  // namespace graft::conformance
