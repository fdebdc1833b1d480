// SPDX-License-Identifier: BSD-2-Clause
// 10.0.2.15 on the card: answers ARP requests (RFC 826) and echo requests (RFC 792) in the memory they came in.
#include "kernel.h"

static const uint8_t own_ip[4] = {10, 0, 2, 15};
static graft_mac_address_t own_mac;
static graft_netio_t* sender;

/// An upcall: a frame came. It is the sender's until this returns.
static graft_error_t receive(graft_netio_t* self, graft_bufio_t* packet, size_t bytes) {
  static uint8_t frame[1514];
  if (bytes < 42 || bytes > sizeof frame || graft_bufio_read(packet, frame, 0, bytes) != GRAFT_OK) return GRAFT_OK;
  memcpy(frame, frame + 6, 6);
  memcpy(frame + 6, own_mac.bytes, 6);
  const bool is_ping = memcmp(frame + 12, "\x08\x00\x45", 3) == 0 && frame[23] == 1 && frame[34] == 8;
  const bool is_whole = (frame[20] & 0x3f) == 0 && frame[21] == 0;
  if (memcmp(frame + 12, "\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01", 10) == 0 && memcmp(frame + 38, own_ip, 4) == 0) {
    frame[21] = 2;  // a reply
    memcpy(frame + 32, frame + 22, 10);
    memcpy(frame + 22, own_mac.bytes, 6);
    memcpy(frame + 28, own_ip, 4);
  } else if (is_ping && is_whole && memcmp(frame + 30, own_ip, 4) == 0) {
    memcpy(frame + 30, frame + 26, 4);
    memcpy(frame + 26, own_ip, 4);
    frame[34] = 0;  // a reply; the sum of 16-bit words shrinks by 0x0800, so the checksum grows by it
    const uint32_t sum = (frame[36] << 8 | frame[37]) + 0x0800;
    frame[36] = (sum + (sum >> 16)) >> 8;
    frame[37] = sum + (sum >> 16);
  } else {
    return GRAFT_OK;
  }
  if (graft_netio_alloc_bufio(sender, bytes, &packet) != GRAFT_OK) return GRAFT_OK;
  graft_bufio_write(packet, frame, 0, bytes);
  graft_netio_push(sender, packet, bytes);
  graft_release(packet);
  return GRAFT_OK;
}

static graft_error_t query(graft_netio_t* self, const graft_iid_t* iid, void** out) {
  *out = graft_iid_equal(iid, &graft_iid_iunknown) || graft_iid_equal(iid, &graft_iid_netio) ? self : NULL;
  return *out != NULL ? GRAFT_OK : GRAFT_E_NOINTERFACE;
}

static uint32_t count(graft_netio_t* self) { return 1; }  // it is never destroyed

static graft_error_t alloc_bufio(graft_netio_t* self, size_t bytes, graft_bufio_t** out) {
  return graft_netio_alloc_bufio(sender, bytes, out);
}

bool answer_ping(graft_etherdev_t* card) {
  static const graft_netio_ops_t ops = {query, count, count, receive, alloc_bufio};
  static graft_netio_t receiver = {&ops};
  graft_etherdev_get_address(card, &own_mac);
  return graft_etherdev_open(card, &receiver, NULL, &sender) == GRAFT_OK;
}
