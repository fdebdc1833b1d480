// SPDX-License-Identifier: BSD-2-Clause
// Packets in both directions between a card and its peer on one wire: single pushes and batches, small ones that are
// copied and larger ones that the device gathers, and received ones that the host keeps beyond the end of the device.
#include <cstdio>
#include <cstring>
#include <graft/bufio.hpp>
#include <graft/etherdev.hpp>
#include <graft/netio.hpp>
#include <graft/netio2.hpp>
#include <new>

#include "tests/cycles/traffic.hpp"
#include "tests/qemu/async_requests.hpp"

namespace graft::test {
namespace {

constexpr uint32_t kPackets = 256;
constexpr uint32_t kBatch = 8;
constexpr size_t kPacketBytes = 2048;
constexpr uint32_t kHeaderBytes = 16;
constexpr uint64_t kLinkNs = 10'000'000'000;

/// Fills a frame from its 15th byte on by its length; with a broadcast address and a type of its own.
void fill(uint8_t* frame, size_t bytes) {
  std::memset(frame, 0xff, 6);
  std::memset(frame + 6, 0x02, 6);
  frame[12] = 0x88;
  frame[13] = 0xb5;
  frame[14] = static_cast<uint8_t>(bytes >> 8);
  frame[15] = static_cast<uint8_t>(bytes);
  for (size_t i = kHeaderBytes; i < bytes; ++i) frame[i] = static_cast<uint8_t>(i * 7 + bytes);
}

/// Says whether the bytes are those of a frame of fill(), padded or not.
bool is_right(graft_bufio_t* packet, size_t bytes) {
  uint8_t frame[kPacketBytes], expected[kPacketBytes];
  if (bytes > kPacketBytes || graft_bufio_read(packet, frame, 0, bytes) != GRAFT_OK) return false;
  const size_t sent = frame[14] << 8 | frame[15];
  if (sent > bytes) return false;
  fill(expected, sent);
  return std::memcmp(frame, expected, sent) == 0;
}

/// A packet of the test's own, in one piece.
class Packet final : public Object<Packet, graft_bufio_t> {
 public:
  void set(uint8_t* memory, size_t bytes) {
    memory_ = memory;
    bytes_ = bytes;
    fill(memory, bytes);
  }
  [[nodiscard]] bool is_back() const { return reference_count() == 1; }
  [[nodiscard]] bool was_destroyed() const { return destroyed_; }
  uint8_t* memory() { return memory_; }

  size_t size() { return bytes_; }
  Status read(void* to, size_t offset, size_t bytes) {
    if (offset > bytes_ || bytes > bytes_ - offset) return GRAFT_E_RANGE;
    std::memcpy(to, memory_ + offset, bytes);
    return GRAFT_OK;
  }
  Status write(const void*, size_t, size_t) { return GRAFT_E_PERM; }
  Status map(void** out, size_t offset, size_t bytes) {
    *out = nullptr;
    if (offset > bytes_ || bytes > bytes_ - offset) return GRAFT_E_RANGE;
    *out = memory_ + offset;
    return GRAFT_OK;
  }
  void unmap(void*, size_t, size_t) {}
  Status wire(uint64_t*, size_t, size_t) { return GRAFT_E_NOTSUP; }
  void unwire(uint64_t, size_t, size_t) {}
  Status copy(size_t, size_t, graft_bufio_t** out) {
    *out = nullptr;
    return GRAFT_E_NOTSUP;
  }
  void destroy() { destroyed_ = true; }

 private:
  uint8_t* memory_ = nullptr;
  size_t bytes_ = 0;
  std::atomic<bool> destroyed_{false};
};

/// One open interface: it sends from a thread, and keeps the last packets that it received.
class Port final : public Object<Port, graft_netio_t> {
 public:
  Port(graft_world_t* world, const char* name) : world_(world), name_(name) {
    uint8_t* memory = allocate(kPackets * kPacketBytes);
    for (uint32_t i = 0; i < kPackets; ++i) packets_[i].set(memory + i * kPacketBytes, 64);
    sender_.create(
        name, [](void* self) { return static_cast<Port*>(self)->send(); }, this);
  }

