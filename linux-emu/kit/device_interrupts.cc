// SPDX-License-Identifier: GPL-2.0-only
#include "linux-emu/kit/device_interrupts.hpp"

#include "linux-emu/kit/environment.hpp"
#include "linux-emu/kit/source.hpp"

namespace graft::lx {
namespace {

constexpr uint64_t kLookNs = 2'000'000'000;

constinit Chain<DeviceInterrupts> devices;

uint64_t interrupts_of_line(uint32_t line) {
  uint64_t sum = 0;
  for (const lx_source* source = lx_source::all.first; source; source = source->next) {
    if (source->line == line) sum += source->line_interrupts;
  }
  return sum;
}

}  // namespace

DeviceInterrupts::DeviceInterrupts(graft_attachment_t* attachment)
    : attachment_(attachment), timer_([](void* self) { static_cast<DeviceInterrupts*>(self)->look(); }, this) {
  graft_device_info_t info;
  graft_attachment_get_info(attachment, &info);
  function_ = info.address;
  if (graft_attachment_route_interrupt(attachment, &line_) != GRAFT_OK) line_ = UINT32_MAX;
  line_before_ = interrupts_of_line(line_);
  devices.add(*this);
}

DeviceInterrupts::~DeviceInterrupts() {
  unwatch();
  devices.remove(*this);
}

DeviceInterrupts* DeviceInterrupts::of_function(graft_pci_address_t function) {
  DeviceInterrupts* device = devices.first;
  while (device && device->function_ != function) device = device->next;
  return device;
}

bool DeviceInterrupts::line_is_used() const {
  for (const lx_source* source = lx_source::all.first; source; source = source->next) {
    if (source->on_a_line && source->line == line_) return true;
  }
  return false;
}

uint64_t DeviceInterrupts::by_line() const { return messages_ ? 0 : interrupts_of_line(line_) - line_before_; }

void DeviceInterrupts::watch(Waits waits, void* arg) {
  waits_ = waits;
  waits_arg_ = arg;
  waited_ = false;
  look_later();
}

[[gnu::noinline]] void DeviceInterrupts::look_later() { world().arm(timer_, world().now_ns() + kLookNs); }

void DeviceInterrupts::unwatch() {
  waits_ = nullptr;
  world().cancel(timer_);
}

void DeviceInterrupts::look() {
  if (!waits_ || by_message_ + by_line() != 0) return;
  // Twice in a row: what is waited for now may have been asked for just before.
  const bool waits = waits_(waits_arg_);
  if (waits && waited_) return explain("a request waits");
  waited_ = waits;
  look_later();
}

void DeviceInterrupts::explain(const char* what) {
  if (by_message_ + by_line() != 0) return;
  graft_device_info_t info;
  graft_attachment_get_info(attachment_, &info);
  Host& host = world().host();
  if (had_messages_) {
    host.log(GRAFT_LOG_ERROR, info.location, ": ", what);
    host.log(GRAFT_LOG_ERROR, info.location,
             ": no message of osenv.msi_alloc ever came; does what the device writes there end in graft_world_irq()?");
  } else if (line_is_used()) {
    host.log(GRAFT_LOG_ERROR, info.location, ": ", what);
    host.log(GRAFT_LOG_ERROR, info.location,
             ": its interrupt line never came; is osenv.irq_route right, and does irq_claim unmask that line?");
  }
}

}  // namespace graft::lx
