// SPDX-License-Identifier: BSD-2-Clause
/// BufferPool: page buffers into which the disk is read and from which the network sends, both without a copy.
#ifndef GRAFT_EXAMPLES_HTTP_DISK_BUFFER_POOL_HPP
#define GRAFT_EXAMPLES_HTTP_DISK_BUFFER_POOL_HPP

#include <boost/intrusive/slist.hpp>

#include "examples/http/disk/disk_reader.hpp"

namespace graft::http {

/// A piece of a file on its way from the disk to a connection. Which fields mean something depends on the state.
struct Buffer : boost::intrusive::slist_base_hook<> {
  enum class State { kReading, kReady, kFailed, kOrphan };

  uint8_t* memory = nullptr;
  DiskRead read;
  State state = State::kReading;
  graft_error_t error = GRAFT_OK;
  void* owner = nullptr;  ///< the connection, while it waits for the read
  uint32_t begin = 0;     ///< of the file's bytes in the memory; advances as they are handed to TCP
  uint32_t end = 0;
  uint64_t stream_end = 0;       ///< position in the connection's output at which its last byte ends
  uint64_t retire_sequence = 0;  ///< the memory is free when all frames before this one have come back
};

using BufferList = boost::intrusive::slist<Buffer, boost::intrusive::cache_last<true>>;

class BufferPool {
 public:
  static constexpr uint32_t kBufferBytes = 16384;
  static constexpr uint32_t kBuffers = 256;
  /// With fewer free buffers than this nobody gets more than the minimum.
  static constexpr uint32_t kReserve = 64;

  explicit BufferPool(const Host& host) : host_(host) {}
  BufferPool(const BufferPool&) = delete;
  ~BufferPool();

  /// Allocates the buffers; a host with little memory may give fewer than asked for. @onfail false: none
  [[nodiscard]] bool create();

  /// Takes a buffer; null if there is none. @context the polling thread
  [[nodiscard]] Buffer* take();
  /// Gives back a buffer that the network never saw, or does not use any more.
  void put(Buffer* buffer);
  /// Gives back a buffer whose bytes are acknowledged; frames up to `next_sequence` may still refer to it.
  void retire(Buffer* buffer, uint64_t next_sequence);
  /// Frees retired buffers whose frames have all come back. Says whether any became free.
  bool reclaim(uint64_t completed_before);

  [[nodiscard]] uint32_t free_count() const { return free_count_; }
  [[nodiscard]] uint32_t total() const { return total_; }
  [[nodiscard]] bool scarce() const { return free_count_ < kReserve; }

 private:
  const Host& host_;
  Buffer* buffers_ = nullptr;
  BufferList free_;
  BufferList retired_;
  uint32_t free_count_ = 0;
  uint32_t total_ = 0;
};

}  // namespace graft::http

#endif
