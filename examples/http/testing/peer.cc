// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/testing/peer.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace graft::http::testing {

namespace {

constexpr uint64_t kRetransmit_ns = 300'000'000;
constexpr uint8_t kFin = 1, kSyn = 2, kRst = 4, kPsh = 8, kAck = 16;
constexpr uint8_t kIcmp = 1, kTcp = 6;
constexpr size_t kEthernet = 14, kIp = 20, kTcpHeader = 20;
constexpr size_t kMss = 1460;

void put16(uint8_t* at, uint32_t v) { at[0] = static_cast<uint8_t>(v >> 8), at[1] = static_cast<uint8_t>(v); }
void put32(uint8_t* at, uint32_t v) { put16(at, v >> 16), put16(at + 2, v); }
uint32_t get16(const uint8_t* at) { return static_cast<uint32_t>(at[0] << 8 | at[1]); }
uint32_t get32(const uint8_t* at) { return get16(at) << 16 | get16(at + 2); }

uint32_t sum(const uint8_t* at, size_t bytes, uint32_t start = 0) {
  for (size_t i = 0; i < bytes; ++i) start += static_cast<uint32_t>(at[i] << (i % 2 ? 0 : 8));
  return start;
}
uint16_t fold(uint32_t s) {
  while (s >> 16) s = (s & 0xffff) + (s >> 16);
  return static_cast<uint16_t>(~s);
}
uint32_t pseudo_header(const uint8_t* source, const uint8_t* destination, uint8_t protocol, size_t bytes) {
  return sum(source, 4) + sum(destination, 4) + protocol + static_cast<uint32_t>(bytes);
}

}  // namespace

// ---- Frames
// -----------------------------------------------------------------------------------------------------------

void Peer::send(Frame frame) {
  if (chance(faults_.lose)) return;
  if (chance(faults_.repeat)) transmit_(frame);
  if (held_back_.empty() && chance(faults_.swap)) {
    held_back_ = std::move(frame);
    return;
  }
  transmit_(std::move(frame));
  if (!held_back_.empty()) transmit_(std::exchange(held_back_, {}));
}

void Peer::send_ip(uint8_t protocol, const Frame& payload) {
  Frame frame(kEthernet + kIp + payload.size());
  std::copy_n(kServerMac, 6, frame.begin());
  std::copy_n(kMac, 6, frame.begin() + 6);
  put16(&frame[12], 0x0800);
  uint8_t* ip = &frame[kEthernet];
  ip[0] = 0x45;
  put16(ip + 2, static_cast<uint32_t>(kIp + payload.size()));
  ip[8] = 64;
  ip[9] = protocol;
  std::copy_n(kAddress, 4, ip + 12);
  std::copy_n(kServerAddress, 4, ip + 16);
  put16(ip + 10, fold(sum(ip, kIp)));
  std::copy(payload.begin(), payload.end(), frame.begin() + kEthernet + kIp);
  if (frame.size() < 60) frame.resize(60);
  send(std::move(frame));
}

void Peer::on_frame(const Frame& frame) {
  if (chance(faults_.lose)) return;
  if (frame.size() < kEthernet) return;
  const uint32_t type = get16(&frame[12]);
  if (type == 0x0806) on_arp(frame);
  if (type == 0x0800) on_ip(frame);
}

void Peer::on_arp(const Frame& frame) {
  if (frame.size() < 42 || get16(&frame[20]) != 1 || std::memcmp(&frame[38], kAddress, 4) != 0) return;
  Frame reply(60);
  std::copy_n(&frame[6], 6, reply.begin());
  std::copy_n(kMac, 6, reply.begin() + 6);
  std::copy_n(&frame[12], 8, reply.begin() + 12);
  put16(&reply[20], 2);
  std::copy_n(kMac, 6, reply.begin() + 22);
  std::copy_n(kAddress, 4, reply.begin() + 28);
  std::copy_n(&frame[22], 10, reply.begin() + 32);
  transmit_(reply);
}

void Peer::on_ip(const Frame& frame) {
  if (frame.size() < kEthernet + kIp) return;
  const uint8_t* ip = &frame[kEthernet];
  const size_t total = get16(ip + 2);
  if (ip[0] != 0x45 || total > frame.size() - kEthernet || std::memcmp(ip + 16, kAddress, 4) != 0) return;
  if (fold(sum(ip, kIp)) != 0) ++bad_checksums_;
  const uint8_t* payload = ip + kIp;
  const size_t bytes = total - kIp;
  if (ip[9] == kIcmp && bytes >= 8 && payload[0] == 0) {
    if (fold(sum(payload, bytes)) != 0) ++bad_checksums_;
    if (std::string(payload + 8, payload + bytes) == ping_payload_) ++pings_answered_;
  }
  if (ip[9] != kTcp || bytes < kTcpHeader) return;
  if (fold(sum(payload, bytes, pseudo_header(ip + 12, ip + 16, kTcp, bytes))) != 0) {
    ++bad_checksums_;
    return;
  }
  const auto found = connections_.find(static_cast<uint16_t>(get16(payload + 2)));
  if (found != connections_.end()) found->second->on_segment(payload, bytes);
}

void Peer::ping(uint16_t id, uint16_t sequence, const std::string& payload) {
  ping_payload_ = payload;
  Frame icmp(8);
  icmp[0] = 8;
  put16(&icmp[4], id);
  put16(&icmp[6], sequence);
  icmp.insert(icmp.end(), payload.begin(), payload.end());
  put16(&icmp[2], fold(sum(icmp.data(), icmp.size())));
  send_ip(kIcmp, icmp);
}

