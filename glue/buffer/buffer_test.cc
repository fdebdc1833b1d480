// SPDX-License-Identifier: BSD-2-Clause
#include <string.h>

#include <memory>
#include <random>

#include "glue/buffer/adapter.hpp"
#include "glue/buffer/gather_buffer.hpp"
#include "glue/buffer/world_buffer.hpp"
#include "glue/world/world_fixture.hpp"

namespace graft {
namespace {

using Bytes = std::vector<unsigned char>;

/// Memory outside the window. With `listed` false it has no sgbufio, with `mapped` false it cannot be mapped either.
class OutsideBuffer final : public Object<OutsideBuffer, graft_bufio_t> {
 public:
  OutsideBuffer(Bytes content, bool mapped, bool writable = true)
      : content_(std::move(content)), mapped_(mapped), writable_(writable) {}

  size_t size() { return content_.size(); }
  graft_error_t read(void* to, size_t offset, size_t bytes) {
    if (!inside(offset, bytes)) return GRAFT_E_RANGE;
    if (bytes != 0) memcpy(to, content_.data() + offset, bytes);
    return GRAFT_OK;
  }
  graft_error_t write(const void* from, size_t offset, size_t bytes) {
    if (!inside(offset, bytes)) return GRAFT_E_RANGE;
    if (!writable_) return GRAFT_E_PERM;
    if (bytes != 0) memcpy(content_.data() + offset, from, bytes);
    return GRAFT_OK;
  }
  graft_error_t map(void** out, size_t offset, size_t bytes) {
    *out = nullptr;
    if (!inside(offset, bytes)) return GRAFT_E_RANGE;
    if (!mapped_) return GRAFT_E_NOTSUP;
    *out = content_.data() + offset;
    return GRAFT_OK;
  }
  void unmap(void*, size_t, size_t) {}
  graft_error_t wire(uint64_t* out_phys, size_t, size_t) { return *out_phys = 0, GRAFT_E_NOTSUP; }
  void unwire(uint64_t, size_t, size_t) {}
  graft_error_t copy(size_t offset, size_t bytes, graft_bufio_t** out) {
    return copy_to_world_buffer(this, offset, bytes, out);
  }
  void destroy() { delete this; }

 private:
  bool inside(size_t offset, size_t bytes) const {
    return offset <= content_.size() && bytes <= content_.size() - offset;
  }

  Bytes content_;
  bool mapped_;
  bool writable_;
};

class BufferTest : public ManualWorld {
 protected:
  Bytes random_bytes(size_t count) {
    Bytes bytes(count);
    for (auto& b : bytes) b = static_cast<unsigned char>(random_());
    return bytes;
  }

  Bufio world_buffer(const Bytes& content) {
    graft_bufio_t* buffer;
    EXPECT_EQ(create_world_buffer(content.size(), &buffer), GRAFT_OK);
    EXPECT_EQ(graft_bufio_write(buffer, content.data(), 0, content.size()), GRAFT_OK);
    return Bufio(Ref<graft_bufio_t>::adopt(buffer));
  }

  Bufio outside_buffer(const Bytes& content, bool mapped, bool writable = true) {
    return Bufio(Ref<graft_bufio_t>::adopt(new OutsideBuffer(content, mapped, writable)));
  }

  Bufio gather(const std::vector<BufferPart>& parts) {
    graft_bufio_t* view;
    EXPECT_EQ(GatherBuffer::create(*world_, parts.data(), static_cast<uint32_t>(parts.size()), &view), GRAFT_OK);
    return Bufio(Ref<graft_bufio_t>::adopt(view));
  }

  static Bytes content_of(const PreparedPacket& packet) {
    Bytes bytes;
    for (uint32_t i = 0; i < packet.count; ++i) {
      auto* from = static_cast<unsigned char*>(packet.fragments[i].address);
      bytes.insert(bytes.end(), from, from + packet.fragments[i].bytes);
    }
    return bytes;
  }

