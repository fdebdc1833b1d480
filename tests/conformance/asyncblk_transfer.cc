// SPDX-License-Identifier: BSD-2-Clause
// asyncblk: what is written is what is read, whatever the memory looks like and however many requests are in flight.
#include <algorithm>
#include <cstring>
#include <iterator>

#include "tests/conformance/blk_context.hpp"

namespace graft::conformance {

namespace {

#define REQUIRE(condition) CONFORMANCE_REQUIRE(c, condition)

// Outside of the host's memory window.
alignas(4096) uint8_t g_outside[128 << 10];

/// For cases that write: says so and returns on a read-only disk.
#define NEED_WRITABLE()                                        \
  do {                                                         \
    if (!c.writable()) return c.skip("the disk is read-only"); \
    REQUIRE(c.size() >= BlkContext::kScratchBytes);            \
  } while (0)

void single_blocks_are_read_as_written(BlkContext& c) {
  NEED_WRITABLE();
  const uint32_t block = c.block();
  auto* memory = static_cast<uint8_t*>(c.alloc(2 * block));
  REQUIRE(memory);
  const uint64_t last = c.size() - block;
  for (uint64_t offset : {uint64_t{0}, uint64_t{block}, BlkContext::kScratchBytes - block, last}) {
    // The last block is given back its content: somebody may need it.
    auto* original = static_cast<uint8_t*>(c.alloc(block));
    REQUIRE(original);
    REQUIRE(c.run(GRAFT_BLK_READ, offset, block, original).ok());
    BlkContext::fill(memory, offset, block, 11);
    REQUIRE(c.run(GRAFT_BLK_WRITE, offset, block, memory).ok());
    std::memset(memory, 0xee, 2 * block);
    REQUIRE(c.run(GRAFT_BLK_READ, offset, block, memory).ok());
    REQUIRE(BlkContext::matches(memory, offset, block, 11));
    for (uint32_t i = block; i < 2 * block; ++i) REQUIRE(memory[i] == 0xee);
    if (offset == last) REQUIRE(c.run(GRAFT_BLK_WRITE, offset, block, original).ok());
  }
  c.expect_all_done();
}

void a_write_changes_only_its_blocks(BlkContext& c) {
  NEED_WRITABLE();
  const uint32_t block = c.block();
  constexpr uint32_t kBlocks = 24;
  if (!c.prepare(0, kBlocks * block, 1)) return;
  auto* memory = static_cast<uint8_t*>(c.alloc(kBlocks * block));
  REQUIRE(memory);
  BlkContext::fill(memory, 7 * block, 5 * block, 2);
  REQUIRE(c.run(GRAFT_BLK_WRITE, 7 * block, 5 * block, memory).ok());
  REQUIRE(c.run(GRAFT_BLK_READ, 0, kBlocks * block, memory).ok());
  REQUIRE(BlkContext::matches(memory, 0, 7 * block, 1));
  REQUIRE(BlkContext::matches(memory + 7 * block, 7 * block, 5 * block, 2));
  REQUIRE(BlkContext::matches(memory + 12 * block, 12 * block, 12 * block, 1));
  c.expect_all_done();
}

enum class Place { kWindow, kOutside, kMixed };

/// Cuts `bytes` into pieces of the given size at odd addresses. Gives the number of pieces, 0 if they do not fit.
uint32_t cut(BlkContext& c, TestRequest* r, uint8_t* window, uint64_t bytes, size_t piece, Place place) {
  uint8_t* outside = g_outside;
  uint32_t count = 0;
  for (uint64_t at = 0; at < bytes; ++count) {
    if (count == TestRequest::kMaxFragments) return 0;
    const size_t n = std::min<uint64_t>(piece, bytes - at);
    const bool in_window = place == Place::kWindow || (place == Place::kMixed && count % 2 == 0);
    uint8_t*& to = in_window ? window : outside;
    to += 1 + c.random_below(11);
    c.add_fragment(r, to, n);
    to += n;
    at += n;
  }
  return count;
}

void copy_fragments(const TestRequest* r, uint8_t* linear, bool to_linear) {
  for (uint32_t i = 0; i < r->request.fragment_count; ++i) {
    auto* piece = static_cast<uint8_t*>(r->fragments[i].address);
    const size_t n = r->fragments[i].bytes;
    std::memcpy(to_linear ? linear : piece, to_linear ? piece : linear, n);
    linear += n;
  }
}

void fragments_of_every_shape_are_carried(BlkContext& c) {
  NEED_WRITABLE();
  auto* window = static_cast<uint8_t*>(c.alloc(64 << 10));
  auto* linear = static_cast<uint8_t*>(c.alloc(64 << 10));
  REQUIRE(window && linear);
  uint32_t generation = 100;
  for (Place place : {Place::kWindow, Place::kOutside, Place::kMixed}) {
    for (size_t piece :
         {size_t{1}, size_t{3}, size_t{100}, size_t{511}, size_t{512}, size_t{513}, size_t{4096}, size_t{5000}}) {
      uint64_t bytes = std::min<uint64_t>(piece * 100, 32 << 10);
      bytes = std::max<uint64_t>(bytes / c.block() * c.block(), c.block());
      const uint64_t offset = generation % 16 * c.block();
      TestRequest* write = c.make(GRAFT_BLK_WRITE, offset, bytes, nullptr);
      TestRequest* read = c.make(GRAFT_BLK_READ, offset, bytes, nullptr);
      REQUIRE(write && read);
      if (cut(c, write, window, bytes, piece, place) == 0) continue;
      BlkContext::fill(linear, offset, bytes, generation);
      copy_fragments(write, linear, false);
      REQUIRE(c.run(write).ok());
      // Read in one piece what was written in many, and the other way round.
      std::memset(linear, 0, bytes);
      REQUIRE(c.run(GRAFT_BLK_READ, offset, bytes, linear).ok());
      REQUIRE(BlkContext::matches(linear, offset, bytes, generation));
      REQUIRE(cut(c, read, window, bytes, piece, place) > 0);
      std::memset(linear, 0x33, bytes);
      copy_fragments(read, linear, false);
      REQUIRE(c.run(read).ok());
      copy_fragments(read, linear, true);
      REQUIRE(BlkContext::matches(linear, offset, bytes, generation));
      ++generation;
    }
  }
  c.expect_all_done();
}

void more_fragments_than_the_limit_are_carried(BlkContext& c) {
  NEED_WRITABLE();
  constexpr uint32_t kPieces = TestRequest::kMaxFragments;
  const uint32_t block = c.block();
  const uint64_t bytes = uint64_t{kPieces} * block;
  auto* memory = static_cast<uint8_t*>(c.alloc(bytes));
  REQUIRE(memory);
  TestRequest* write = c.make(GRAFT_BLK_WRITE, 0, bytes, nullptr);
  TestRequest* read = c.make(GRAFT_BLK_READ, 0, bytes, nullptr);
  REQUIRE(write && read);
  // Back to front, so that no two are neighbours.
  for (uint32_t i = kPieces; i-- > 0;) c.add_fragment(write, memory + uint64_t{i} * block, block);
  for (uint32_t i = 0; i < kPieces; ++i)
    BlkContext::fill(memory + uint64_t{kPieces - 1 - i} * block, i * block, block, 5);
  REQUIRE(c.run(write).ok());
  std::memset(memory, 0, bytes);
  for (uint32_t i = 0; i < kPieces; ++i) c.add_fragment(read, memory + uint64_t{i} * block, block);
  REQUIRE(c.run(read).ok());
  REQUIRE(BlkContext::matches(memory, 0, bytes, 5));
  c.expect_all_done();
}

void requests_beyond_the_largest_are_carried(BlkContext& c) {
  NEED_WRITABLE();
  uint64_t bytes = c.limits().max_request_bytes + c.block();
  bytes = std::min(bytes, BlkContext::kScratchBytes) / c.block() * c.block();
  if (!c.prepare(0, bytes, 21)) return;
  auto* memory = static_cast<uint8_t*>(c.alloc(bytes));
  REQUIRE(memory);
  REQUIRE(c.run(GRAFT_BLK_READ, 0, bytes, memory).ok());
  REQUIRE(BlkContext::matches(memory, 0, bytes, 21));
  c.expect_all_done();
}

/// A stripe of the disk with at most one request in flight, and what it must hold.
struct Stripe {
  uint32_t generation = 0;
  uint32_t next_generation = 0;
  TestRequest* request = nullptr;
  uint8_t* memory = nullptr;
};

void random_requests_in_flight_agree_with_a_model(BlkContext& c) {
  NEED_WRITABLE();
  constexpr uint32_t kStripes = 16;
  constexpr uint32_t kRounds = 30;
  const uint64_t stripe_bytes = std::max<uint64_t>(4 * c.block(), 8192);
  Stripe stripes[kStripes];
  for (uint32_t i = 0; i < kStripes; ++i) {
    stripes[i].memory = static_cast<uint8_t*>(c.alloc(stripe_bytes));
    REQUIRE(stripes[i].memory);
    stripes[i].generation = 1000 + i;
    if (!c.prepare(i * stripe_bytes, stripe_bytes, stripes[i].generation)) return;
  }
  for (uint32_t round = 0; round < kRounds; ++round) {
    for (uint32_t i = 0; i < kStripes; ++i) {
      Stripe& s = stripes[i];
      const bool write = c.random_below(2);
      s.next_generation = write ? 2000 + round * kStripes + i : s.generation;
      if (write) BlkContext::fill(s.memory, i * stripe_bytes, stripe_bytes, s.next_generation);
      s.request = c.make(write ? GRAFT_BLK_WRITE : GRAFT_BLK_READ, i * stripe_bytes, stripe_bytes, s.memory);
      REQUIRE(s.request);
      Status status;
      REQUIRE(c.wait([&] { return (status = c.submit(s.request)) != GRAFT_E_BUSY; }));
      REQUIRE(status.ok());
    }
    for (uint32_t i = 0; i < kStripes; ++i) {
      Stripe& s = stripes[i];
      REQUIRE(c.wait([&] { return s.request->is_done(); }));
      REQUIRE(s.request->status == GRAFT_OK);
      s.generation = s.next_generation;
      REQUIRE(BlkContext::matches(s.memory, i * stripe_bytes, stripe_bytes, s.generation));
    }
  }
  c.expect_all_done();
}

void write_zeroes_writes_zeroes(BlkContext& c) {
  NEED_WRITABLE();
  const uint64_t bytes = 16 * c.block();
  if (!c.prepare(0, bytes, 3)) return;
  const Status status = c.run(GRAFT_BLK_WRITE_ZEROES, 4 * c.block(), 8 * c.block(), nullptr);
  if (c.limits().max_write_zeroes_bytes == 0) {
    REQUIRE(status == GRAFT_E_NOTSUP);
    return c.skip("the device does not offer it");
  }
  REQUIRE(status.ok());
  auto* memory = static_cast<uint8_t*>(c.alloc(bytes));
  REQUIRE(memory);
  REQUIRE(c.run(GRAFT_BLK_READ, 0, bytes, memory).ok());
  REQUIRE(BlkContext::matches(memory, 0, 4 * c.block(), 3));
  REQUIRE(std::all_of(memory + 4 * c.block(), memory + 12 * c.block(), [](uint8_t b) { return b == 0; }));
  REQUIRE(BlkContext::matches(memory + 12 * c.block(), 12 * c.block(), 4 * c.block(), 3));
  c.expect_all_done();
}

void discard_leaves_its_neighbours_alone(BlkContext& c) {
  NEED_WRITABLE();
  const uint64_t bytes = 64 * c.block();
  if (!c.prepare(0, bytes, 4)) return;
  const Status status = c.run(GRAFT_BLK_DISCARD, 16 * c.block(), 32 * c.block(), nullptr);
  if (c.limits().max_discard_bytes == 0) {
    REQUIRE(status == GRAFT_E_NOTSUP);
    return c.skip("the device does not offer it");
  }
  REQUIRE(status.ok());
  auto* memory = static_cast<uint8_t*>(c.alloc(bytes));
  REQUIRE(memory);
  REQUIRE(c.run(GRAFT_BLK_READ, 0, bytes, memory).ok());
  REQUIRE(BlkContext::matches(memory, 0, 16 * c.block(), 4));
  REQUIRE(BlkContext::matches(memory + 48 * c.block(), 48 * c.block(), 16 * c.block(), 4));
  c.expect_all_done();
}

void flush_and_fua_succeed(BlkContext& c) {
  NEED_WRITABLE();
  auto* memory = static_cast<uint8_t*>(c.alloc(c.block()));
  REQUIRE(memory);
  BlkContext::fill(memory, 0, c.block(), 6);
  TestRequest* fua = c.make(GRAFT_BLK_WRITE, 0, c.block(), memory);
  REQUIRE(fua);
  fua->request.flags = GRAFT_BLK_FUA;
  REQUIRE(c.run(fua).ok());
  REQUIRE(c.run(GRAFT_BLK_FLUSH, 0, 0, nullptr).ok());
  REQUIRE(c.run(GRAFT_BLK_READ, 0, c.block(), memory).ok());
  REQUIRE(BlkContext::matches(memory, 0, c.block(), 6));
  c.expect_all_done();
}

constexpr Case<BlkContext> kCases[] = {
#define CASE(name) \
  { "asyncblk_transfer", #name, name }
    CASE(single_blocks_are_read_as_written),
    CASE(a_write_changes_only_its_blocks),
    CASE(fragments_of_every_shape_are_carried),
    CASE(more_fragments_than_the_limit_are_carried),
    CASE(requests_beyond_the_largest_are_carried),
    CASE(random_requests_in_flight_agree_with_a_model),
    CASE(write_zeroes_writes_zeroes),
    CASE(discard_leaves_its_neighbours_alone),
    CASE(flush_and_fua_succeed),
#undef CASE
};

}  // namespace

Suite<BlkContext> asyncblk_transfer_suite() { return {kCases, std::size(kCases)}; }

}  // namespace graft::conformance
