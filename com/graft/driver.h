// SPDX-License-Identifier: BSD-2-Clause
/// driver: code that can be attached to devices.
#ifndef GRAFT_DRIVER_H
#define GRAFT_DRIVER_H

#include <graft/device.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

GRAFT_CONSTANT graft_iid_t graft_iid_driver = GRAFT_IID_(0x31);

typedef struct graft_driver_info {
  const char* name;      ///< "linux/e1000"
  const char* origin;    ///< "linux-6.1", "native"
  const char* category;  ///< "ethernet", "block"
  const char* licence;   ///< SPDX expression of everything the driver links
} graft_driver_info_t;

typedef struct graft_driver graft_driver_t;

typedef struct graft_driver_ops {
  graft_error_t (*query)(graft_driver_t* self, const graft_iid_t* iid, void** out);
  uint32_t (*addref)(graft_driver_t* self);
  uint32_t (*release)(graft_driver_t* self);

  /// Describes the driver; the strings are static. @context any but irq  @blocks never
  void (*get_info)(graft_driver_t* self, graft_driver_info_t* out_info);

  /// Says whether the driver knows such a device. @context any but irq  @blocks never
  bool (*matches)(graft_driver_t* self, const graft_device_info_t* device);

  /// Sets a parameter for devices attached from now on. @context thread, fiber  @blocks never
  /// @errors NOENT: no such parameter; INVAL: the value does not parse; BADSTATE: too late for this one
  graft_error_t (*set_parameter)(graft_driver_t* self, const char* name, const char* value);
} graft_driver_ops_t;

struct graft_driver {
  const graft_driver_ops_t* ops;
};

// Calls through the table; the contracts stand at the slots above.
static inline void graft_driver_get_info(graft_driver_t* self, graft_driver_info_t* out_info) {
  self->ops->get_info(self, out_info);
}
static inline bool graft_driver_matches(graft_driver_t* self, const graft_device_info_t* device) {
  return self->ops->matches(self, device);
}
static inline graft_error_t graft_driver_set_parameter(graft_driver_t* self, const char* name, const char* value) {
  return self->ops->set_parameter(self, name, value);
}

#ifdef __cplusplus
}
#endif

#endif
