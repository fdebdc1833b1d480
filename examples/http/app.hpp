// SPDX-License-Identifier: BSD-2-Clause
/// HttpApp: serves the files of a ustar archive on a block device over HTTP. It never blocks by itself: poll() does
/// what is ready and says when to call it again, so a host with threads parks between calls and an event loop goes on.
///
/// Order of life: create(); attach_disk(); open_network(); poll() ...; stop(); poll() until stopped();
/// close_network(); destruction. Only open_network() and close_network() may block.
#ifndef GRAFT_EXAMPLES_HTTP_APP_HPP
#define GRAFT_EXAMPLES_HTTP_APP_HPP

#include "examples/http/archive/archive_loader.hpp"
#include "examples/http/disk/buffer_pool.hpp"
#include "examples/http/netif/ethernet_interface.hpp"
#include "examples/http/server/http_server.hpp"

namespace graft::http {

struct HttpConfig {
  Ipv4Config ip;
  uint16_t port = 80;
};

class HttpApp final : private ReportSource {
 public:
  /// `wake(wake_arg)` is called from upcalls and other threads; poll() must run after it. `system` reports on the
  /// machine below, may be null. @owns osenv, system: borrowed while the app exists
  HttpApp(const graft_osenv_t* osenv, void (*wake)(void* arg), void* wake_arg, const HttpConfig& config,
          ReportSource* system);
  ~HttpApp();

  /// Allocates pools and starts to listen. @context the polling thread  @errors NOMEM; BUSY
  Status create();
  /// Gives the disk, or null: then every file is answered with 503. Reading starts in poll().
  /// @context the polling thread, after create()
  void attach_disk(const Ref<graft_asyncblk_t>& disk);
  /// Opens the network interface; poll() may run meanwhile. @context thread, fiber  @blocks may
  Status open_network(const Ref<graft_etherdev_t>& device);

  /// Does all work that is ready, and gives the clock value at which to call again without being woken; 0: at once.
  /// @context the polling thread
  uint64_t poll();

  /// Resets connections and stops; poll() must be called until stopped(). @context the polling thread
  void stop();
  [[nodiscard]] bool stopped() const { return stopping_ && disk_.idle(); }
  /// @context thread, fiber  @blocks may
  void close_network() { network_.close(); }

  [[nodiscard]] const ArchiveLoader& archive() const { return archive_; }
  [[nodiscard]] const HttpServer& server() const { return server_; }
  [[nodiscard]] const EthernetInterface& network() const { return network_; }
  [[nodiscard]] const BufferPool& buffers() const { return buffers_; }
  [[nodiscard]] const DiskReader& disk() const { return disk_; }

 private:
  static constexpr uint32_t kReceiveBudget = 64;

  void report(Report& out) override;
  void report_network(Report& out);
  void report_disk(Report& out);
  void report_memory(Report& out);
  void note_gone();

  Host host_;
  HttpConfig config_;
  ReportSource* sources_[2];
  size_t source_count_ = 0;
  uint64_t start_ns_;
  EthernetInterface network_;
  DiskReader disk_;
  BufferPool buffers_;
  ArchiveLoader archive_;
  Site site_;
  HttpServer server_;
  bool stopping_ = false;
  bool gone_noted_ = false;
};

}  // namespace graft::http

#endif
