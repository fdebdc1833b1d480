// SPDX-License-Identifier: BSD-2-Clause
/// The kit: what a driver set exports to the host that links it.
#ifndef GRAFT_KIT_H
#define GRAFT_KIT_H

#include <graft/bus.h>
#include <graft/driver.h>
#include <graft/osenv.h>
#include <graft/services.h>
#include <graft/world.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct graft_kit graft_kit_t;

/// How packets and requests cross from host memory into a driver.
enum {
  GRAFT_ADAPTER_AUTO = 0,  ///< gather where the device can, else copy
  GRAFT_ADAPTER_SG = 1,    ///< gather only; what cannot be gathered is refused with NOTSUP
  GRAFT_ADAPTER_COPY = 2,  ///< always linearise
};

typedef struct graft_kit_options {
  size_t size_bytes;  ///< sizeof(graft_kit_options_t)
  uint32_t adapter;   ///< GRAFT_ADAPTER_...
  uint32_t reserved;
  /// Driver parameters such as "linux/e1000.TxDescriptors=256", ended by a null pointer; may be null.
  const char* const* parameters;
} graft_kit_options_t;

/// Creates a kit on a host: checks the osenv structure, creates the world, starts the emulation environments of the
/// image, scans the buses. No driver is attached yet. After it returns a blocking host starts a thread in
/// graft_world_serve(); then graft_bus_probe or device.attach bring drivers up.
/// @context thread (before anything serves the world)  @blocks never
/// @owns env: borrowed until graft_kit_destroy(); options may be null; *out: the caller's
/// @errors INVAL: a mandatory callback is missing or the window is bad (logged by name); NOMEM; NOENT, INVAL: a
///         parameter that no driver has, or whose value does not parse. @onfail *out is null
graft_error_t graft_kit_create(const graft_osenv_t* env, const graft_kit_options_t* options, graft_kit_t** out);

/// Detaches every driver, as device.detach does. A host that never blocks has this done by graft_call_async() before it
/// destroys the kit.
/// @context thread, fiber  @blocks may  @errors BADSTATE: inside an upcall, or nothing serves the world; else what the
///         last driver that complained reported; all are detached even so
graft_error_t graft_kit_detach_all(graft_kit_t* kit);

/// Detaches every driver and gives everything back to the host. The world must not be served any more.
/// @context thread  @blocks may, never once every driver is detached  @errors BUSY: interfaces are still held; nothing
/// was destroyed
graft_error_t graft_kit_destroy(graft_kit_t* kit);

/// Returns the kit's world. @context any
graft_world_t* graft_kit_world(graft_kit_t* kit);

/// Returns the registry: buses, drivers, and the interfaces of attached devices. Borrowed. @context any
graft_services_t* graft_kit_services(graft_kit_t* kit);

/// Returns the PCI bus. Borrowed. @context any
graft_bus_t* graft_kit_pci_bus(graft_kit_t* kit);

/// Gives the index-th driver of the image; null after the last. Borrowed. @context any but irq
graft_driver_t* graft_kit_driver(graft_kit_t* kit, uint32_t index);

/// Copies at most `capacity` counters of the kit (memory, interrupts, adapters, stubs reached) and gives their number.
/// @context any but irq  @blocks never
void graft_kit_get_counters(graft_kit_t* kit, graft_counter_t* counters, uint32_t capacity, uint32_t* out_count);

/// Returns the name of the driver set that the image was linked with. @context any
const char* graft_kit_set_name(void);

#ifdef __cplusplus
}
#endif

#endif
