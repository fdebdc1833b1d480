// SPDX-License-Identifier: BSD-2-Clause
#include "glue/registry/bus_node.hpp"

#include "glue/registry/kit_object.hpp"

namespace graft::registry {

graft_error_t BusNode::reserve(uint32_t capacity) {
  if (capacity == 0) return GRAFT_OK;
  devices_ = static_cast<DeviceNode**>(kit_.world().heap().allocate(capacity * sizeof(DeviceNode*)));
  if (devices_ == nullptr) return GRAFT_E_NOMEM;
  capacity_ = capacity;
  return GRAFT_OK;
}

graft_error_t BusNode::add(const graft_device_info_t& info) {
  if (count_ == capacity_) return GRAFT_E_NOSPC;
  auto* device = kit_.world().heap().make<DeviceNode>(kit_, info);
  if (device == nullptr) return GRAFT_E_NOMEM;
  devices_[count_++] = device;
  return kit_.services()
      .add(&graft_iid_device, reinterpret_cast<graft_iunknown_t*>(static_cast<graft_device_t*>(device)))
      .code();
}

void BusNode::clear() {
  for (uint32_t i = 0; i < count_; ++i) kit_.world().heap().destroy_object(devices_[i]);
  kit_.world().heap().deallocate(devices_, capacity_ * sizeof(DeviceNode*));
  devices_ = nullptr;
  capacity_ = 0;
  count_ = 0;
}

uint32_t BusNode::index_of(const DeviceNode* device) const {
  uint32_t index = 0;
  while (index < count_ && devices_[index] != device) ++index;
  return index;
}

Status BusNode::get_device(uint32_t index, graft_device_t** out) {
  *out = nullptr;
  if (index >= count_) return GRAFT_E_NOENT;
  devices_[index]->addref();
  *out = devices_[index];
  return GRAFT_OK;
}

Status BusNode::probe(uint32_t* out_attached) {
  *out_attached = 0;
  struct Call {
    BusNode* bus;
    uint32_t attached;
  } call{this, 0};
  graft_error_t error = kit_.world().call(
      [](void* arg) {
        auto* c = static_cast<Call*>(arg);
        c->attached = c->bus->probe_in_fiber();
        return GRAFT_OK;
      },
      &call);
  *out_attached = call.attached;
  return error;
}

uint32_t BusNode::probe_in_fiber() {
  uint32_t attached = 0;
  for (uint32_t i = 0; i < count_; ++i) {
    if (devices_[i]->info().state != GRAFT_DEVICE_UNBOUND) continue;
    DriverNode* driver = kit_.drivers().best_match(devices_[i]->info());
    // An error stays with the device.
    if (driver != nullptr && devices_[i]->attach_in_fiber(driver) == GRAFT_OK) ++attached;
  }
  return attached;
}

}  // namespace graft::registry
