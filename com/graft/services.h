// SPDX-License-Identifier: BSD-2-Clause
/// services: a registry of components by interface.
#ifndef GRAFT_SERVICES_H
#define GRAFT_SERVICES_H

#include <graft/iunknown.h>

#ifdef __cplusplus
extern "C" {
#endif

GRAFT_CONSTANT graft_iid_t graft_iid_services = GRAFT_IID_(0x33);

typedef struct graft_services graft_services_t;

typedef struct graft_services_ops {
  graft_error_t (*query)(graft_services_t* self, const graft_iid_t* iid, void** out);
  uint32_t (*addref)(graft_services_t* self);
  uint32_t (*release)(graft_services_t* self);

  /// Adds a component under an interface it has. @context any but irq  @blocks never
  /// @owns object: a reference is kept until remove()  @errors NOINTERFACE; EXIST: added already; NOMEM
  graft_error_t (*add)(graft_services_t* self, const graft_iid_t* iid, graft_iunknown_t* object);

  /// Takes it out again. @context any but irq  @blocks never  @errors NOENT: not there
  graft_error_t (*remove)(graft_services_t* self, const graft_iid_t* iid, graft_iunknown_t* object);

  /// Gives the index-th component of that interface, in the order they were added.
  /// @context any but irq  @blocks never  @owns *out: caller owns one reference
  /// @errors NOENT: not that many. @onfail *out is null
  graft_error_t (*lookup)(graft_services_t* self, const graft_iid_t* iid, uint32_t index, void** out);
} graft_services_ops_t;

struct graft_services {
  const graft_services_ops_t* ops;
};

// Calls through the table; the contracts stand at the slots above.
static inline graft_error_t graft_services_add(graft_services_t* self, const graft_iid_t* iid,
                                               graft_iunknown_t* object) {
  return self->ops->add(self, iid, object);
}
static inline graft_error_t graft_services_remove(graft_services_t* self, const graft_iid_t* iid,
                                                  graft_iunknown_t* object) {
  return self->ops->remove(self, iid, object);
}
static inline graft_error_t graft_services_lookup(graft_services_t* self, const graft_iid_t* iid, uint32_t index,
                                                  void** out) {
  return self->ops->lookup(self, iid, index, out);
}

#ifdef __cplusplus
}
#endif

#endif
