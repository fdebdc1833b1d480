// SPDX-License-Identifier: BSD-2-Clause
// block, packet: the first data through a driver that runs on the host.
#include "glue/ladder/climb.hpp"

namespace graft::ladder {
namespace {

constexpr size_t kFrameMost = 256;
constexpr size_t kHeaderBytes = 14;
constexpr size_t kArpBytes = 42;

/// Pages for a buffer, given back in any case.
struct Buffer {
  Buffer(Climb& c, size_t bytes) : climb(c), pages((bytes + GRAFT_PAGE_BYTES - 1) / GRAFT_PAGE_BYTES) {
    climb.env.page_alloc(climb.env.host, pages, 1, UINT64_MAX, &va);
  }
  ~Buffer() {
    if (va != nullptr) climb.env.page_free(climb.env.host, va, pages);
  }
  unsigned char* bytes() { return static_cast<unsigned char*>(va); }

  Climb& climb;
  size_t pages;
  void* va = nullptr;
};

/// The receiving end: counts packets and wakes the climber.
struct Receiver : graft_netio {
  void start(Climb& c) {
    static constexpr graft_netio_ops_t kOps = {query, addref, release, push, alloc_bufio};
    ops = &kOps;
    references = 1;
    packets = 0;
    thread = c.self();
    climb = &c;
  }
  static Receiver* of(graft_netio_t* self) { return static_cast<Receiver*>(self); }

  static graft_error_t query(graft_netio_t* self, const graft_iid_t* iid, void** out) {
    *out = nullptr;
    if (!graft_iid_equal(iid, &graft_iid_iunknown) && !graft_iid_equal(iid, &graft_iid_netio))
      return GRAFT_E_NOINTERFACE;
    addref(self);
    *out = self;
    return GRAFT_OK;
  }
  static uint32_t addref(graft_netio_t* self) { return of(self)->references.fetch_add(1) + 1; }
  static uint32_t release(graft_netio_t* self) { return of(self)->references.fetch_sub(1) - 1; }
  static graft_error_t push(graft_netio_t* self, graft_bufio_t*, size_t) {
    of(self)->packets.fetch_add(1);
    if (Climb* climb = of(self)->climb) climb->unpark(of(self)->thread);
    return GRAFT_OK;
  }
  static graft_error_t alloc_bufio(graft_netio_t*, size_t, graft_bufio_t** out) {
    *out = nullptr;
    return GRAFT_E_NOMEM;
  }

