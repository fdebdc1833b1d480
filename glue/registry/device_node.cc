// SPDX-License-Identifier: BSD-2-Clause
#include "glue/registry/device_node.hpp"

#include "glue/registry/kit_object.hpp"
#include "glue/registry/text.hpp"

namespace graft::registry {

namespace {

/// Until another attempt to get a stack for a fiber.
constexpr uint64_t kRetryNs = 10'000'000;

}  // namespace

DeviceNode::DeviceNode(KitObject& kit, const graft_device_info_t& info)
    : kit_(kit),
      info_(info),
      removal_timer_([](void* self) { static_cast<DeviceNode*>(self)->start_removal(); }, this),
      driver_off_(kit.world()) {
  info_.state = GRAFT_DEVICE_UNBOUND;
}

void DeviceNode::get_info(graft_device_info_t* out_info) {
  WorldScope scope(kit_.world());
  *out_info = info_;
}

Status DeviceNode::attach(const char* driver_name) {
  struct Call {
    DeviceNode* device;
    const char* driver_name;
  } call{this, driver_name};
  return kit_.world().call(
      [](void* arg) {
        auto* c = static_cast<Call*>(arg);
        DriverNode* driver = nullptr;
        if (c->driver_name != nullptr) {
          driver = c->device->kit_.drivers().find(c->driver_name);
          if (driver == nullptr || !driver->matches(&c->device->info_)) return GRAFT_E_NOENT;
        } else {
          driver = c->device->kit_.drivers().best_match(c->device->info_);
          if (driver == nullptr) return GRAFT_E_NOENT;
        }
        return c->device->attach_in_fiber(driver);
      },
      &call);
}

graft_error_t DeviceNode::attach_in_fiber(DriverNode* driver) {
  if (gone_) return GRAFT_E_GONE;
  if (!is_unbound()) return GRAFT_E_EXIST;
  info_.state = GRAFT_DEVICE_ATTACHING;
  copy_text(info_.driver, driver->entry().name);
  driver_ = driver;
  instance_ = nullptr;
  graft_error_t error = driver->entry().attach(&driver->entry(), &attachment_, &instance_);
  if (error == GRAFT_OK) {
    ++attaches_;
    info_.attach_error = GRAFT_OK;
    if (!gone_) {
      info_.state = GRAFT_DEVICE_ATTACHED;
      return GRAFT_OK;
    }
    // What its detach reports is logged there; the device is gone all the same.
    (void)take_driver_off();
  } else {
    ++attach_failures_;
    while (!exports_.empty()) drop_export(exports_.begin());
    driver_ = nullptr;
    info_.driver[0] = 0;
    info_.state = gone_ ? GRAFT_DEVICE_GONE : GRAFT_DEVICE_FAILED;
    driver_off_.wake_all();
  }
  if (gone_) error = GRAFT_E_GONE;
  info_.attach_error = error;
  kit_.world().host().log(GRAFT_LOG_WARNING, driver->entry().name, ": attach failed: ", graft_error_name(error));
  return error;
}

Status DeviceNode::detach() {
  return kit_.world().call([](void* self) { return static_cast<DeviceNode*>(self)->detach_in_fiber(); }, this);
}

graft_error_t DeviceNode::detach_in_fiber() {
  if (gone_) {
    while (driver_ != nullptr) driver_off_.wait();
    return GRAFT_OK;
  }
  if (driver_ == nullptr || info_.state != GRAFT_DEVICE_ATTACHED) return GRAFT_E_BADSTATE;
  info_.state = GRAFT_DEVICE_DETACHING;
  return take_driver_off();
}

graft_error_t DeviceNode::take_driver_off() {
  while (!exports_.empty()) drop_export(exports_.begin());
  const graft_driver_entry_t& entry = driver_->entry();
  graft_error_t error = entry.detach(&entry, instance_);
  if (error != GRAFT_OK) {
    kit_.world().host().log(GRAFT_LOG_WARNING, entry.name, ": detach reported ", graft_error_name(error));
  }
  ++detaches_;
  driver_ = nullptr;
  instance_ = nullptr;
  info_.driver[0] = 0;
  info_.state = gone_ ? GRAFT_DEVICE_GONE : GRAFT_DEVICE_UNBOUND;
  driver_off_.wake_all();
  return error;
}

// ---- Surprise removal -----------------------------------------------------------------------------------------------

void DeviceNode::set_gone() {
  if (gone_) return;
  gone_ = true;
  bool attached = info_.state == GRAFT_DEVICE_ATTACHED;
  info_.state = GRAFT_DEVICE_GONE;
  kit_.world().host().log(GRAFT_LOG_WARNING, info_.location, ": the device was removed");
  if (driver_ == nullptr) return;
  const graft_driver_entry_t& entry = driver_->entry();
  if (entry.removed != nullptr) entry.removed(&entry, &attachment_);
  // An attach or a detach that is under way ends by itself.
  if (attached) kit_.world().arm(removal_timer_, kit_.world().now_ns());
}

void DeviceNode::start_removal() {
  // What the driver's detach reports is logged there.
  auto remove = [](void* self) { (void)static_cast<DeviceNode*>(self)->take_driver_off(); };
  World& world = kit_.world();
  if (world.spawn(remove, this, "removal") == nullptr) world.arm(removal_timer_, world.now_ns() + kRetryNs);
}

void DeviceNode::report_removal() {
  WorldScope scope(kit_.world());
  set_gone();
}

Status DeviceNode::get_interface(const graft_iid_t* iid, uint32_t index, void** out) {
  *out = nullptr;
  WorldScope scope(kit_.world());
  if (gone_) return GRAFT_E_GONE;
  if (driver_ == nullptr || info_.state == GRAFT_DEVICE_DETACHING) return GRAFT_E_BADSTATE;
  bool any = false;
  for (Export& e : exports_) {
    if (!graft_iid_equal(&e.iid, iid)) continue;
    any = true;
    if (index-- != 0) continue;
    graft_addref(e.interface);
    *out = e.interface;
    return GRAFT_OK;
  }
  return any ? GRAFT_E_NOENT : GRAFT_E_NOINTERFACE;
}

void DeviceNode::get_counters(graft_counter_t* counters, uint32_t capacity, uint32_t* out_count) {
  WorldScope scope(kit_.world());
  const graft_counter_t own[] = {{"attaches", attaches_},
                                 {"attach_failures", attach_failures_},
                                 {"detaches", detaches_},
                                 {"exports", exports_.size()}};
  uint32_t count = 0;
  for (const graft_counter_t& counter : own) {
    if (count < capacity) counters[count] = counter;
    ++count;
  }
  if (driver_ != nullptr && instance_ != nullptr && driver_->entry().get_counters != nullptr) {
    uint32_t used = count < capacity ? count : capacity;
    count += driver_->entry().get_counters(&driver_->entry(), instance_, counters + used, capacity - used);
  }
  *out_count = count;
}

graft_error_t DeviceNode::add_export(const graft_iid_t& iid, graft_iunknown_t* object) {
  void* interface;
  void* component;
  if (graft_error_t error = graft_query(object, &iid, &interface); error != GRAFT_OK) return error;
  auto* e = kit_.world().heap().make<Export>();
  graft_error_t error = e != nullptr ? kit_.services().add(&iid, object).code() : GRAFT_E_NOMEM;
  if (error == GRAFT_OK) error = graft_query(object, &graft_iid_iunknown, &component);
  if (error != GRAFT_OK) {
    kit_.world().heap().destroy_object(e);
    graft_release(interface);
    return error;
  }
  graft_release(component);
  e->iid = iid;
  e->interface = static_cast<graft_iunknown_t*>(interface);
  e->component = static_cast<graft_iunknown_t*>(component);
  exports_.push_back(*e);
  return GRAFT_OK;
}

graft_error_t DeviceNode::remove_export(const graft_iid_t& iid, graft_iunknown_t* object) {
  void* interface;
  if (graft_query(object, &iid, &interface) != GRAFT_OK) return GRAFT_E_NOENT;
  graft_release(interface);
  for (auto it = exports_.begin(); it != exports_.end(); ++it) {
    if (it->interface != interface || !graft_iid_equal(&it->iid, &iid)) continue;
    drop_export(it);
    return GRAFT_OK;
  }
  return GRAFT_E_NOENT;
}

void DeviceNode::drop_export(Exports::iterator it) {
  Export* e = &*it;
  exports_.erase(it);
  kit_.services().remove(&e->iid, e->interface).ignore();
  graft_release(e->interface);
  kit_.world().heap().destroy_object(e);
}

uint32_t DeviceNode::foreign_references(const Export& e) {
  // Each export of the component holds one reference here and one in the registry.
  uint32_t own = 0;
  for (Export& other : exports_) own += other.component == e.component ? 2 : 0;
  graft_addref(e.interface);
  return graft_release(e.interface) - own;
}

bool DeviceNode::exports_are_held() {
  for (Export& e : exports_) {
    if (foreign_references(e) > 1) return true;
  }
  return false;
}

}  // namespace graft::registry
