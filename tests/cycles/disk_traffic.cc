// SPDX-License-Identifier: BSD-2-Clause
// Requests in flight and blocking calls on a disk. Each slot writes blocks of its own and reads them back, so that what
// is read is known; after a write that failed it is not, until the next.
#include <cstdio>
#include <cstring>
#include <graft/asyncblk.hpp>
#include <graft/blkio.hpp>
#include <new>

#include "tests/cycles/traffic.hpp"
#include "tests/qemu/async_requests.hpp"

namespace graft::test {
namespace {

constexpr uint32_t kSlots = 16;
constexpr uint64_t kMaxBytes = 64 << 10;
constexpr uint64_t kSlotBytes = 128 << 10;

class DiskTraffic final : public Traffic {
 public:
  DiskTraffic() {
    for (Slot& slot : slots_) slot.memory = allocate(kMaxBytes);
    buffer_ = allocate(kMaxBytes);
    submitter_.create(
        "submitter", [](void* self) { return static_cast<DiskTraffic*>(self)->submit(); }, this);
    reader_.create(
        "reader", [](void* self) { return static_cast<DiskTraffic*>(self)->read(); }, this);
  }

  bool start(const Device& device) override {
    graft_device_info_t info;
    device.get_info(&info);
    if (info.address != address_) {
      // Another disk has another content.
      for (Slot& slot : slots_) slot.known = false;
      address_ = info.address;
    }
    void* found = nullptr;
    if (device.get_interface(&graft_iid_asyncblk, 0, &found) != GRAFT_OK) return false;
    disk_ = AsyncBlk(Ref<graft_asyncblk_t>::adopt(static_cast<graft_asyncblk_t*>(found)));
    if (device.get_interface(&graft_iid_blkio, 0, &found) != GRAFT_OK) return false;
    blkio_ = Ref<graft_blkio_t>::adopt(static_cast<graft_blkio_t*>(found));
    submitter_.go();
    reader_.go();
    return true;
  }

  bool finish() override {
    check(submitter_.halt(), "submit() does not return");
    check(in_flight_ == 0, "requests are in flight after the end of the device");
    check(reader_.halt(), "read() does not return");
    for (Slot& slot : slots_) judge(slot);
    graft_blk_request_t request = {};
    request.operation = GRAFT_BLK_FLUSH;
    request.on_done = [](graft_blk_request_t*, graft_error_t) {};
    graft_blk_request_t* requests[] = {&request};
    uint32_t accepted = 1;
    uint64_t bytes;
    check(disk_.submit(requests, 1, &accepted) == GRAFT_E_GONE && accepted == 0, "submit() answers GONE");
    check(disk_.get_size(&bytes) == GRAFT_E_GONE, "get_size() answers GONE");
    check(graft_blkio_read(blkio_.get(), buffer_, 0, kSlotBytes / 2) == GRAFT_E_GONE, "read() answers GONE");
    check(graft_blkio_flush(blkio_.get()) == GRAFT_E_GONE, "flush() answers GONE");
    graft_blk_identity_t identity;
    check(disk_.identify(&identity) == GRAFT_E_GONE, "identify() answers GONE");
    disk_.reset();
    blkio_.reset();
    const bool good = !broken_;
    broken_ = false;
    return good;
  }

  uint64_t carried() const override { return carried_; }

 private:
  struct Slot {
    graft_blk_request_t request;
    graft_fragment_t fragments[2];
    unsigned char* memory;
    uint64_t first, bytes, seed;  ///< what was written last
    bool known;
    bool busy;                  ///< the submitter's
    std::atomic<uint32_t> out;  ///< accepted and not completed
    graft_error_t status;
    DiskTraffic* owner;
  };

  void check(bool condition, const char* what) {
    if (condition) return;
    broken_ = true;
    printf("disk: broken: %s\n", what);
  }

  static void on_done(graft_blk_request_t* request, graft_error_t status) {
    auto* slot = static_cast<Slot*>(request->arg);
    slot->status = status;
    slot->owner->check(slot->out.fetch_sub(1) == 1, "a request completes exactly once");
    --slot->owner->in_flight_;
  }