  bool open(const Device& device) {
    void* found = nullptr;
    if (device.get_interface(&graft_iid_etherdev, 0, &found) != GRAFT_OK) return false;
    card_ = EtherDev(Ref<graft_etherdev_t>::adopt(static_cast<graft_etherdev_t*>(found)));
    gone_ = 0;
    const graft_ether_listener_t listener = {this, nullptr, nullptr,
                                             [](void* self) { ++static_cast<Port*>(self)->gone_; }};
    const graft_error_t error = graft_etherdev_open(card_.get(), this, &listener, send_.out());
    if (error != GRAFT_OK) {
      printf("card: open: %s\n", graft_error_name(error));
      return false;
    }
    if (graft_query(send_.get(), &graft_iid_netio2, &found) != GRAFT_OK) return false;
    batch_ = Ref<graft_netio2_t>::adopt(static_cast<graft_netio2_t*>(found));
    const uint64_t start_ns = threaded::now_ns();
    graft_link_state_t link;
    do {
      threaded::sleep_ns(1'000'000);
      graft_etherdev_get_link(card_.get(), &link);
    } while (!link.up && threaded::now_ns() - start_ns < kLinkNs);
    check(link.up, "a link comes up");
    sender_.go();
    return true;
  }

  /// Of a card that is detached or gone.
  bool finish() {
    check(sender_.halt(), "push() does not return");
    check(all_back(), "every packet has come back");
    check(gone_ == 1, "on_gone comes once");
    Packet& packet = packets_[0];
    check(graft_netio_push(send_.get(), &packet, packet.size()) == GRAFT_E_GONE, "push() answers GONE");
    const graft_packet_t one = {&packet, static_cast<uint32_t>(packet.size()), 0, 0, 0, 0, 0, 0};
    uint32_t accepted = 1;
    check(graft_netio2_push_batch(batch_.get(), &one, 1, &accepted) == GRAFT_E_GONE && accepted == 0,
          "push_batch() answers GONE");
    graft_link_state_t link;
    graft_etherdev_get_link(card_.get(), &link);
    check(!link.up, "no link is up");
    graft_netio_t* send = nullptr;
    check(graft_etherdev_close(card_.get()) == GRAFT_OK, "close() works");
    check(graft_etherdev_open(card_.get(), this, nullptr, &send) == GRAFT_E_GONE, "open() answers GONE");
    check(graft_etherdev_set_promiscuous(card_.get(), true) == GRAFT_E_GONE, "set_promiscuous() answers GONE");
    check(graft_etherdev_set_mtu(card_.get(), 1400) == GRAFT_E_GONE, "set_mtu() answers GONE");
    batch_.reset();
    send_.reset();
    card_.reset();
    check(reference_count() == 1, "the receiver is let go");
    check_kept();
    return take_verdict();
  }

  /// Of the one that stays.
  bool pause() {
    check(sender_.halt(), "push() does not return");
    check(gone_ == 0, "no on_gone comes");
    check_kept();
    return take_verdict();
  }
  void resume() { sender_.go(); }

  uint64_t carried() const { return received_; }

  // ---- netio, for the device: an upcall ----
  Status push(graft_bufio_t* packet, size_t bytes) {
    uint8_t type[2];
    if (graft_bufio_read(packet, type, 12, 2) != GRAFT_OK || type[0] != 0x88 || type[1] != 0xb5) return GRAFT_OK;
    check(is_right(packet, bytes), "a packet arrives as it was sent");
    ++received_;
    graft_addref(packet);
    Kept& place = kept_[received_ % kKept];
    if (place.packet != nullptr) graft_release(place.packet);
    place = {packet, bytes};
    return GRAFT_OK;
  }
  Status alloc_bufio(size_t, graft_bufio_t** out) {
    *out = nullptr;
    return GRAFT_E_NOTIMPL;
  }
  void destroy() { check(false, "the receiver loses a reference too much"); }

 private:
  static constexpr uint32_t kKept = 8;
  struct Kept {
    graft_bufio_t* packet;
    size_t bytes;
  };

