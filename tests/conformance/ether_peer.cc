// SPDX-License-Identifier: BSD-2-Clause
#include "tests/conformance/ether_peer.hpp"

namespace graft::conformance {

namespace {

constexpr uint64_t kPatience_ns = 200 * Context::kMillisecond_ns;

}  // namespace

Status EtherPeer::open() {
  GRAFT_TRY(graft_etherdev_open(device_, this, nullptr, send_.out()));
  open_ = true;
  return graft_etherdev_set_promiscuous(device_, true);
}

void EtherPeer::close() {
  if (!open_) return;
  open_ = false;
  static_cast<void>(graft_etherdev_close(device_));
  send_.reset();
  for (uint32_t tail = tail_.load(); tail != head_.load(); tail_.store(++tail))
    graft_release(ring_[tail % kCapacity].packet);
}

bool EtherPeer::send(Context& context, const uint8_t* frame, size_t bytes) {
  Ref<graft_bufio_t> buffer;
  if (graft_netio_alloc_bufio(send_.get(), bytes, buffer.out()) != GRAFT_OK) return false;
  if (graft_bufio_write(buffer.get(), frame, 0, bytes) != GRAFT_OK) return false;
  Status status;
  const bool taken = context.wait(
      [&] {
        status = graft_netio_push(send_.get(), buffer.get(), bytes);
        return status != GRAFT_E_BUSY && status != GRAFT_E_NOLINK;
      },
      kPatience_ns);
  // While the other end is closed there may be no link: then the frame is lost, as on a real cable.
  return taken ? status.ok() : status == GRAFT_E_NOLINK;
}

Status EtherPeer::push(graft_bufio_t* packet, size_t bytes) {
  uint8_t type[2];
  if (graft_bufio_read(packet, type, 12, sizeof type) != GRAFT_OK || type[0] != 0x88 || type[1] != 0xb5)
    return GRAFT_OK;
  const uint32_t head = head_.load(std::memory_order_relaxed);
  if (head - tail_.load(std::memory_order_acquire) == kCapacity) return GRAFT_E_BUSY;
  graft_addref(packet);
  ring_[head % kCapacity] = {packet, bytes};
  head_.store(head + 1, std::memory_order_release);
  return GRAFT_OK;
}

bool EtherPeer::receive(WireFrame* out) {
  const uint32_t tail = tail_.load(std::memory_order_relaxed);
  if (tail == head_.load(std::memory_order_acquire)) return false;
  const Entry entry = ring_[tail % kCapacity];
  out->bytes = entry.bytes;
  const bool whole =
      entry.bytes <= WireFrame::kMaxBytes && graft_bufio_read(entry.packet, out->data, 0, entry.bytes) == GRAFT_OK;
  graft_release(entry.packet);
  tail_.store(tail + 1, std::memory_order_release);
  return whole;
}

}  // namespace graft::conformance
