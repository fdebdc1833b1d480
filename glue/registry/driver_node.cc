// SPDX-License-Identifier: BSD-2-Clause
#include "glue/registry/driver_node.hpp"

#include "glue/registry/text.hpp"

namespace graft::registry {

bool DriverNode::is_called_in_full(const char* name) const { return text_equal(entry_.name, name); }

bool DriverNode::is_called(const char* name) const {
  const char* slash = entry_.name;
  while (*slash != 0 && *slash != '/') ++slash;
  return is_called_in_full(name) || (*slash != 0 && text_equal(slash + 1, name));
}

void DriverNode::get_info(graft_driver_info_t* out_info) {
  *out_info = {entry_.name, entry_.origin, entry_.category, entry_.licence};
}

Status DriverNode::set_parameter(const char* name, const char* value) {
  if (entry_.set_parameter == nullptr) return GRAFT_E_NOENT;
  struct Call {
    const graft_driver_entry_t* entry;
    const char* name;
    const char* value;
  } call{&entry_, name, value};
  auto set = [](void* arg) {
    auto* c = static_cast<Call*>(arg);
    return c->entry->set_parameter(c->entry, c->name, c->value);
  };
  graft_error_t error = world_.call(set, &call);
  // Before anything serves the world there is time to do it here.
  if (error == GRAFT_E_BADSTATE && !world_.in_world()) error = world_.run_here(set, &call);
  return error;
}

graft_error_t DriverList::fill(const graft_driver_entry_t* const* table) {
  uint32_t count = 0;
  while (table[count] != nullptr) ++count;
  if (count == 0) return GRAFT_OK;
  drivers_ = static_cast<DriverNode**>(world_.heap().allocate(count * sizeof(DriverNode*)));
  if (drivers_ == nullptr) return GRAFT_E_NOMEM;
  count_ = count;
  for (uint32_t i = 0; i < count; ++i) drivers_[i] = world_.heap().make<DriverNode>(world_, *table[i]);
  for (uint32_t i = 0; i < count; ++i) {
    if (drivers_[i] != nullptr) continue;
    clear();
    return GRAFT_E_NOMEM;
  }
  return GRAFT_OK;
}

void DriverList::clear() {
  for (uint32_t i = 0; i < count_; ++i) world_.heap().destroy_object(drivers_[i]);
  world_.heap().deallocate(drivers_, count_ * sizeof(DriverNode*));
  drivers_ = nullptr;
  count_ = 0;
}

DriverNode* DriverList::find(const char* name) const {
  DriverNode* found = nullptr;
  for (uint32_t i = 0; i < count_; ++i) {
    if (drivers_[i]->is_called_in_full(name)) return drivers_[i];
  }
  for (uint32_t i = 0; i < count_; ++i) {
    if (!drivers_[i]->is_called(name)) continue;
    if (found != nullptr) return nullptr;
    found = drivers_[i];
  }
  return found;
}

DriverNode* DriverList::best_match(const graft_device_info_t& device) const {
  DriverNode* best = nullptr;
  uint32_t best_score = 0;
  for (uint32_t i = 0; i < count_; ++i) {
    const graft_driver_entry_t& entry = drivers_[i]->entry();
    uint32_t score = entry.matches(&entry, &device);
    if (score <= best_score) continue;
    best = drivers_[i];
    best_score = score;
  }
  return best;
}

}  // namespace graft::registry
