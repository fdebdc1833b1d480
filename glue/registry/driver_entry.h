// SPDX-License-Identifier: BSD-2-Clause
/// What a driver, and the emulation environment it runs in, give to the registry. One graft_driver_entry_t per driver
/// of an image stands in the table that the driver_set rule generates.
///
/// Everything here is called in fiber context unless it says otherwise.
#ifndef GLUE_REGISTRY_DRIVER_ENTRY_H
#define GLUE_REGISTRY_DRIVER_ENTRY_H

#include <graft/device.h>
#include <graft/kit.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/// One attach of one driver to one device, from the call of attach() to the return of detach().
typedef struct graft_attachment graft_attachment_t;

typedef struct graft_environment graft_environment_t;
typedef struct graft_driver_entry graft_driver_entry_t;

/// An emulation environment, such as linux-emu. Native drivers have none.
struct graft_environment {
  const char* name;
  /// Starts the environment in a world, once, before any of its drivers is used: memory, core initialisation, fibers.
  /// @context thread that holds the executor role, before the world is served; may spawn fibers, must not block
  /// @errors NOMEM, FAIL. @onfail nothing is left behind
  graft_error_t (*start)(graft_world_t* world, const graft_osenv_t* env, const graft_kit_options_t* options);
  /// Stops it, after the last detach. @context as start
  void (*stop)(graft_world_t* world);
  /// Copies at most `capacity` counters (memory in use, stubs reached, DMA maps, ...) and returns how many there are.
  /// @context any but irq  @blocks never
  uint32_t (*get_counters)(graft_counter_t* counters, uint32_t capacity);
};

struct graft_driver_entry {
  const char* name;                        ///< "linux/e1000"
  const char* origin;                      ///< "linux-6.1"
  const char* category;                    ///< "ethernet", "block"
  const char* licence;                     ///< SPDX expression
  const graft_environment_t* environment;  ///< null for native drivers
  /// For the driver's own use, such as a pointer to its donor tables.
  const void* data;

  /// Says how well the driver knows such a device: 0 not at all; more is better (exact ids above a class match).
  /// @context any but irq  @blocks never
  uint32_t (*matches)(const graft_driver_entry_t* entry, const graft_device_info_t* device);

  /// Sets a parameter for later attaches. @errors NOENT, INVAL, BADSTATE
  graft_error_t (*set_parameter)(const graft_driver_entry_t* entry, const char* name, const char* value);

  /// Brings the device up and exports its interfaces with graft_attachment_export().
  /// @owns *out_instance: whatever detach() needs  @errors what the probe said
  /// @onfail nothing of the driver is left behind; exports made so far are withdrawn by the registry
  graft_error_t (*attach)(const graft_driver_entry_t* entry, graft_attachment_t* attachment, void** out_instance);

  /// Follows the detach rule of graft_device: completes everything, resets the device, frees the instance. The registry
  /// has withdrawn the exports from its tables before.
  graft_error_t (*detach)(const graft_driver_entry_t* entry, void* instance);

  /// Counters of one attached instance. @context any but irq  @blocks never; may be null
  uint32_t (*get_counters)(const graft_driver_entry_t* entry, void* instance, graft_counter_t* counters,
                           uint32_t capacity);

  /// The device of an attachment was removed by surprise; detach() comes after it, or attach() is to fail. From here on
  /// nothing may wait for the device.
  /// @context world, handlers too; may come while attach() or detach() runs  @blocks never; may be null
  void (*removed)(const graft_driver_entry_t* entry, graft_attachment_t* attachment);
};

/// Describes the device of an attachment. @context any but irq  @blocks never
void graft_attachment_get_info(graft_attachment_t* attachment, graft_device_info_t* out_info);

/// Returns the world of an attachment. @context any
graft_world_t* graft_attachment_world(graft_attachment_t* attachment);

/// Returns the host environment of an attachment. @context any
const graft_osenv_t* graft_attachment_osenv(graft_attachment_t* attachment);

/// Returns the adapter choice of the kit (GRAFT_ADAPTER_...). @context any
uint32_t graft_attachment_adapter(graft_attachment_t* attachment);

/// Makes an interface of the device available to the host: through device.get_interface and the services registry.
/// @context fiber, inside attach() or later (a disk that appears)  @blocks never
/// @owns object: a reference is kept until it is withdrawn  @errors NOMEM, NOINTERFACE
graft_error_t graft_attachment_export(graft_attachment_t* attachment, const graft_iid_t* iid, graft_iunknown_t* object);

/// Takes an export back (a disk that vanished). @context fiber  @blocks never  @errors NOENT
graft_error_t graft_attachment_withdraw(graft_attachment_t* attachment, const graft_iid_t* iid,
                                        graft_iunknown_t* object);

/// Gives the host's interrupt line of the device's pin, through the wiring of bridges where the host knows only its
/// root bus. @context any but irq  @blocks never  @errors NOENT: the device has no pin, or it is not wired
graft_error_t graft_attachment_route_interrupt(graft_attachment_t* attachment, uint32_t* out_line);

/// Tells the registry that the device was removed by surprise: its state becomes GONE, the entry's removed() is called
/// inside, and detach() soon after, in a fiber. No effect if it is known.
/// @context world, handlers too  @blocks never
void graft_attachment_gone(graft_attachment_t* attachment);

/// The table of the image, generated by the driver_set rule; ends with a null pointer.
extern const graft_driver_entry_t* const graft_set_drivers[];
extern const char graft_set_name[];

#ifdef __cplusplus
}
#endif

#endif
