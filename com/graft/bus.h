// SPDX-License-Identifier: BSD-2-Clause
/// bus: the devices that were found, in the order of their addresses.
#ifndef GRAFT_BUS_H
#define GRAFT_BUS_H

#include <graft/device.h>

#ifdef __cplusplus
extern "C" {
#endif

GRAFT_CONSTANT graft_iid_t graft_iid_bus = GRAFT_IID_(0x32);

typedef struct graft_bus graft_bus_t;

typedef struct graft_bus_ops {
  graft_error_t (*query)(graft_bus_t* self, const graft_iid_t* iid, void** out);
  uint32_t (*addref)(graft_bus_t* self);
  uint32_t (*release)(graft_bus_t* self);

  /// Returns how many devices there are. @context any but irq  @blocks never
  uint32_t (*get_device_count)(graft_bus_t* self);

  /// Gives the index-th device. @context any but irq  @blocks never  @owns *out: caller owns one reference
  /// @errors NOENT: not that many. @onfail *out is null
  graft_error_t (*get_device)(graft_bus_t* self, uint32_t index, graft_device_t** out);

  /// Attaches to every unbound device the driver of the image that matches it best. A device that no driver matches
  /// stays unbound; one whose attach fails is FAILED and keeps its error; neither stops the rest.
  /// @context thread, fiber  @blocks may  @errors BADSTATE: inside an upcall
  graft_error_t (*probe)(graft_bus_t* self, uint32_t* out_attached);
} graft_bus_ops_t;

struct graft_bus {
  const graft_bus_ops_t* ops;
};

// Calls through the table; the contracts stand at the slots above.
static inline uint32_t graft_bus_get_device_count(graft_bus_t* self) { return self->ops->get_device_count(self); }
static inline graft_error_t graft_bus_get_device(graft_bus_t* self, uint32_t index, graft_device_t** out) {
  return self->ops->get_device(self, index, out);
}
static inline graft_error_t graft_bus_probe(graft_bus_t* self, uint32_t* out_attached) {
  return self->ops->probe(self, out_attached);
}

#ifdef __cplusplus
}
#endif

#endif
