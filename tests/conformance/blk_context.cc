// SPDX-License-Identifier: BSD-2-Clause
#include "tests/conformance/blk_context.hpp"

namespace graft::conformance {

BlkContext::BlkContext(const graft_osenv_t* osenv, graft_asyncblk_t* disk) : Context(osenv), disk_(disk) {
  graft_asyncblk_get_limits(disk_, &limits_);
  if (graft_asyncblk_get_size(disk_, &size_) != GRAFT_OK) size_ = 0;
}

Ref<graft_blkio_t> BlkContext::sync() const {
  void* found = nullptr;
  if (graft_query(disk_, &graft_iid_blkio, &found) != GRAFT_OK) return {};
  return Ref<graft_blkio_t>::adopt(static_cast<graft_blkio_t*>(found));
}

TestRequest* BlkContext::make(uint32_t operation, uint64_t offset, uint64_t bytes, void* memory) {
  if (request_count_ == kMaxRequests) return nullptr;
  TestRequest* r = &requests_[request_count_++];
  r->request = {};
  r->request.operation = operation;
  r->request.offset_bytes = offset;
  r->request.bytes = bytes;
  r->request.fragments = r->fragments;
  r->request.on_done = on_done;
  r->request.arg = r;
  r->context = this;
  r->completions.store(0);
  r->status = GRAFT_OK;
  r->accepted = false;
  r->on_done = nullptr;
  if (memory) add_fragment(r, memory, bytes);
  return r;
}

void BlkContext::add_fragment(TestRequest* r, void* memory, size_t bytes) {
  const uint32_t region = in_window(memory, bytes) ? GRAFT_REGION_WORLD : GRAFT_REGION_OTHER;
  r->fragments[r->request.fragment_count++] = {memory, bytes, region, 0};
}

void BlkContext::on_done(graft_blk_request_t* request, graft_error_t status) {
  auto* r = static_cast<TestRequest*>(request->arg);
  BlkContext& c = *r->context;
  const bool upcalls_come_one_at_a_time = c.upcalls_.fetch_add(1) == 0;
  if (!upcalls_come_one_at_a_time) c.fail(__FILE__, __LINE__, "upcalls_come_one_at_a_time");
  const bool not_inside_submit = c.submitting_.load() != c.thread();
  if (!not_inside_submit) c.fail(__FILE__, __LINE__, "not_inside_submit");
  r->status = status;
  if (r->on_done) r->on_done(r);
  r->completions.fetch_add(1, std::memory_order_release);
  c.upcalls_.fetch_sub(1);
}

Status BlkContext::submit(TestRequest* const* rs, uint32_t count, uint32_t* out_accepted) {
  graft_blk_request_t* requests[64];
  for (uint32_t i = 0; i < count; ++i) requests[i] = &rs[i]->request;
  // Set before, because a completion on another thread may come at once.
  for (uint32_t i = 0; i < count; ++i) rs[i]->accepted = true;
  const bool outermost = upcalls_.load() == 0;
  if (outermost) submitting_.store(thread());
  const Status status = graft_asyncblk_submit(disk_, requests, count, out_accepted);
  if (outermost) submitting_.store(nullptr);
  if (*out_accepted > count || status.ok() != (*out_accepted == count)) {
    fail(__FILE__, __LINE__, "OK exactly if every request was accepted");
    return status;
  }
  for (uint32_t i = *out_accepted; i < count; ++i) rs[i]->accepted = false;
  return status;
}

Status BlkContext::submit(TestRequest* r) {
  if (!r) return GRAFT_E_NOMEM;
  uint32_t accepted;
  return submit(&r, 1, &accepted);
}

Status BlkContext::run(TestRequest* r) {
  const Status status = submit(r);
  if (!status.ok()) return status;
  return wait([&] { return r->is_done(); }) ? Status(r->status) : Status(GRAFT_E_TIMEDOUT);
}

bool BlkContext::all_done() const {
  for (uint32_t i = 0; i < request_count_; ++i) {
    if (requests_[i].accepted && !requests_[i].is_done()) return false;
  }
  return true;
}

bool BlkContext::expect_all_done() {
  const bool every_request_completed = wait([&] { return all_done(); });
  CONFORMANCE_REQUIRE_OR_FALSE(*this, every_request_completed);
  settle();
  for (uint32_t i = 0; i < request_count_; ++i) {
    const uint32_t completions = requests_[i].completions.load();
    const bool completed_exactly_once = completions == (requests_[i].accepted ? 1 : 0);
    CONFORMANCE_REQUIRE_OR_FALSE(*this, completed_exactly_once);
  }
  return true;
}

void BlkContext::fill(uint8_t* to, uint64_t offset, size_t bytes, uint32_t generation) {
  for (size_t i = 0; i < bytes; ++i) to[i] = pattern_byte(generation, offset + i);
}

bool BlkContext::matches(const uint8_t* data, uint64_t offset, size_t bytes, uint32_t generation) {
  for (size_t i = 0; i < bytes; ++i) {
    if (data[i] != pattern_byte(generation, offset + i)) return false;
  }
  return true;
}

bool BlkContext::prepare(uint64_t offset, size_t bytes, uint32_t generation) {
  auto* memory = static_cast<uint8_t*>(alloc(bytes));
  CONFORMANCE_REQUIRE_OR_FALSE(*this, memory != nullptr);
  fill(memory, offset, bytes, generation);
  CONFORMANCE_REQUIRE_OR_FALSE(*this, run(GRAFT_BLK_WRITE, offset, bytes, memory).ok());
  return true;
}

}  // namespace graft::conformance
