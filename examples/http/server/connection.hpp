// SPDX-License-Identifier: BSD-2-Clause
/// Connection: one HTTP connection. lwIP's callbacks only take note of what happened; step() does the work.
#ifndef GRAFT_EXAMPLES_HTTP_SERVER_CONNECTION_HPP
#define GRAFT_EXAMPLES_HTTP_SERVER_CONNECTION_HPP

#include <lwip/tcp.h>

#include <boost/intrusive/list_hook.hpp>

#include "examples/http/disk/buffer_pool.hpp"
#include "examples/http/server/request.hpp"
#include "examples/http/server/site.hpp"

namespace graft::http {

class HttpServer;

struct ReadyTag;
struct WaitTag;
using UnlinkHook = boost::intrusive::link_mode<boost::intrusive::auto_unlink>;

class Connection : public boost::intrusive::list_base_hook<boost::intrusive::tag<ReadyTag>, UnlinkHook>,
                   public boost::intrusive::list_base_hook<boost::intrusive::tag<WaitTag>, UnlinkHook> {
 public:
  explicit Connection(HttpServer& server);

  /// Takes a new TCP connection. `overloaded`: every request is answered with 503.
  void begin(tcp_pcb* pcb, bool overloaded);
  /// Does what can be done now. @context the polling thread, outside of lwIP's callbacks
  void step();
  /// Resets the TCP connection and lets go of everything.
  void abort();

  [[nodiscard]] bool in_use() const { return phase_ != Phase::kFree; }

 private:
  enum class Phase {
    kFree,
    kReceiving,  ///< collecting a request
    kSending,    ///< an answer is on its way into TCP
    kLingering,  ///< everything is sent, waiting for the peer to close
    kDead,       ///< TCP is gone
  };

  static constexpr uint32_t kReadsInFlight = 4;
  static constexpr uint32_t kMaxBuffers = 16;
  static constexpr uint32_t kMinBuffers = 2;
  static constexpr int kRequestsPerStep = 8;

  static err_t on_receive(void* arg, tcp_pcb* pcb, pbuf* p, err_t error);
  static err_t on_sent(void* arg, tcp_pcb* pcb, u16_t bytes);
  static err_t on_timer(void* arg, tcp_pcb* pcb);
  static void on_error(void* arg, err_t error);

  // Receiving.
  void receive_request();
  void consume(uint16_t bytes);
  void drop_received();

  // Answering.
  void begin_answer();
  void write_head(bool keep_alive);
  /// Says whether the whole answer is in TCP's hands.
  bool send_answer();
  bool send_text(const Text& text, size_t* sent, bool more);
  bool send_file();
  bool write(const void* data, size_t bytes, uint8_t flags);

  // The file of the answer.
  void begin_file();
  void issue_reads();
  void on_read(Buffer* buffer, Status status);
  void file_failed(const Buffer& buffer);
  void drop_unsent_buffers();
  void drop_all_buffers();

  // Ending.
  void begin_close();
  void shut_down();
  bool finish_close();
  void release();
  void check_time();
  void made_progress();

  HttpServer& server_;
  tcp_pcb* pcb_ = nullptr;
  Phase phase_ = Phase::kFree;
  bool overloaded_ = false;
  bool peer_closed_ = false;
  bool keep_alive_ = false;
  bool shutdown_done_ = false;
  uint64_t progress_ns_ = 0;  ///< when the peer last sent or acknowledged something
  uint64_t phase_ns_ = 0;     ///< when the request began, or the lingering

  pbuf* received_ = nullptr;
  uint16_t received_offset_ = 0;  ///< consumed of its first part
  uint64_t body_to_skip_ = 0;
  RequestParser parser_;

  Answer answer_;
  Text head_;
  size_t head_sent_ = 0;
  size_t body_sent_ = 0;
  bool head_only_ = false;

  BufferList buffers_;  ///< in the order of the stream: not acknowledged, ready, being read
  uint32_t buffer_count_ = 0;
  uint32_t reads_in_flight_ = 0;
  bool hold_head_ = false;   ///< until the first part of the file is there
  uint64_t file_begin_ = 0;  ///< of the answer's part of the file, as offsets on the disk
  uint64_t file_end_ = 0;
  uint64_t file_next_read_ = 0;
  uint64_t file_unsent_ = 0;
  uint64_t stream_written_ = 0;  ///< bytes given to TCP and acknowledged, since the connection began
  uint64_t stream_acknowledged_ = 0;
};

}  // namespace graft::http

#endif
