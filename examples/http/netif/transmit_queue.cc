// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/netif/transmit_queue.hpp"

#include <new>

namespace graft::http {

bool TransmitQueue::create() {
  void* memory = host_.alloc_pages(pages_for(kPackets * sizeof(TransmitPacket)));
  if (!memory) return false;
  packets_ = static_cast<TransmitPacket*>(memory);
  for (uint32_t i = 0; i < kPackets; ++i) {
    auto* packet = new (packets_ + i) TransmitPacket(*this);
    packet->next_ = free_;
    free_ = packet;
  }
  return true;
}

TransmitQueue::~TransmitQueue() {
  reclaim();
  discard();
  if (!in_flight_.empty()) host_.panic("http: the driver still holds packets of an interface that is destroyed");
  if (packets_) host_.free_pages(packets_, pages_for(kPackets * sizeof(TransmitPacket)));
}

void TransmitQueue::set_target(const Ref<graft_netio_t>& target) {
  target_ = target;
  batch_target_ = target.query<graft_netio2_t>();
  blocked_ = false;
}

TransmitPacket* TransmitQueue::prepare(pbuf* chain) {
  TransmitPacket* packet = free_;
  if (packet->fill(chain, next_sequence_)) return packet;
  pbuf* flat = pbuf_clone(PBUF_RAW, PBUF_RAM, chain);
  if (!flat) return nullptr;
  ++stats_.linearised;
  const bool filled = packet->fill(flat, next_sequence_);
  pbuf_free(flat);
  return filled ? packet : nullptr;
}

err_t TransmitQueue::send(pbuf* chain) {
  if (!free_) reclaim();
  TransmitPacket* packet = free_ ? prepare(chain) : nullptr;
  if (!packet) {
    ++stats_.refused;
    starving_.store(true);
    return ERR_MEM;
  }
  free_ = packet->next_;
  ++next_sequence_;
  ++stats_.outstanding;
  waiting_.push_back(*packet);
  if (waiting_.size() >= kBatch) flush();
  return ERR_OK;
}

void TransmitQueue::accepted(uint32_t count) {
  stats_.packets += count;
  for (; count; --count) {
    TransmitPacket& packet = waiting_.front();
    waiting_.pop_front();
    in_flight_.push_back(packet);
    packet.release();
  }
}

void TransmitQueue::drop_first() {
  ++stats_.dropped;
  TransmitPacket& packet = waiting_.front();
  waiting_.pop_front();
  in_flight_.push_back(packet);
  packet.release();
}

Status TransmitQueue::push_some(uint32_t* out_accepted) {
  *out_accepted = 0;
  if (!batch_target_) {
    TransmitPacket& packet = waiting_.front();
    const Status status = graft_netio_push(target_.get(), &packet, packet.size());
    *out_accepted = status.ok() ? 1 : 0;
    return status;
  }
  graft_packet_t batch[kBatch] = {};
  uint32_t count = 0;
  for (auto at = waiting_.begin(); at != waiting_.end() && count < kBatch; ++at, ++count) {
    batch[count].buffer = &*at;
    batch[count].bytes = static_cast<uint32_t>(at->size());
  }
  return graft_netio2_push_batch(batch_target_.get(), batch, count, out_accepted);
}

void TransmitQueue::flush() {
  while (!waiting_.empty()) {
    const uint32_t events = space_events_.load(std::memory_order_acquire);
    if (blocked_ && events == blocked_at_) return;
    blocked_ = false;
    if (!target_) {
      drop_first();
      continue;
    }
    uint32_t count;
    const Status status = push_some(&count);
    accepted(count);
    if (status.ok()) continue;
    if (status == GRAFT_E_BUSY) {
      // The event may have come before push returned; then `events` is old and the loop tries again at once.
      ++stats_.busy;
      blocked_ = true;
      blocked_at_ = events;
    } else {
      stats_.last_error = status.code();
      drop_first();
    }
  }
}

void TransmitQueue::reclaim() {
  starving_.store(false);
  TransmitPacket* packet = released_.exchange(nullptr, std::memory_order_acquire);
  while (packet) {
    TransmitPacket* next = packet->next_;
    in_flight_.erase(List::s_iterator_to(*packet));
    packet->drain();
    packet->next_ = free_;
    free_ = packet;
    --stats_.outstanding;
    packet = next;
  }
}

void TransmitQueue::discard() {
  while (!waiting_.empty()) drop_first();
  reclaim();
}

uint64_t TransmitQueue::completed_before() const {
  if (!in_flight_.empty()) return in_flight_.front().sequence();
  if (!waiting_.empty()) return waiting_.front().sequence();
  return next_sequence_;
}

void TransmitQueue::on_space() {
  space_events_.fetch_add(1, std::memory_order_release);
  host_.wake();
}

void TransmitQueue::on_released(TransmitPacket* packet) {
  TransmitPacket* head = released_.load(std::memory_order_relaxed);
  do {
    packet->next_ = head;
  } while (!released_.compare_exchange_weak(head, packet));
  if (starving_.load()) host_.wake();
}

}  // namespace graft::http
