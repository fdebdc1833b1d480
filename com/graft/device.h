// SPDX-License-Identifier: BSD-2-Clause
/// device: something on a bus that a driver can be attached to.
#ifndef GRAFT_DEVICE_H
#define GRAFT_DEVICE_H

#include <graft/iunknown.h>

#ifdef __cplusplus
extern "C" {
#endif

GRAFT_CONSTANT graft_iid_t graft_iid_device = GRAFT_IID_(0x35);

typedef enum graft_device_state {
  GRAFT_DEVICE_UNBOUND = 0,  ///< present, no driver attached
  GRAFT_DEVICE_ATTACHING = 1,
  GRAFT_DEVICE_ATTACHED = 2,
  GRAFT_DEVICE_DETACHING = 3,
  GRAFT_DEVICE_FAILED = 4,  ///< attach failed; it can be tried again
  GRAFT_DEVICE_GONE = 5,    ///< removed; this object does not come back
} graft_device_state_t;

typedef struct graft_device_info {
  char location[16];  ///< such as "0000:00:03.0"
  char driver[32];    ///< such as "linux/e1000"; empty while unbound
  uint16_t vendor, device, subsystem_vendor, subsystem_device;
  uint32_t class_code;  ///< class << 16 | subclass << 8 | programming interface
  uint8_t revision;
  uint8_t interrupt_pin;  ///< 0: none
  uint8_t has_msi, has_msix;
  uint32_t address;            ///< graft_pci_address_t
  uint32_t state;              ///< graft_device_state_t
  graft_error_t attach_error;  ///< of the last attach
  uint64_t bar_phys[6];
  uint64_t bar_bytes[6];
} graft_device_info_t;

/// A named counter; names are static strings such as "dma_maps".
typedef struct graft_counter {
  const char* name;
  uint64_t value;
} graft_counter_t;

typedef struct graft_device graft_device_t;

typedef struct graft_device_ops {
  graft_error_t (*query)(graft_device_t* self, const graft_iid_t* iid, void** out);
  uint32_t (*addref)(graft_device_t* self);
  uint32_t (*release)(graft_device_t* self);

  /// Describes the device. @context any but irq  @blocks never
  void (*get_info)(graft_device_t* self, graft_device_info_t* out_info);

  /// Attaches the driver of that name ("linux/e1000"), or the best match of the image if it is null.
  /// @context thread, fiber  @blocks may
  /// @errors EXIST: attached already; NOENT: no such driver, or none matches; GONE; else what the driver's probe said.
  /// @onfail the state is FAILED or as before; nothing of the driver is left behind
  graft_error_t (*attach)(graft_device_t* self, const char* driver_name);

  /// Detaches: new calls get GONE, every accepted request completes exactly once, running upcalls are waited for, then
  /// the device is reset. Interfaces that a host still holds stay valid objects and answer GONE.
  /// Of a device that is GONE it waits until the driver has been taken off, and is OK.
  /// @context thread, fiber  @blocks may  @errors BADSTATE: not attached, or inside an upcall
  graft_error_t (*detach)(graft_device_t* self);

  /// Gives the index-th interface of that IID which the attached driver exports (a card with two ports has two).
  /// @context any but irq  @blocks never  @owns *out: caller owns one reference
  /// @errors NOENT: not that many; NOINTERFACE: none of that IID; BADSTATE: not attached; GONE: removed.
  /// @onfail *out is null
  graft_error_t (*get_interface)(graft_device_t* self, const graft_iid_t* iid, uint32_t index, void** out);

  /// Copies at most `capacity` counters (resources the driver holds now, and events) and gives how many there are.
  /// @context any but irq  @blocks never
  void (*get_counters)(graft_device_t* self, graft_counter_t* counters, uint32_t capacity, uint32_t* out_count);

  /// Tells the kit that the device has been taken out, as a host with hot-plug events learns it; no effect if it knows.
  /// The state is GONE from then on. The driver is taken off soon after, as by detach but without the device: requests
  /// that it had not answered complete with GONE, and etherdev's on_gone comes. Where registers are behind slow
  /// cookies the kit finds a removal itself.
  /// @context any but irq  @blocks never
  void (*report_removal)(graft_device_t* self);
} graft_device_ops_t;

struct graft_device {
  const graft_device_ops_t* ops;
};

// Calls through the table; the contracts stand at the slots above.
static inline void graft_device_get_info(graft_device_t* self, graft_device_info_t* out_info) {
  self->ops->get_info(self, out_info);
}
static inline graft_error_t graft_device_attach(graft_device_t* self, const char* driver_name) {
  return self->ops->attach(self, driver_name);
}
static inline graft_error_t graft_device_detach(graft_device_t* self) { return self->ops->detach(self); }
static inline graft_error_t graft_device_get_interface(graft_device_t* self, const graft_iid_t* iid, uint32_t index,
                                                       void** out) {
  return self->ops->get_interface(self, iid, index, out);
}
static inline void graft_device_get_counters(graft_device_t* self, graft_counter_t* counters, uint32_t capacity,
                                             uint32_t* out_count) {
  self->ops->get_counters(self, counters, capacity, out_count);
}
static inline void graft_device_report_removal(graft_device_t* self) { self->ops->report_removal(self); }

#ifdef __cplusplus
}
#endif

#endif
