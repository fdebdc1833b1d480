// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/netif/receive_packet.hpp"

#include <algorithm>
#include <graft/bufio.hpp>
#include <graft/sgbufio.hpp>
#include <new>

namespace graft::http {

bool ReceivePackets::create() {
  void* memory = host_.alloc_pages(pages_for(kPackets * sizeof(Packet)));
  if (!memory) return false;
  packets_ = new (memory) Packet[kPackets];
  for (uint32_t i = 0; i < kPackets; ++i) {
    packets_[i].owner = this;
    packets_[i].next_free = free_;
    free_ = &packets_[i];
  }
  return true;
}

ReceivePackets::~ReceivePackets() {
  if (stats_.held) host_.panic("http: lwIP still holds received packets of an interface that is destroyed");
  if (packets_) host_.free_pages(packets_, pages_for(kPackets * sizeof(Packet)));
}

void ReceivePackets::free_part(pbuf* p) {
  Packet* packet = reinterpret_cast<Part*>(p)->packet;
  if (--packet->parts_alive) return;
  ReceivePackets* owner = packet->owner;
  if (packet->source) {
    graft_release(packet->source);
    --owner->stats_.held;
  }
  packet->next_free = owner->free_;
  owner->free_ = packet;
}

pbuf* ReceivePackets::add_part(Packet* packet, void* address, size_t bytes) {
  Part& part = packet->parts[packet->parts_alive++];
  part.packet = packet;
  part.custom.custom_free_function = free_part;
  const auto length = static_cast<u16_t>(bytes);
  return pbuf_alloced_custom(PBUF_RAW, length, PBUF_REF, &part.custom, address, length);
}

pbuf* ReceivePackets::copy(graft_bufio_t* buffer, size_t bytes) {
  pbuf* p = pbuf_alloc(PBUF_RAW, static_cast<u16_t>(bytes), PBUF_RAM);
  if (!p || graft_bufio_read(buffer, p->payload, 0, bytes) != GRAFT_OK) {
    if (p) pbuf_free(p);
    ++stats_.dropped;
    return nullptr;
  }
  stats_.copied_bytes += bytes;
  return p;
}

pbuf* ReceivePackets::wrap(graft_bufio_t* buffer, size_t bytes) {
  const Bufio source{Ref<graft_bufio_t>::adopt(buffer)};
  graft_fragment_t fragments[kMaxFragments];
  uint32_t count = 0;
  const size_t head_bytes = std::min<size_t>(bytes, kHeadBytes);
  if (bytes > head_bytes) {
    const SgBufio pieces = source.query<graft_sgbufio_t>();
    if (!pieces || !pieces.fragments(head_bytes, bytes - head_bytes, fragments, kMaxFragments, &count).ok()) {
      return copy(buffer, bytes);
    }
  }
  Packet* packet = free_;
  if (!packet) {
    ++stats_.dropped;
    return nullptr;
  }
  uint8_t* head = packet->head + 2;
  if (!source.read(head, 0, head_bytes).ok()) {
    ++stats_.dropped;
    return nullptr;
  }
  free_ = packet->next_free;
  packet->parts_alive = 0;
  packet->source = nullptr;
  pbuf* first = add_part(packet, head, head_bytes);
  for (uint32_t i = 0; i < count; ++i) pbuf_cat(first, add_part(packet, fragments[i].address, fragments[i].bytes));
  if (count) {
    packet->source = Ref<graft_bufio_t>(source).take();
    ++stats_.held;
  }
  stats_.header_bytes += head_bytes;
  stats_.referenced_bytes += bytes - head_bytes;
  return first;
}

}  // namespace graft::http
