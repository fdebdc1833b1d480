// SPDX-License-Identifier: BSD-2-Clause
#include "tests/conformance/test_buffer.hpp"

#include <cstring>

namespace graft::conformance {

graft_error_t TestBuffer::query(const graft_iid_t* iid, void** out) {
  if (!gather_ && graft_iid_equal(iid, &graft_iid_sgbufio)) {
    *out = nullptr;
    return GRAFT_E_NOINTERFACE;
  }
  return Object::query(iid, out);
}

Status TestBuffer::fragments(size_t offset, size_t bytes, graft_fragment_t* out, uint32_t capacity,
                             uint32_t* out_count) {
  *out_count = 0;
  if (offset > size_ || bytes > size_ - offset) return GRAFT_E_RANGE;
  uint32_t used = 0;
  for (uint32_t i = 0; i < count_ && bytes; ++i) {
    const graft_fragment_t& piece = pieces_[i];
    if (offset >= piece.bytes) {
      offset -= piece.bytes;
      continue;
    }
    if (used == capacity) return GRAFT_E_NOSPC;
    const size_t n = bytes < piece.bytes - offset ? bytes : piece.bytes - offset;
    out[used++] = {static_cast<uint8_t*>(piece.address) + offset, n, piece.region, 0};
    bytes -= n;
    offset = 0;
  }
  *out_count = used;
  return GRAFT_OK;
}

Status TestBuffer::read(void* to, size_t offset, size_t bytes) {
  graft_fragment_t parts[kMaxPieces];
  uint32_t count;
  GRAFT_TRY(fragments(offset, bytes, parts, kMaxPieces, &count));
  auto* at = static_cast<uint8_t*>(to);
  for (uint32_t i = 0; i < count; at += parts[i++].bytes) std::memcpy(at, parts[i].address, parts[i].bytes);
  return GRAFT_OK;
}

Status TestBuffer::map(void** out, size_t offset, size_t bytes) {
  *out = nullptr;
  graft_fragment_t one;
  uint32_t count;
  const Status status = fragments(offset, bytes, &one, 1, &count);
  if (status == GRAFT_E_NOSPC) return GRAFT_E_NOTSUP;
  GRAFT_TRY(status);
  if (count == 0) return GRAFT_E_RANGE;
  *out = one.address;
  return GRAFT_OK;
}

Status TestBuffer::copy(size_t, size_t, graft_bufio_t** out) {
  *out = nullptr;
  return GRAFT_E_NOTSUP;
}

}  // namespace graft::conformance