std::shared_ptr<PeerConnection> Peer::connect(uint16_t port) {
  const uint16_t local = next_port_++;
  std::shared_ptr<PeerConnection> connection(new PeerConnection(*this, port));
  connection->first_ = static_cast<uint32_t>(random_());
  connections_[local] = connection;
  connection->send_pending(true);
  return connection;
}

void Peer::on_time(uint64_t now_ns) {
  now_ns_ = now_ns;
  if (!held_back_.empty()) transmit_(std::exchange(held_back_, {}));
  for (auto& [port, connection] : connections_) connection->on_time(now_ns);
}

uint64_t Peer::next_deadline_ns() const {
  uint64_t next = UINT64_MAX;
  for (const auto& [port, c] : connections_) {
    const uint32_t fin = c->fin_wanted_ ? 1 : 0;
    const bool due = !c->reset_ && (!c->established_ || c->acked_ < c->to_send_.size() + fin);
    if (due) next = std::min(next, c->sent_ns_ + kRetransmit_ns);
  }
  return next;
}

// ---- TCP
// --------------------------------------------------------------------------------------------------------------

void PeerConnection::segment(uint8_t flags, uint32_t sequence, const uint8_t* data, size_t bytes) {
  uint16_t local = 0;
  for (auto& [port, connection] : peer_.connections_) {
    if (connection.get() == this) local = port;
  }
  const bool syn = flags & kSyn;
  const size_t options = syn ? (peer_.window_scale_ ? 8 : 4) : 0;
  Frame tcp(kTcpHeader + options);
  put16(&tcp[0], local);
  put16(&tcp[2], port_);
  put32(&tcp[4], sequence);
  put32(&tcp[8], flags & kAck ? next_rx_ : 0);
  tcp[12] = static_cast<uint8_t>(tcp.size() / 4 << 4);
  tcp[13] = flags;
  put16(&tcp[14], std::min(syn ? window_ : window_ >> peer_.window_scale_, 65535u));
  if (syn) {
    tcp[20] = 2, tcp[21] = 4;
    put16(&tcp[22], kMss);
    if (options == 8) tcp[24] = 1, tcp[25] = 3, tcp[26] = 3, tcp[27] = peer_.window_scale_;
  }
  if (bytes) tcp.insert(tcp.end(), data, data + bytes);
  put16(&tcp[16],
        fold(sum(tcp.data(), tcp.size(), pseudo_header(Peer::kAddress, Peer::kServerAddress, kTcp, tcp.size()))));
  sent_ns_ = peer_.now_ns_;
  peer_.send_ip(kTcp, tcp);
}

void PeerConnection::send_pending(bool again) {
  if (reset_) return;
  if (!established_) return segment(kSyn, first_, nullptr, 0);
  if (again) sent_ = acked_;
  while (sent_ < to_send_.size()) {
    const size_t bytes = std::min(to_send_.size() - sent_, kMss);
    segment(kAck | kPsh, first_ + 1 + sent_, reinterpret_cast<const uint8_t*>(to_send_.data()) + sent_, bytes);
    sent_ += static_cast<uint32_t>(bytes);
  }
  if (fin_wanted_ && sent_ == to_send_.size()) segment(kAck | kFin, first_ + 1 + sent_++, nullptr, 0);
}

void PeerConnection::on_time(uint64_t now_ns) {
  const uint32_t fin = fin_wanted_ ? 1 : 0;
  const bool due = !established_ || acked_ < to_send_.size() + fin;
  if (due && now_ns >= sent_ns_ + kRetransmit_ns) send_pending(true);
}

void PeerConnection::on_segment(const uint8_t* tcp, size_t bytes) {
  if (reset_) return;
  const uint8_t flags = tcp[13];
  const uint32_t sequence = get32(tcp + 4);
  if (flags & kRst) {
    reset_ = true;
    return;
  }
  if (flags & kSyn) {
    if (!established_) next_rx_ = sequence + 1;
    established_ = true;
    segment(kAck, first_ + 1 + sent_, nullptr, 0);
    send_pending(false);
    return;
  }
  if (flags & kAck) {
    const uint32_t acked = get32(tcp + 8) - first_ - 1;
    if (acked <= sent_ && acked > acked_) acked_ = acked;
  }
  const size_t header = static_cast<size_t>(tcp[12] >> 4) * 4;
  const uint8_t* data = tcp + header;
  const size_t length = bytes - header;
  if (length == 0 && !(flags & kFin)) return;
  // Out of order: only acknowledged again. What overlaps is cut.
  const uint32_t old = next_rx_ - sequence;
  if (static_cast<int32_t>(old) >= 0 && old <= length) {
    received_.append(reinterpret_cast<const char*>(data) + old, length - old);
    next_rx_ += static_cast<uint32_t>(length - old);
    if (flags & kFin && !server_closed_) {
      server_closed_ = true;
      ++next_rx_;
    }
  }
  segment(kAck, first_ + 1 + sent_, nullptr, 0);
}

void PeerConnection::send(const std::string& bytes) {
  to_send_ += bytes;
  if (established_) send_pending(false);
}

void PeerConnection::close() {
  fin_wanted_ = true;
  if (established_) send_pending(false);
}

void PeerConnection::reset() {
  segment(kRst | kAck, first_ + 1 + sent_, nullptr, 0);
  reset_ = true;
}

void PeerConnection::set_window(uint32_t bytes) {
  window_ = bytes;
  if (established_) segment(kAck, first_ + 1 + sent_, nullptr, 0);
}

}  // namespace graft::http::testing