  Climb* climb = nullptr;  ///< null after the rung
  void* thread = nullptr;
  std::atomic<uint32_t> references{1};
  std::atomic<uint32_t> packets{0};
};

/// Not on the stack: a driver that forgets to release it may come back after the climb.
constinit Receiver g_receiver{};

/// The frame to send: the caller's with our source address in it, or a broadcast of the local experimental type.
size_t build_frame(Climb& climb, unsigned char* frame) {
  graft_mac_address_t own;
  climb.options.etherdev->ops->get_address(climb.options.etherdev, &own);
  size_t bytes = 60;
  for (size_t i = 0; i < kFrameMost; ++i) frame[i] = 0;
  if (climb.options.request != nullptr) {
    bytes = climb.options.request_bytes;
    __builtin_memcpy(frame, climb.options.request, bytes);
  } else {
    for (size_t i = 0; i < 6; ++i) frame[i] = 0xff;
    frame[12] = 0x88;  // IEEE 802 local experimental EtherType 1
    frame[13] = 0xb5;
  }
  const bool is_arp = bytes >= kArpBytes && frame[12] == 0x08 && frame[13] == 0x06;
  for (size_t i = 0; i < 6; ++i) {
    frame[6 + i] = own.bytes[i];
    if (is_arp) frame[22 + i] = own.bytes[i];  // sender hardware address
  }
  return bytes;
}

Verdict exchange(Climb& climb, graft_netio_t* send, Receiver& receiver) {
  graft_etherdev_t* const device = climb.options.etherdev;
  graft_link_state_t link{};
  for (int i = 0; i < 1000 && !link.up; ++i) {
    device->ops->get_link(device, &link);
    if (!link.up) climb.wait(10 * kMsNs);
  }
  LADDER_RULE(link.up, "etherdev.get_link", "the link comes up within 10 s");

  unsigned char frame[kFrameMost];
  const size_t bytes = build_frame(climb, frame);
  graft_ether_stats_t before, after;
  device->ops->get_stats(device, &before);
  graft_bufio_t* packet = nullptr;
  LADDER_RULE(graft_netio_alloc_bufio(send, bytes, &packet) == GRAFT_OK, "netio.alloc_bufio",
              "a packet can be allocated");
  graft_bufio_write(packet, frame, 0, bytes);
  const graft_error_t error = graft_netio_push(send, packet, bytes);
  graft_release(packet);
  LADDER_RULE(error == GRAFT_OK, "netio.push", "an open interface with a link takes a packet");
  for (int i = 0; i < 200; ++i) {
    device->ops->get_stats(device, &after);
    if (after.tx_packets > before.tx_packets && (climb.options.request == nullptr || receiver.packets.load() > 0))
      break;
    climb.wait(10 * kMsNs);
  }
  LADDER_RULE(after.tx_packets > before.tx_packets, "netio.push", "the device sends the packet within 2 s");
  LADDER_RULE(climb.options.request == nullptr || receiver.packets.load() > 0, "netio.push",
              "a request that somebody answers is followed by a received packet within 2 s");
  return kPassed;
}

}  // namespace

Verdict check_block(Climb& climb) {
  graft_blkio_t* const disk = climb.options.blkio;
  if (disk == nullptr) return skipped("the options name no disk");
  climb.begin("blkio.get_block_size");
  const size_t block = graft_blkio_get_block_size(disk);
  LADDER_RULE(block > 0 && (block & (block - 1)) == 0, "blkio.get_block_size", "it is a power of two");
  uint64_t bytes = 0;
  LADDER_RULE(graft_blkio_get_size(disk, &bytes) == GRAFT_OK && bytes % block == 0, "blkio.get_size",
              "it is a multiple of the block size");
  if (bytes == 0) return skipped("the disk is empty");
  Buffer first(climb, block), second(climb, block);
  if (first.va == nullptr || second.va == nullptr) return skipped("no memory for two blocks");
  // What one read leaves untouched, the two differ in.
  __builtin_memset(first.va, 0x00, block);
  __builtin_memset(second.va, 0xff, block);
  climb.begin("blkio.read");
  LADDER_RULE(graft_blkio_read(disk, first.va, 0, block) == GRAFT_OK, "blkio.read", "the first block can be read");
  LADDER_RULE(graft_blkio_read(disk, second.va, 0, block) == GRAFT_OK, "blkio.read",
              "the first block can be read again");
  bool is_same = true;
  for (size_t i = 0; i < block; ++i) is_same &= first.bytes()[i] == second.bytes()[i];
  LADDER_RULE(is_same, "blkio.read", "it fills the buffer, each time with the same");
  LADDER_RULE(graft_blkio_read(disk, first.va, bytes, block) == GRAFT_E_RANGE, "blkio.read", "RANGE beyond the end");
  return kPassed;
}

Verdict check_packet(Climb& climb) {
  graft_etherdev_t* const device = climb.options.etherdev;
  if (device == nullptr) return skipped("the options name no network interface");
  if (climb.options.request != nullptr &&
      (climb.options.request_bytes < kHeaderBytes || climb.options.request_bytes > kFrameMost)) {
    return skipped("the request is no frame of 14 to 256 bytes");
  }
  Receiver& receiver = g_receiver;
  receiver.start(climb);
  graft_netio_t* send = nullptr;
  climb.begin("etherdev.open");
  const graft_error_t error = device->ops->open(device, &receiver, nullptr, &send);
  if (error != GRAFT_OK || send == nullptr) {
    receiver.climb = nullptr;
    return broken("etherdev.open", "a closed interface can be opened");
  }
  climb.begin("netio.push");
  const Verdict verdict = exchange(climb, send, receiver);
  graft_release(send);
  climb.begin("etherdev.close");
  const graft_error_t close_error = device->ops->close(device);
  receiver.climb = nullptr;
  LADDER_RULE(close_error == GRAFT_OK, "etherdev.close", "an open interface can be closed");
  if (verdict.status != GRAFT_LADDER_PASSED) return verdict;
  LADDER_RULE(receiver.references.load() == 1, "etherdev.close", "it releases the receiver");
  return kPassed;
}

}  // namespace graft::ladder