  /// Takes the outcome of a request that has come back.
  void judge(Slot& slot) {
    if (!slot.busy || slot.out != 0) return;
    slot.busy = false;
    const bool writes = slot.request.operation == GRAFT_BLK_WRITE;
    if (slot.status == GRAFT_OK) {
      ++carried_;
      if (writes) {
        slot.known = true;
      } else {
        check(is_right(slot), "a read gives what was written");
      }
    } else {
      check(slot.status == GRAFT_E_GONE, graft_error_name(slot.status));
      if (writes) slot.known = false;
    }
  }

  static bool is_right(const Slot& slot) {
    for (uint64_t at = 0; at < slot.bytes; at += kSectorBytes) {
      const Sector sector(slot.seed, at / kSectorBytes);
      if (std::memcmp(slot.memory + at, sector.words, kSectorBytes) != 0) return false;
    }
    return true;
  }

  void prepare(Slot& slot, uint32_t index) {
    const bool writes = !slot.known || sequence_.below(3) == 0;
    if (writes) {
      slot.bytes = kSectorBytes * (1 + sequence_.below(kMaxBytes / kSectorBytes));
      slot.first = index * kSlotBytes + kSectorBytes * sequence_.below((kSlotBytes - slot.bytes) / kSectorBytes);
      slot.seed = sequence_.next();
      slot.known = false;
      for (uint64_t at = 0; at < slot.bytes; at += kSectorBytes) {
        const Sector sector(slot.seed, at / kSectorBytes);
        std::memcpy(slot.memory + at, sector.words, kSectorBytes);
      }
    } else {
      std::memset(slot.memory, 0xEE, slot.bytes);
    }
    const uint64_t half = slot.bytes / kSectorBytes / 2 * kSectorBytes;
    slot.fragments[0] = {slot.memory, half != 0 ? half : slot.bytes, GRAFT_REGION_WORLD, 0};
    slot.fragments[1] = {slot.memory + half, slot.bytes - half, GRAFT_REGION_WORLD, 0};
    slot.request = {};
    slot.request.operation = writes ? GRAFT_BLK_WRITE : GRAFT_BLK_READ;
    slot.request.offset_bytes = slot.first;
    slot.request.bytes = slot.bytes;
    slot.request.fragments = slot.fragments;
    slot.request.fragment_count = half != 0 ? 2 : 1;
    slot.request.on_done = on_done;
    slot.request.arg = &slot;
    slot.owner = this;
  }

  /// One batch of all slots that are free.
  bool submit() {
    graft_blk_request_t* requests[kSlots];
    uint32_t count = 0;
    for (uint32_t i = 0; i < kSlots; ++i) {
      judge(slots_[i]);
      if (slots_[i].busy) continue;
      prepare(slots_[i], i);
      slots_[i].busy = true;
      slots_[i].out = 1;
      requests[count++] = &slots_[i].request;
    }
    if (count == 0) return false;
    in_flight_ += count;
    uint32_t accepted = 0;
    const Status status = disk_.submit(requests, count, &accepted);
    for (uint32_t i = accepted; i < count; ++i) {
      auto* slot = static_cast<Slot*>(requests[i]->arg);
      check(slot->out.exchange(0) == 1, "a refused request does not complete");
      slot->busy = false;
      --in_flight_;
    }
    check(status.ok() || status == GRAFT_E_GONE || status == GRAFT_E_BUSY, graft_error_name(status.code()));
    return accepted != 0;
  }

  /// A blocking read beside them.
  bool read() {
    const graft_error_t error = graft_blkio_read(blkio_.get(), buffer_, kSlots * kSlotBytes, 8192);
    if (error == GRAFT_OK) ++carried_;
    check(error == GRAFT_OK || error == GRAFT_E_GONE, graft_error_name(error));
    return error == GRAFT_OK;
  }

  graft_pci_address_t address_ = 0;
  AsyncBlk disk_;
  Ref<graft_blkio_t> blkio_;
  Sequence sequence_{1};
  Slot slots_[kSlots] = {};
  unsigned char* buffer_;
  std::atomic<uint32_t> in_flight_{0};
  std::atomic<uint64_t> carried_{0};
  std::atomic<bool> broken_{false};
  Loop submitter_, reader_;
};

}  // namespace

Traffic* make_disk_traffic() { return new (std::nothrow) DiskTraffic; }

}  // namespace graft::test
