// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/netif/receive_queue.hpp"

namespace graft::http {

Status ReceiveQueue::push(graft_bufio_t* packet, size_t bytes) {
  if (bytes < kMinFrameBytes || bytes > max_frame_bytes_ || bytes > graft_bufio_size(packet)) {
    malformed_.fetch_add(1, std::memory_order_relaxed);
    return GRAFT_E_RANGE;
  }
  const uint32_t head = head_.load(std::memory_order_relaxed);
  if (head - tail_.load(std::memory_order_acquire) == kCapacity) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return GRAFT_E_BUSY;
  }
  graft_addref(packet);
  ring_[head % kCapacity] = {packet, bytes};
  head_.store(head + 1, std::memory_order_release);
  host_.wake();
  return GRAFT_OK;
}

Status ReceiveQueue::alloc_bufio(size_t, graft_bufio_t** out) {
  *out = nullptr;
  return GRAFT_E_NOTIMPL;
}

bool ReceiveQueue::pop(Packet* out) {
  const uint32_t tail = tail_.load(std::memory_order_relaxed);
  if (tail == head_.load(std::memory_order_acquire)) return false;
  *out = ring_[tail % kCapacity];
  tail_.store(tail + 1, std::memory_order_release);
  return true;
}

bool ReceiveQueue::empty() const {
  return tail_.load(std::memory_order_relaxed) == head_.load(std::memory_order_acquire);
}

void ReceiveQueue::discard() {
  Packet packet;
  while (pop(&packet)) graft_release(packet.buffer);
}

ReceiveQueue::Stats ReceiveQueue::stats() const {
  return {malformed_.load(std::memory_order_relaxed), dropped_.load(std::memory_order_relaxed)};
}

}  // namespace graft::http