  std::mt19937 random_{7};
};

TEST_F(BufferTest, WorldBufferHoldsWhatWasWritten) {
  Bytes content = random_bytes(1514);
  Bufio buffer = world_buffer(content);
  EXPECT_EQ(buffer.size(), 1514u);
  Bytes back(1514);
  EXPECT_EQ(buffer.read(back.data(), 0, 1514), GRAFT_OK);
  EXPECT_EQ(back, content);
  void* address;
  ASSERT_EQ(buffer.map(&address, 100, 14), GRAFT_OK);
  EXPECT_EQ(memcmp(address, content.data() + 100, 14), 0);
  uint64_t phys;
  ASSERT_EQ(buffer.wire(&phys, 100, 14), GRAFT_OK);
  EXPECT_EQ(phys, world_->host().phys_of(address));
  EXPECT_TRUE(world_->host().in_window(address, 14));
}

TEST_F(BufferTest, AccessBeyondTheEndIsRangeAndTouchesNothing) {
  Bufio buffer = world_buffer(random_bytes(100));
  unsigned char byte[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  void* address;
  uint64_t phys;
  graft_bufio_t* copy;
  for (size_t offset : {93ul, 100ul, 101ul, ~0ul, ~0ul - 7}) {
    EXPECT_EQ(buffer.read(byte, offset, 8), GRAFT_E_RANGE);
    EXPECT_EQ(buffer.write(byte, offset, 8), GRAFT_E_RANGE);
    EXPECT_EQ(buffer.map(&address, offset, 8), GRAFT_E_RANGE);
    EXPECT_EQ(address, nullptr);
    EXPECT_EQ(buffer.wire(&phys, offset, 8), GRAFT_E_RANGE);
    EXPECT_EQ(buffer.copy(offset, 8, &copy), GRAFT_E_RANGE);
    EXPECT_EQ(copy, nullptr);
  }
  EXPECT_EQ(byte[0], 1);
  EXPECT_EQ(buffer.read(byte, 100, 0), GRAFT_OK);
}

TEST_F(BufferTest, NoPageIsTakenAfterWarmUp) {
  for (int round = 0; round < 3; ++round) {
    uint64_t allocations = host_.page_allocations();
    std::vector<Bufio> held;
    for (int i = 0; i < 64; ++i) held.push_back(world_buffer(Bytes(static_cast<size_t>(1) << (i % 14))));
    if (round > 0) {
      EXPECT_EQ(host_.page_allocations(), allocations);
    }
    EXPECT_EQ(BufferPool::find(*world_)->in_use(), 64u);
  }
  EXPECT_EQ(BufferPool::find(*world_)->in_use(), 0u);
}

TEST_F(BufferTest, WithoutMemoryCreationFails) {
  world_buffer(Bytes(1));
  host_.fail_page_alloc_after(0);
  graft_bufio_t* buffer;
  EXPECT_EQ(create_world_buffer(60000, &buffer), GRAFT_E_NOMEM);
  EXPECT_EQ(buffer, nullptr);
  EXPECT_EQ(create_world_buffer(1u << 20, &buffer), GRAFT_E_NOMEM);
  host_.fail_page_alloc_after(-1);
}

TEST_F(BufferTest, HeadroomTakesHeadersWithoutMovingData) {
  WorldBuffer* buffer = WorldBuffer::create(*world_, 100);
  memset(buffer->data(), 7, 100);
  unsigned char* before = buffer->data();
  ASSERT_TRUE(buffer->take_headroom(14));
  EXPECT_EQ(buffer->data(), before - 14);
  EXPECT_EQ(buffer->size(), 114u);
  EXPECT_FALSE(buffer->take_headroom(WorldBuffer::kHeadroom));
  EXPECT_TRUE(buffer->resize(50));
  EXPECT_EQ(buffer->size(), 50u);
  EXPECT_TRUE(buffer->resize(1500));
  EXPECT_FALSE(buffer->resize(4096));
  buffer->release();
}

TEST_F(BufferTest, RandomViewsAgreeWithAModel) {
  for (int round = 0; round < 300; ++round) {
    std::vector<BufferPart> parts;
    std::vector<Bufio> sources;
    Bytes model;
    uint32_t count = random_() % (GatherBuffer::kMaxParts + 1);
    for (uint32_t i = 0; i < count; ++i) {
      Bytes content = random_bytes(random_() % 200);
      sources.push_back(random_() % 2 ? world_buffer(content) : outside_buffer(content, random_() % 4 != 0));
      size_t offset = random_() % (content.size() + 1);
      size_t bytes = random_() % (content.size() - offset + 1);
      parts.push_back({sources.back().get(), offset, bytes});
      model.insert(model.end(), content.begin() + static_cast<long>(offset),
                   content.begin() + static_cast<long>(offset + bytes));
    }
    Bufio view = gather(parts);
    sources.clear();
    ASSERT_EQ(view.size(), model.size());
    for (int look = 0; look < 20; ++look) {
      size_t offset = random_() % (model.size() + 2);
      size_t bytes = random_() % (model.size() + 2);
      bool inside = offset + bytes <= model.size();
      Bytes expected;
      if (inside)
        expected.assign(model.begin() + static_cast<long>(offset), model.begin() + static_cast<long>(offset + bytes));
      Bytes got(bytes);
      ASSERT_EQ(view.read(got.data(), offset, bytes), inside ? GRAFT_OK : GRAFT_E_RANGE);
      if (inside) {
        ASSERT_EQ(got, expected);
      }
      graft_fragment_t fragments[16];
      uint32_t fragment_count;
      graft_error_t error = list_fragments(world_->host(), view.get(), offset, bytes, fragments, 16, &fragment_count);
      if (!inside) {
        ASSERT_EQ(error, GRAFT_E_RANGE);
      } else if (error == GRAFT_OK) {
        Bytes joined;
        for (uint32_t i = 0; i < fragment_count; ++i) {
          ASSERT_NE(fragments[i].bytes, 0u);
          auto* from = static_cast<unsigned char*>(fragments[i].address);
          joined.insert(joined.end(), from, from + fragments[i].bytes);
          ASSERT_EQ(fragments[i].region == GRAFT_REGION_WORLD, world_->host().in_window(from, fragments[i].bytes));
        }
        ASSERT_EQ(joined, expected);
        if (fragment_count > 1) {
          uint32_t none;
          ASSERT_EQ(list_fragments(world_->host(), view.get(), offset, bytes, fragments, fragment_count - 1, &none),
                    GRAFT_E_NOSPC);
          ASSERT_EQ(none, 0u);
        }
      } else {
        ASSERT_EQ(error, GRAFT_E_NOTSUP);
      }
      if (inside && bytes > 0) {
        Bytes change = random_bytes(bytes);
        ASSERT_EQ(view.write(change.data(), offset, bytes), GRAFT_OK);
        std::copy(change.begin(), change.end(), model.begin() + static_cast<long>(offset));
      }
      void* address;
      if (view.map(&address, offset, bytes).ok() && bytes > 0) {
        ASSERT_EQ(memcmp(address, model.data() + offset, bytes), 0);
      }
    }
  }
}

TEST_F(BufferTest, ViewKeepsItsPartsAlive) {
  Bytes content = random_bytes(300);
  Bufio slice;
  {
    Bufio source = world_buffer(content);
    slice = gather({{source.get(), 100, 50}});
  }
  Bytes back(50);
  EXPECT_EQ(slice.read(back.data(), 0, 50), GRAFT_OK);
  EXPECT_EQ(back, Bytes(content.begin() + 100, content.begin() + 150));
  slice.reset();
  EXPECT_EQ(BufferPool::find(*world_)->in_use(), 0u);
}

TEST_F(BufferTest, ViewWithAReadOnlyPartWritesNothing) {
  Bufio first = world_buffer(Bytes(10, 1));
  Bufio second = outside_buffer(Bytes(10, 2), true, false);
  Bufio view = gather({{first.get(), 0, 10}, {second.get(), 0, 10}});
  Bytes change(20, 9);
  EXPECT_EQ(view.write(change.data(), 0, 20), GRAFT_E_PERM);
  unsigned char byte;
  EXPECT_EQ(first.read(&byte, 0, 1), GRAFT_OK);
  EXPECT_EQ(byte, 1);
}

TEST_F(BufferTest, BadPartsAreRefused) {
  Bufio source = world_buffer(Bytes(10));
  graft_bufio_t* view;
  BufferPart beyond = {source.get(), 5, 6};
  EXPECT_EQ(GatherBuffer::create(*world_, &beyond, 1, &view), GRAFT_E_RANGE);
  std::vector<BufferPart> many(GatherBuffer::kMaxParts + 1, {source.get(), 0, 1});
  EXPECT_EQ(GatherBuffer::create(*world_, many.data(), static_cast<uint32_t>(many.size()), &view), GRAFT_E_NOSPC);
  EXPECT_EQ(view, nullptr);
}

TEST_F(BufferTest, AdapterGathersWhatTheDeviceCanReach) {
  Adapter adapter(*world_, {.max_fragments = 4});
  Bytes a = random_bytes(54), b = random_bytes(1460);
  Bufio head = world_buffer(a), body = world_buffer(b);
  Bufio packet = gather({{head.get(), 0, 54}, {body.get(), 0, 1460}});
  PreparedPacket prepared;
  ASSERT_EQ(adapter.prepare(packet.get(), 1514, &prepared), GRAFT_OK);
  EXPECT_EQ(prepared.count, 2u);
  EXPECT_EQ(prepared.bytes, 1514u);
  EXPECT_EQ(prepared.owner.get(), packet.get());
  Bytes all = a;
  all.insert(all.end(), b.begin(), b.end());
  EXPECT_EQ(content_of(prepared), all);
  EXPECT_EQ(adapter.counters().gathered, 1u);
  EXPECT_EQ(adapter.counters().copied, 0u);
  EXPECT_EQ(adapter.counters().copied_bytes, 0u);
  EXPECT_EQ(adapter.counters().header_bytes, 0u);
}

TEST_F(BufferTest, AdapterCopiesWhatTheDeviceCannotReach) {
  Adapter adapter(*world_, {.max_fragments = 4});
  Bytes content = random_bytes(1000);
  Bufio packet = outside_buffer(content, true);
  PreparedPacket prepared;
  ASSERT_EQ(adapter.prepare(packet.get(), 1000, &prepared), GRAFT_OK);
  EXPECT_EQ(prepared.count, 1u);
  EXPECT_NE(prepared.owner.get(), packet.get());
  EXPECT_TRUE(world_->host().in_window(prepared.fragments[0].address, 1000));
  EXPECT_EQ(content_of(prepared), content);
  EXPECT_EQ(adapter.counters().copied, 1u);
  EXPECT_EQ(adapter.counters().copied_bytes, 1000u);
  prepared.owner.reset();
}

TEST_F(BufferTest, AdapterCopiesWhatHasTooManyFragments) {
  Adapter adapter(*world_, {.max_fragments = 1});
  Bufio a = world_buffer(Bytes(200, 1)), b = world_buffer(Bytes(200, 2));
  Bufio packet = gather({{a.get(), 0, 200}, {b.get(), 0, 200}});
  PreparedPacket prepared;
  ASSERT_EQ(adapter.prepare(packet.get(), 400, &prepared), GRAFT_OK);
  EXPECT_EQ(prepared.count, 1u);
  EXPECT_EQ(adapter.counters().copied, 1u);
  ASSERT_EQ(adapter.prepare(a.get(), 200, &prepared), GRAFT_OK);
  EXPECT_EQ(adapter.counters().gathered, 1u);
}

TEST_F(BufferTest, ShortPacketsArePaddedWithZeroesAndCountAsHeader) {
  Adapter adapter(*world_, {.max_fragments = 4});
  Bytes content = random_bytes(42);
  Bufio packet = world_buffer(content);
  PreparedPacket prepared;
  ASSERT_EQ(adapter.prepare(packet.get(), 42, &prepared), GRAFT_OK);
  EXPECT_EQ(prepared.bytes, 60u);
  content.resize(60, 0);
  EXPECT_EQ(content_of(prepared), content);
  EXPECT_EQ(adapter.counters().header_bytes, 60u);
  EXPECT_EQ(adapter.counters().copied, 0u);
}

TEST_F(BufferTest, ModesAreKept) {
  Bufio inside = world_buffer(Bytes(500, 1)), outside = outside_buffer(Bytes(500, 2), true);
  PreparedPacket prepared;
  Adapter sg(*world_, {.mode = GRAFT_ADAPTER_SG, .max_fragments = 4});
  EXPECT_EQ(sg.prepare(inside.get(), 500, &prepared), GRAFT_OK);
  EXPECT_EQ(sg.prepare(outside.get(), 500, &prepared), GRAFT_E_NOTSUP);
  EXPECT_EQ(prepared.owner.get(), nullptr);
  EXPECT_EQ(sg.counters().refused, 1u);
  Adapter copy(*world_, {.mode = GRAFT_ADAPTER_COPY, .max_fragments = 4});
  EXPECT_EQ(copy.prepare(inside.get(), 500, &prepared), GRAFT_OK);
  EXPECT_NE(prepared.owner.get(), inside.get());
  EXPECT_EQ(copy.counters().copied_bytes, 500u);
  EXPECT_EQ(copy.counters().gathered, 0u);
  EXPECT_EQ(copy.prepare(inside.get(), 501, &prepared), GRAFT_E_RANGE);
  graft_ether_stats_t stats{};
  copy.counters().add_to(&stats);
  EXPECT_EQ(stats.tx_copied, 1u);
  EXPECT_EQ(stats.tx_copied_bytes, 500u);
}

TEST_F(BufferTest, AdapterWithoutMemoryLeavesNothing) {
  Bufio outside = outside_buffer(Bytes(500, 2), true);
  Adapter adapter(*world_, {});
  PreparedPacket prepared;
  host_.fail_page_alloc_after(0);
  EXPECT_EQ(adapter.prepare(outside.get(), 500, &prepared), GRAFT_E_NOMEM);
  host_.fail_page_alloc_after(-1);
  EXPECT_EQ(prepared.count, 0u);
  EXPECT_EQ(adapter.counters().copied, 0u);
}

TEST_F(BufferTest, UnmappableMemoryIsCopied) {
  Bytes content = random_bytes(700);
  Bufio outside = outside_buffer(content, false);
  Adapter adapter(*world_, {.max_fragments = 4});
  PreparedPacket prepared;
  ASSERT_EQ(adapter.prepare(outside.get(), 700, &prepared), GRAFT_OK);
  EXPECT_EQ(content_of(prepared), content);
}

}  // namespace
}  // namespace graft