  void check(bool condition, const char* what) {
    if (condition) return;
    broken_ = true;
    printf("%s: broken: %s\n", name_, what);
  }

  bool take_verdict() { return !broken_.exchange(false); }

  bool all_back() {
    bool all = true;
    for (Packet& packet : packets_) {
      check(!packet.was_destroyed(), "a packet loses a reference too much");
      all &= packet.is_back();
    }
    return all;
  }

  /// What was received outlives the device.
  void check_kept() {
    // Upcalls use the places too.
    graft_world_enter(world_);
    for (Kept& place : kept_) {
      if (place.packet == nullptr) continue;
      check(is_right(place.packet, place.bytes), "a packet that is kept stays as it is");
      graft_release(place.packet);
      place.packet = nullptr;
    }
    graft_world_leave(world_);
  }

  Packet* free_packet() {
    for (uint32_t i = 0; i < kPackets; ++i) {
      Packet& packet = packets_[next_++ % kPackets];
      if (!packet.is_back()) continue;
      packet.set(packet.memory(), kHeaderBytes + sequence_.below(sequence_.below(2) == 0 ? 112 : 1498));
      return &packet;
    }
    return nullptr;
  }

  /// A batch or one packet. False if there is no room or no device.
  bool send() {
    if (sequence_.below(2) == 0) {
      Packet* packet = free_packet();
      return packet != nullptr && judge(graft_netio_push(send_.get(), packet, packet->size()));
    }
    graft_packet_t batch[kBatch] = {};
    Packet* taken[kBatch];
    uint32_t count = 0;
    for (; count < kBatch; ++count) {
      taken[count] = free_packet();
      if (taken[count] == nullptr) break;
      graft_addref(static_cast<graft_bufio_t*>(taken[count]));
      batch[count].buffer = taken[count];
      batch[count].bytes = static_cast<uint32_t>(taken[count]->size());
    }
    uint32_t accepted = 0;
    const graft_error_t error =
        count != 0 ? graft_netio2_push_batch(batch_.get(), batch, count, &accepted) : GRAFT_E_BUSY;
    for (uint32_t i = 0; i < count; ++i) graft_release(batch[i].buffer);
    check(accepted == count || error != GRAFT_OK, "a batch is taken whole or an error says why not");
    return judge(error);
  }

  bool judge(graft_error_t error) {
    const bool fine = error == GRAFT_OK || error == GRAFT_E_BUSY || error == GRAFT_E_NOLINK || error == GRAFT_E_GONE;
    check(fine, graft_error_name(error));
    return error == GRAFT_OK;
  }

  graft_world_t* const world_;
  const char* const name_;
  EtherDev card_;
  Ref<graft_netio_t> send_;
  Ref<graft_netio2_t> batch_;
  Sequence sequence_{7};
  Packet packets_[kPackets];
  uint32_t next_ = 0;
  Kept kept_[kKept] = {};
  std::atomic<uint64_t> received_{0};
  std::atomic<uint32_t> gone_{0};
  std::atomic<bool> broken_{false};
  Loop sender_;
};

class CardTraffic final : public Traffic {
 public:
  CardTraffic(graft_world_t* world, const Device& peer) : peer_(world, "peer"), card_(world, "card") {
    // Cannot fail at rest: it sends without a listener on the wire.
    if (!peer_came(peer)) threaded::exit(false);
  }

  bool peer_left() override {
    peer_.resume();
    return peer_.finish();
  }
  bool peer_came(const Device& peer) override { return peer_.open(peer) && peer_.pause(); }

  bool start(const Device& device) override {
    if (!card_.open(device)) return false;
    peer_.resume();
    return true;
  }
  bool finish() override {
    const bool peer = peer_.pause();
    return card_.finish() && peer;
  }
  uint64_t carried() const override { return card_.carried() < peer_.carried() ? card_.carried() : peer_.carried(); }

 private:
  Port peer_, card_;
};

}  // namespace

Traffic* make_card_traffic(graft_world_t* world, const Device& peer) {
  return new (std::nothrow) CardTraffic(world, peer);
}

}  // namespace graft::test
