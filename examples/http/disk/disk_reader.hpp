// SPDX-License-Identifier: BSD-2-Clause
/// DiskReader: reads from an asyncblk whose completions arrive in upcalls and are handled by the polling thread. Reads
/// that find the device's queue full wait here.
#ifndef GRAFT_EXAMPLES_HTTP_DISK_DISK_READER_HPP
#define GRAFT_EXAMPLES_HTTP_DISK_DISK_READER_HPP

#include <atomic>
#include <boost/intrusive/slist.hpp>
#include <graft/asyncblk.hpp>

#include "examples/http/host.hpp"

namespace graft::http {

class DiskReader;

/// One read into contiguous memory. The owner keeps it until on_read.
struct DiskRead : boost::intrusive::slist_base_hook<> {
  void* memory = nullptr;
  uint64_t offset_bytes = 0;
  uint32_t bytes = 0;
  /// Called from DiskReader::poll(), exactly once for each read().
  void (*on_read)(void* arg, DiskRead* read, Status status) = nullptr;
  void* arg = nullptr;

 private:
  friend class DiskReader;
  DiskReader* reader_;
  graft_blk_request_t request_;
  graft_fragment_t fragment_;
  DiskRead* next_completed_;
  graft_error_t status_;
};

class DiskReader {
 public:
  struct Stats {
    uint64_t reads = 0;
    uint64_t bytes = 0;
    uint64_t errors = 0;
    uint64_t busy = 0;
    uint64_t in_flight = 0;
  };

  explicit DiskReader(Host& host) : host_(host) {}
  DiskReader(const DiskReader&) = delete;
  /// Nothing may be in flight.
  ~DiskReader();

  /// Takes the device. Never blocks.  @errors those of asyncblk.get_size
  Status attach(const Ref<graft_asyncblk_t>& disk);

  /// Starts a read of whole blocks. @context the polling thread
  void read(DiskRead* read);
  /// Submits what was read() and handles completions. Says whether it did anything. @context the polling thread
  bool poll();
  /// Another moment at which to poll although nothing woke us: somebody else's requests may fill the device's queue.
  [[nodiscard]] uint64_t retry_deadline_ns(uint64_t now_ns) const;

  [[nodiscard]] bool attached() const { return static_cast<bool>(disk_); }
  [[nodiscard]] const Ref<graft_asyncblk_t>& disk() const { return disk_; }
  [[nodiscard]] const graft_blk_limits_t& limits() const { return limits_; }
  [[nodiscard]] uint64_t size_bytes() const { return size_bytes_; }
  [[nodiscard]] bool idle() const { return stats_.in_flight == 0 && waiting_.empty(); }
  [[nodiscard]] const Stats& stats() const { return stats_; }

 private:
  static constexpr uint32_t kBatch = 16;
  using List = boost::intrusive::slist<DiskRead, boost::intrusive::cache_last<true>>;

  static void on_done(graft_blk_request_t* request, graft_error_t status);
  bool submit_waiting();
  void complete(DiskRead* read, Status status);

  Host& host_;
  Ref<graft_asyncblk_t> disk_;
  graft_blk_limits_t limits_ = {};
  uint64_t size_bytes_ = 0;
  List waiting_;
  bool blocked_ = false;
  std::atomic<DiskRead*> completed_{nullptr};
  Stats stats_;
};

}  // namespace graft::http

#endif
