// SPDX-License-Identifier: BSD-2-Clause
/// FakeFrame: a packet a fake device received, in one or several pieces of heap memory, so that a reader that goes
/// beyond a piece is caught by the sanitizers.
#ifndef GRAFT_TESTS_CONFORMANCE_FAKES_FAKE_FRAME_HPP
#define GRAFT_TESTS_CONFORMANCE_FAKES_FAKE_FRAME_HPP

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <graft/bufio.hpp>
#include <graft/sgbufio.hpp>
#include <memory>
#include <vector>

namespace graft::fakes {

class FakeFrame final : public Object<FakeFrame, graft_bufio_t, graft_sgbufio_t> {
 public:
  /// Cuts the bytes into pieces of `piece_bytes` (0: one piece). `alive`, if given, counts frames that exist.
  FakeFrame(const std::vector<uint8_t>& bytes, size_t piece_bytes, int* alive) : size_(bytes.size()), alive_(alive) {
    const size_t step = piece_bytes ? piece_bytes : std::max<size_t>(bytes.size(), 1);
    for (size_t at = 0; at < bytes.size(); at += step) {
      const size_t n = std::min(step, bytes.size() - at);
      auto piece = std::make_unique<uint8_t[]>(n);
      std::memcpy(piece.get(), bytes.data() + at, n);
      pieces_.push_back({std::move(piece), n});
    }
    if (alive_) ++*alive_;
  }

  size_t size() { return size_; }
  Status read(void* to, size_t offset, size_t bytes) {
    return visit(offset, bytes, [&](uint8_t* at, size_t n) {
      std::memcpy(to, at, n);
      to = static_cast<uint8_t*>(to) + n;
      return true;
    });
  }
  Status write(const void* from, size_t offset, size_t bytes) {
    return visit(offset, bytes, [&](uint8_t* at, size_t n) {
      std::memcpy(at, from, n);
      from = static_cast<const uint8_t*>(from) + n;
      return true;
    });
  }
  Status fragments(size_t offset, size_t bytes, graft_fragment_t* out, uint32_t capacity, uint32_t* out_count) {
    uint32_t count = 0;
    *out_count = 0;
    const Status status = visit(offset, bytes, [&](uint8_t* at, size_t n) {
      if (count == capacity) return false;
      out[count++] = {at, n, GRAFT_REGION_WORLD, 0};
      return true;
    });
    if (status.ok()) *out_count = count;
    return status;
  }
  Status map(void** out, size_t offset, size_t bytes) {
    graft_fragment_t one;
    uint32_t count;
    *out = nullptr;
    const Status status = fragments(offset, bytes, &one, 1, &count);
    if (status == GRAFT_E_NOSPC) return GRAFT_E_NOTSUP;
    if (status.ok()) *out = one.address;
    return status;
  }
  void unmap(void*, size_t, size_t) {}
  Status wire(uint64_t*, size_t, size_t) { return GRAFT_E_NOTSUP; }
  void unwire(uint64_t, size_t, size_t) {}
  Status copy(size_t, size_t, graft_bufio_t** out) {
    *out = nullptr;
    return GRAFT_E_NOTSUP;
  }
  void destroy() {
    if (alive_) --*alive_;
    delete this;
  }

 private:
  struct Piece {
    std::unique_ptr<uint8_t[]> data;
    size_t bytes;
  };

  template <class Fn>
  Status visit(size_t offset, size_t bytes, Fn fn) {
    if (offset > size_ || bytes > size_ - offset) return GRAFT_E_RANGE;
    for (Piece& piece : pieces_) {
      if (bytes == 0) break;
      if (offset >= piece.bytes) {
        offset -= piece.bytes;
        continue;
      }
      const size_t n = std::min(bytes, piece.bytes - offset);
      if (!fn(piece.data.get() + offset, n)) return GRAFT_E_NOSPC;
      bytes -= n;
      offset = 0;
    }
    return GRAFT_OK;
  }

  std::vector<Piece> pieces_;
  size_t size_;
  int* alive_;
};

}  // namespace graft::fakes

#endif
