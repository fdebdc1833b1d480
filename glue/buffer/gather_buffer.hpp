// SPDX-License-Identifier: BSD-2-Clause
/// A buffer made of parts of other buffers, without copying: slices, and headers put in front of data.
#ifndef GRAFT_GLUE_BUFFER_GATHER_BUFFER_HPP
#define GRAFT_GLUE_BUFFER_GATHER_BUFFER_HPP

#include <graft/bufio.hpp>
#include <graft/sgbufio.hpp>

#include "glue/world/world.hpp"

namespace graft {

/// A part of a buffer.
struct BufferPart {
  graft_bufio_t* buffer;
  size_t offset;
  size_t bytes;
};

class GatherBuffer final : public Object<GatherBuffer, graft_bufio_t, graft_sgbufio_t> {
 public:
  static constexpr uint32_t kMaxParts = 8;

  /// Makes a view of the parts, in order; a reference to each buffer is kept as long as the view lives. Empty parts are
  /// skipped. @context any but irq  @blocks never  @owns *out: caller owns one reference
  /// @errors NOSPC: more than kMaxParts; RANGE: a part lies beyond its buffer's end; NOMEM. @onfail *out is null
  static graft_error_t create(World& world, const BufferPart* parts, uint32_t count, graft_bufio_t** out);

  size_t size() { return bytes_; }
  graft_error_t read(void* to, size_t offset, size_t bytes);
  graft_error_t write(const void* from, size_t offset, size_t bytes);
  graft_error_t map(void** out, size_t offset, size_t bytes);
  void unmap(void* address, size_t offset, size_t bytes);
  graft_error_t wire(uint64_t* out_phys, size_t offset, size_t bytes);
  void unwire(uint64_t phys, size_t offset, size_t bytes);
  graft_error_t copy(size_t offset, size_t bytes, graft_bufio_t** out);
  graft_error_t fragments(size_t offset, size_t bytes, graft_fragment_t* fragments, uint32_t capacity,
                          uint32_t* out_count);
  void destroy();

 private:
  friend class Heap;

  explicit GatherBuffer(World& world) : world_(world) {}
  bool inside(size_t offset, size_t bytes) const { return offset <= bytes_ && bytes <= bytes_ - offset; }
  /// The part that holds `bytes` bytes from *offset on, which becomes an offset into that part's buffer; else null.
  const BufferPart* single_part(size_t* offset, size_t bytes) const;

  World& world_;
  size_t bytes_ = 0;
  uint32_t count_ = 0;
  BufferPart parts_[kMaxParts] = {};
};

/// Lists the fragments of any buffer: by sgbufio where it has that, else by map(). A fragment that lies outside the
/// memory window is marked GRAFT_REGION_OTHER. @context any but irq  @blocks never
/// @errors RANGE; NOSPC; NOTSUP: the buffer is neither mapped nor listed. @onfail *out_count is 0
graft_error_t list_fragments(Host& host, graft_bufio_t* buffer, size_t offset, size_t bytes,
                             graft_fragment_t* fragments, uint32_t capacity, uint32_t* out_count);

}  // namespace graft

#endif
