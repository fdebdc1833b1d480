// SPDX-License-Identifier: BSD-2-Clause
#include "glue/buffer/gather_buffer.hpp"

#include "glue/buffer/world_buffer.hpp"

namespace graft {
namespace {

/// Calls fn(part's buffer, offset in it, bytes, offset in the range) for each piece of a range, until one fails.
template <typename Function>
graft_error_t for_each_piece(const BufferPart* parts, size_t offset, size_t bytes, Function fn) {
  size_t done = 0;
  for (const BufferPart* part = parts; done != bytes; ++part) {
    if (offset >= part->bytes) {
      offset -= part->bytes;
      continue;
    }
    size_t piece = part->bytes - offset;
    if (piece > bytes - done) piece = bytes - done;
    if (graft_error_t error = fn(part->buffer, part->offset + offset, piece, done); error != GRAFT_OK) return error;
    done += piece;
    offset = 0;
  }
  return GRAFT_OK;
}

}  // namespace

graft_error_t GatherBuffer::create(World& world, const BufferPart* parts, uint32_t count, graft_bufio_t** out) {
  *out = nullptr;
  uint32_t used = 0;
  for (uint32_t i = 0; i < count; ++i) {
    size_t size = parts[i].buffer->ops->size(parts[i].buffer);
    if (parts[i].offset > size || parts[i].bytes > size - parts[i].offset) return GRAFT_E_RANGE;
    if (parts[i].bytes != 0 && ++used > kMaxParts) return GRAFT_E_NOSPC;
  }
  WorldScope scope(world);
  auto* view = world.heap().make<GatherBuffer>(world);
  if (view == nullptr) return GRAFT_E_NOMEM;
  for (uint32_t i = 0; i < count; ++i) {
    if (parts[i].bytes == 0) continue;
    graft_addref(parts[i].buffer);
    view->parts_[view->count_++] = parts[i];
    view->bytes_ += parts[i].bytes;
  }
  *out = view;
  return GRAFT_OK;
}

void GatherBuffer::destroy() {
  for (uint32_t i = 0; i < count_; ++i) graft_release(parts_[i].buffer);
  World& world = world_;
  WorldScope scope(world);
  world.heap().destroy_object(this);
}

const BufferPart* GatherBuffer::single_part(size_t* offset, size_t bytes) const {
  for (uint32_t i = 0; i < count_; ++i) {
    const BufferPart& part = parts_[i];
    if (*offset >= part.bytes) {
      *offset -= part.bytes;
      continue;
    }
    if (bytes > part.bytes - *offset) return nullptr;
    *offset += part.offset;
    return &part;
  }
  return nullptr;
}

graft_error_t GatherBuffer::read(void* to, size_t offset, size_t bytes) {
  if (!inside(offset, bytes)) return GRAFT_E_RANGE;
  return for_each_piece(parts_, offset, bytes, [&](graft_bufio_t* buffer, size_t at, size_t piece, size_t done) {
    return buffer->ops->read(buffer, static_cast<char*>(to) + done, at, piece);
  });
}

graft_error_t GatherBuffer::write(const void* from, size_t offset, size_t bytes) {
  if (!inside(offset, bytes)) return GRAFT_E_RANGE;
  // Nothing may be written if a later part refuses: a write of no bytes asks each first.
  graft_error_t error = for_each_piece(parts_, offset, bytes, [&](graft_bufio_t* buffer, size_t at, size_t, size_t) {
    return buffer->ops->write(buffer, from, at, 0);
  });
  if (error != GRAFT_OK) return error;
  return for_each_piece(parts_, offset, bytes, [&](graft_bufio_t* buffer, size_t at, size_t piece, size_t done) {
    return buffer->ops->write(buffer, static_cast<const char*>(from) + done, at, piece);
  });
}

graft_error_t GatherBuffer::map(void** out, size_t offset, size_t bytes) {
  *out = nullptr;
  if (!inside(offset, bytes)) return GRAFT_E_RANGE;
  const BufferPart* part = single_part(&offset, bytes);
  return part != nullptr ? part->buffer->ops->map(part->buffer, out, offset, bytes) : GRAFT_E_NOTSUP;
}

void GatherBuffer::unmap(void* address, size_t offset, size_t bytes) {
  const BufferPart* part = single_part(&offset, bytes);
  if (part != nullptr) part->buffer->ops->unmap(part->buffer, address, offset, bytes);
}

graft_error_t GatherBuffer::wire(uint64_t* out_phys, size_t offset, size_t bytes) {
  *out_phys = 0;
  if (!inside(offset, bytes)) return GRAFT_E_RANGE;
  const BufferPart* part = single_part(&offset, bytes);
  return part != nullptr ? part->buffer->ops->wire(part->buffer, out_phys, offset, bytes) : GRAFT_E_NOTSUP;
}

void GatherBuffer::unwire(uint64_t phys, size_t offset, size_t bytes) {
  const BufferPart* part = single_part(&offset, bytes);
  if (part != nullptr) part->buffer->ops->unwire(part->buffer, phys, offset, bytes);
}

graft_error_t GatherBuffer::copy(size_t offset, size_t bytes, graft_bufio_t** out) {
  return copy_to_world_buffer(this, offset, bytes, out);
}

graft_error_t GatherBuffer::fragments(size_t offset, size_t bytes, graft_fragment_t* fragments, uint32_t capacity,
                                      uint32_t* out_count) {
  *out_count = 0;
  if (!inside(offset, bytes)) return GRAFT_E_RANGE;
  uint32_t total = 0;
  graft_error_t error =
      for_each_piece(parts_, offset, bytes, [&](graft_bufio_t* buffer, size_t at, size_t piece, size_t) {
        uint32_t count;
        graft_error_t e = list_fragments(world_.host(), buffer, at, piece, fragments + total, capacity - total, &count);
        total += count;
        return e;
      });
  if (error == GRAFT_OK) *out_count = total;
  return error;
}

graft_error_t list_fragments(Host& host, graft_bufio_t* buffer, size_t offset, size_t bytes,
                             graft_fragment_t* fragments, uint32_t capacity, uint32_t* out_count) {
  *out_count = 0;
  void* list;
  graft_error_t error;
  if (graft_query(buffer, &graft_iid_sgbufio, &list) == GRAFT_OK) {
    auto* sgbufio = static_cast<graft_sgbufio_t*>(list);
    error = sgbufio->ops->fragments(sgbufio, offset, bytes, fragments, capacity, out_count);
    graft_release(list);
  } else {
    if (capacity == 0 && bytes != 0) return GRAFT_E_NOSPC;
    void* address;
    error = buffer->ops->map(buffer, &address, offset, bytes);
    if (error == GRAFT_OK && bytes != 0) {
      fragments[0] = {address, bytes, GRAFT_REGION_OTHER, 0};
      *out_count = 1;
    }
  }
  for (uint32_t i = 0; i < *out_count; ++i) {
    fragments[i].region =
        host.in_window(fragments[i].address, fragments[i].bytes) ? GRAFT_REGION_WORLD : GRAFT_REGION_OTHER;
  }
  return error;
}

}  // namespace graft
