// SPDX-License-Identifier: BSD-2-Clause
/// The registry of components by interface.
#ifndef GRAFT_GLUE_REGISTRY_SERVICE_TABLE_HPP
#define GRAFT_GLUE_REGISTRY_SERVICE_TABLE_HPP

#include <boost/intrusive/list.hpp>
#include <graft/services.hpp>

#include "glue/world/world.hpp"

namespace graft::registry {

/// One component under one interface. The reference is held on the interface pointer itself.
struct ServiceEntry : boost::intrusive::list_base_hook<> {
  graft_iid_t iid;
  graft_iunknown_t* interface;
};

class ServiceTable : public Object<ServiceTable, graft_services_t> {
 public:
  explicit ServiceTable(World& world) : world_(world) {}
  /// Drops every reference; entries are the heap's.
  void clear();

  Status add(const graft_iid_t* iid, graft_iunknown_t* object);
  Status remove(const graft_iid_t* iid, graft_iunknown_t* object);
  Status lookup(const graft_iid_t* iid, uint32_t index, void** out);

  void destroy() {}

 private:
  using Entries = boost::intrusive::list<ServiceEntry, boost::intrusive::constant_time_size<false>>;

  Entries::iterator find(const graft_iid_t& iid, const void* interface);
  void drop(Entries::iterator entry);

  World& world_;
  Entries entries_;
};

}  // namespace graft::registry

#endif
