// SPDX-License-Identifier: GPL-2.0-only
#include "linux-emu/kit/instance.hpp"

#include "linux-emu/kit/driver.hpp"
#include "linux-emu/kit/environment.hpp"
#include "linux-emu/kit/registers.hpp"

namespace graft::lx {
namespace {

constexpr uint64_t kWatchNs = 1'000'000'000;
/// All ones is also what a register may hold, so not every such read is worth a look.
constexpr uint64_t kSuspectNs = 1'000'000;
constexpr uint32_t kVendorAndDevice = 0;

using Instances = boost::intrusive::list<Instance, boost::intrusive::constant_time_size<false>>;

Instances& instances() {
  static constinit Instances* list = nullptr;
  alignas(Instances) static char storage[sizeof(Instances)];
  if (list == nullptr) list = new (storage) Instances;
  return *list;
}

}  // namespace

Instance::Instance(const Driver& driver, graft_attachment_t* attachment)
    : attachment(attachment),
      interrupts(attachment),
      driver_(driver),
      watch_([](void* self) { static_cast<Instance*>(self)->watch(); }, this) {
  graft_attachment_get_info(attachment, &info_);
  gone_ = info_.state == GRAFT_DEVICE_GONE;
  instances().push_back(*this);
}

Instance::~Instance() {
  world().cancel(watch_);
  disown_windows(this);
  instances().erase(instances().iterator_to(*this));
}

Instance* Instance::owner_of(uint64_t phys) {
  for (Instance& instance : instances()) {
    for (int bar = 0; bar < 6; ++bar) {
      if (phys - instance.info_.bar_phys[bar] < instance.info_.bar_bytes[bar]) return &instance;
    }
  }
  return nullptr;
}

Instance* Instance::find(const graft_attachment_t* attachment) {
  for (Instance& instance : instances()) {
    if (instance.attachment == attachment) return &instance;
  }
  return nullptr;
}

uint32_t Instance::count() { return static_cast<uint32_t>(instances().size()); }

void Instance::window_added(bool slow) {
  ++windows_;
  if (slow && slow_windows_++ == 0 && !gone_) world().arm(watch_, world().now_ns() + kWatchNs);
}

void Instance::window_removed(bool slow) {
  --windows_;
  if (slow && --slow_windows_ == 0) world().cancel(watch_);
}

void Instance::suspect() {
  if (world().now_ns() - looked_ns_ >= kSuspectNs) look();
}

void Instance::look() {
  if (gone_) return;
  looked_ns_ = world().now_ns();
  const graft_osenv_t& env = world().host().env();
  uint32_t id = 0;
  if (env.pci_read(env.host, info_.address, kVendorAndDevice, 4, &id) != GRAFT_OK) return;
  if (id == UINT32_MAX) graft_attachment_gone(attachment);
}

void Instance::watch() {
  look();
  if (!gone_) world().arm(watch_, world().now_ns() + kWatchNs);
}

void Instance::mark_gone() {
  gone_ = true;
  world().cancel(watch_);
  if (device == nullptr) return;
  lx_pci_mark_gone(device);
  if (driver_.on_gone != nullptr) driver_.on_gone(device);
}

}  // namespace graft::lx
