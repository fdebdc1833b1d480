// SPDX-License-Identifier: BSD-2-Clause
/// Peer: the machine at the other end of the wire, in a test. A small TCP/IP of its own, so that lwIP is not tested
/// against itself: ARP, ICMP echo, and TCP connections that it opens. On demand it loses, repeats and swaps frames.
#ifndef GRAFT_EXAMPLES_HTTP_TESTING_PEER_HPP
#define GRAFT_EXAMPLES_HTTP_TESTING_PEER_HPP

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace graft::http::testing {

using Frame = std::vector<uint8_t>;

class Peer;

/// One TCP connection, seen from the client.
class PeerConnection {
 public:
  [[nodiscard]] bool established() const { return established_; }
  [[nodiscard]] bool was_reset() const { return reset_; }
  /// The server sent FIN.
  [[nodiscard]] bool closed_by_server() const { return server_closed_; }
  [[nodiscard]] const std::string& received() const { return received_; }
  void clear_received() { received_.clear(); }

  void send(const std::string& bytes);
  /// Sends FIN after what was sent.
  void close();
  /// Sends RST and forgets the connection.
  void reset();
  /// The advertised window; 0 stops the server.
  void set_window(uint32_t bytes);

 private:
  friend class Peer;
  explicit PeerConnection(Peer& peer, uint16_t port) : peer_(peer), port_(port) {}
  void on_segment(const uint8_t* tcp, size_t bytes);
  void segment(uint8_t flags, uint32_t sequence, const uint8_t* data, size_t bytes);
  void send_pending(bool again);
  void on_time(uint64_t now_ns);

  Peer& peer_;
  uint16_t port_;
  bool established_ = false;
  bool reset_ = false;
  bool server_closed_ = false;
  bool fin_wanted_ = false;
  uint32_t first_ = 0;    ///< our initial sequence number
  uint32_t acked_ = 0;    ///< of our bytes, relative to first_ + 1
  uint32_t sent_ = 0;     ///< bytes sent at least once
  uint32_t next_rx_ = 0;  ///< next sequence number expected
  uint32_t window_ = 65535;
  uint64_t sent_ns_ = 0;
  std::string to_send_;
  std::string received_;
};

class Peer {
 public:
  struct Faults {
    double lose = 0;
    double repeat = 0;
    double swap = 0;
  };

  /// `transmit` puts a frame on the wire.
  explicit Peer(std::function<void(Frame)> transmit) : transmit_(std::move(transmit)), random_(7) {}

  std::shared_ptr<PeerConnection> connect(uint16_t port);
  /// Sends an echo request; `answered(payload)` counts the right answers.
  void ping(uint16_t id, uint16_t sequence, const std::string& payload);
  [[nodiscard]] int pings_answered() const { return pings_answered_; }
  /// Puts raw bytes on the wire.
  void send_raw(Frame frame) { transmit_(std::move(frame)); }
  void set_faults(const Faults& faults) { faults_ = faults; }
  /// Window scale the peer offers; 0: none.
  void set_window_scale(uint8_t shift) { window_scale_ = shift; }

  /// A frame arrives.
  void on_frame(const Frame& frame);
  /// Retransmits what is due. @units nanoseconds
  void on_time(uint64_t now_ns);
  [[nodiscard]] uint64_t next_deadline_ns() const;
  [[nodiscard]] uint64_t bad_checksums() const { return bad_checksums_; }

  static constexpr uint8_t kMac[6] = {2, 0, 0, 0, 0, 0xee};
  static constexpr uint8_t kAddress[4] = {10, 0, 2, 2};
  static constexpr uint8_t kServerMac[6] = {2, 0, 0, 0, 0, 1};
  static constexpr uint8_t kServerAddress[4] = {10, 0, 2, 15};

 private:
  friend class PeerConnection;
  void send(Frame frame);
  void send_ip(uint8_t protocol, const Frame& payload);
  void on_arp(const Frame& frame);
  void on_ip(const Frame& frame);
  bool chance(double p) { return p > 0 && std::uniform_real_distribution<>(0, 1)(random_) < p; }

  std::function<void(Frame)> transmit_;
  std::mt19937 random_;
  Faults faults_;
  Frame held_back_;
  uint64_t now_ns_ = 0;
  /// Never used twice: lwIP remembers connections of earlier peers in TIME-WAIT.
  inline static uint16_t next_port_ = 10000;
  uint8_t window_scale_ = 0;
  int pings_answered_ = 0;
  uint64_t bad_checksums_ = 0;
  std::string ping_payload_;
  std::map<uint16_t, std::shared_ptr<PeerConnection>> connections_;
};

}  // namespace graft::http::testing

#endif
