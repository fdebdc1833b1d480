// SPDX-License-Identifier: BSD-2-Clause
/// ArchiveLoader: reads an archive's headers from the disk, one read at a time, into an ArchiveIndex.
#ifndef GRAFT_EXAMPLES_HTTP_ARCHIVE_ARCHIVE_LOADER_HPP
#define GRAFT_EXAMPLES_HTTP_ARCHIVE_ARCHIVE_LOADER_HPP

#include "examples/http/archive/archive_index.hpp"
#include "examples/http/archive/ustar.hpp"
#include "examples/http/disk/disk_reader.hpp"
#include "examples/http/server/text.hpp"

namespace graft::http {

class ArchiveLoader {
 public:
  enum class State { kIdle, kLoading, kReady, kFailed };

  ArchiveLoader(Host& host, DiskReader& disk) : host_(host), disk_(disk), index_(host), reason_(host) {}
  ArchiveLoader(const ArchiveLoader&) = delete;
  ~ArchiveLoader();

  /// Starts to read the attached disk; reads on in DiskReader::poll() until the state is kReady or kFailed.
  void start();
  /// Notes why there is nothing to read.
  void fail(std::string_view reason);

  [[nodiscard]] State state() const { return state_; }
  /// Why it failed, one line.
  [[nodiscard]] std::string_view reason() const { return reason_.view(); }
  [[nodiscard]] const ArchiveIndex& index() const { return index_; }
  /// Members that are not served: links, devices, extensions.
  [[nodiscard]] uint64_t skipped() const { return skipped_; }

 private:
  static constexpr uint32_t kWindowBytes = 16384;

  /// Reads from the next header on, at most `bytes` bytes.
  void read_window(uint32_t bytes);
  void on_window(Status status);
  /// Handles headers in the window. Says whether another window is needed.
  bool scan();
  bool take_header(const UstarHeader& header);
  Text& begin_failure();
  void end_failure();
  void finish();

  Host& host_;
  DiskReader& disk_;
  ArchiveIndex index_;
  Text reason_;
  State state_ = State::kIdle;
  DiskRead read_;
  uint8_t* window_ = nullptr;
  uint64_t window_begin_ = 0;
  uint64_t window_end_ = 0;
  uint64_t next_header_ = 0;
  uint64_t skipped_ = 0;
};

}  // namespace graft::http

#endif
