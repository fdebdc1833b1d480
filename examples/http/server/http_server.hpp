// SPDX-License-Identifier: BSD-2-Clause
/// HttpServer: listens, and steps the connections that have something to do.
#ifndef GRAFT_EXAMPLES_HTTP_SERVER_HTTP_SERVER_HPP
#define GRAFT_EXAMPLES_HTTP_SERVER_HTTP_SERVER_HPP

#include <boost/intrusive/list.hpp>

#include "examples/http/netif/transmit_queue.hpp"
#include "examples/http/server/connection.hpp"

namespace graft::http {

class HttpServer {
 public:
  static constexpr uint32_t kConnections = 64;
  /// Further connections, which get a 503.
  static constexpr uint32_t kOverload = 16;

  struct Stats {
    uint64_t accepted = 0;
    uint64_t refused = 0;  ///< reset, because not even a 503 could be sent
    uint64_t overloaded = 0;
    uint64_t active = 0;
    uint64_t requests = 0;
    uint64_t answers_ok = 0;      ///< status below 400
    uint64_t answers_client = 0;  ///< 4xx
    uint64_t answers_server = 0;  ///< 5xx
    uint64_t body_bytes = 0;
    uint64_t disk_errors = 0;
    uint64_t timeouts = 0;
  };

  HttpServer(Host& host, Site& site, DiskReader& disk, BufferPool& buffers, TransmitQueue& transmit)
      : host_(host), site_(site), disk_(disk), buffers_(buffers), transmit_(transmit) {}
  HttpServer(const HttpServer&) = delete;
  ~HttpServer();

  /// Listens on a TCP port. @errors NOMEM; BUSY: the port is taken
  Status listen(uint16_t port);
  /// Stops listening and resets every connection. Reads may still be in flight on the disk.
  void stop();

  /// Steps connections that are ready. Says whether there were any. @context the polling thread
  bool poll();
  /// Buffers became free.
  void on_buffers();

  [[nodiscard]] const Stats& stats() const { return stats_; }

 private:
  friend class Connection;
  using ReadyList = boost::intrusive::list<
      Connection,
      boost::intrusive::base_hook<boost::intrusive::list_base_hook<boost::intrusive::tag<ReadyTag>, UnlinkHook>>,
      boost::intrusive::constant_time_size<false>>;
  using WaitList = boost::intrusive::list<
      Connection,
      boost::intrusive::base_hook<boost::intrusive::list_base_hook<boost::intrusive::tag<WaitTag>, UnlinkHook>>,
      boost::intrusive::constant_time_size<false>>;

  static err_t on_accept(void* arg, tcp_pcb* pcb, err_t error);
  void make_ready(Connection* connection);
  void wait_for_buffer(Connection* connection);
  void count_answer(int status);

  Host& host_;
  Site& site_;
  DiskReader& disk_;
  BufferPool& buffers_;
  TransmitQueue& transmit_;
  tcp_pcb* listener_ = nullptr;
  Connection* connections_ = nullptr;
  ReadyList ready_;
  WaitList waiting_;
  Stats stats_;
};

}  // namespace graft::http

#endif
