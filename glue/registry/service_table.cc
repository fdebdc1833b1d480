// SPDX-License-Identifier: BSD-2-Clause
#include "glue/registry/service_table.hpp"

namespace graft::registry {

ServiceTable::Entries::iterator ServiceTable::find(const graft_iid_t& iid, const void* interface) {
  auto it = entries_.begin();
  while (it != entries_.end() && (it->interface != interface || !graft_iid_equal(&it->iid, &iid))) ++it;
  return it;
}

void ServiceTable::drop(Entries::iterator entry) {
  ServiceEntry* e = &*entry;
  entries_.erase(entry);
  graft_release(e->interface);
  world_.heap().destroy_object(e);
}

void ServiceTable::clear() {
  while (!entries_.empty()) drop(entries_.begin());
}

Status ServiceTable::add(const graft_iid_t* iid, graft_iunknown_t* object) {
  void* interface;
  GRAFT_TRY(graft_query(object, iid, &interface));
  WorldScope scope(world_);
  graft_error_t error = GRAFT_OK;
  if (find(*iid, interface) != entries_.end()) {
    error = GRAFT_E_EXIST;
  } else if (auto* entry = world_.heap().make<ServiceEntry>()) {
    entry->iid = *iid;
    entry->interface = static_cast<graft_iunknown_t*>(interface);
    entries_.push_back(*entry);
  } else {
    error = GRAFT_E_NOMEM;
  }
  if (error != GRAFT_OK) graft_release(interface);
  return error;
}

Status ServiceTable::remove(const graft_iid_t* iid, graft_iunknown_t* object) {
  void* interface;
  if (graft_query(object, iid, &interface) != GRAFT_OK) return GRAFT_E_NOENT;
  WorldScope scope(world_);
  auto entry = find(*iid, interface);
  graft_release(interface);
  if (entry == entries_.end()) return GRAFT_E_NOENT;
  drop(entry);
  return GRAFT_OK;
}

Status ServiceTable::lookup(const graft_iid_t* iid, uint32_t index, void** out) {
  *out = nullptr;
  WorldScope scope(world_);
  for (ServiceEntry& entry : entries_) {
    if (!graft_iid_equal(&entry.iid, iid) || index-- != 0) continue;
    graft_addref(entry.interface);
    *out = entry.interface;
    return GRAFT_OK;
  }
  return GRAFT_E_NOENT;
}

}  // namespace graft::registry
