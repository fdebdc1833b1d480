// SPDX-License-Identifier: GPL-2.0-only
/// Entries of donor drivers: about ten lines in drivers/linux/<driver>/driver.cc make a donor driver known to the
/// registry.
#ifndef GRAFT_LINUX_EMU_KIT_DRIVER_HPP
#define GRAFT_LINUX_EMU_KIT_DRIVER_HPP

#include "glue/registry/driver_entry.h"
#include "linux-emu/kit/instance.hpp"

namespace graft::lx {

/// One module of the donor: a driver, or a library that drivers need.
struct Module {
  const char* name;
  int (*init)();  ///< null once it has succeeded
  /// Its parameters; both null if it has none.
  const void* parameters_first;
  const void* parameters_end;
};

/// The groups of the donor's core, to stand before the drivers that need them.
extern Module module_net_core, module_block_core, module_virtio;

/// Ids beyond the donor's own table, as for virtio devices, whose PCI ids stand in the transport's table.
struct ExtraId {
  uint16_t vendor, device;
};

struct Driver {
  /// Modules in the order of their init, ended by null. Each is initialised once, at the first attach that needs it.
  Module* const* modules;
  /// Name of the donor's PCI driver that is bound to the device.
  const char* pci_driver;
  /// struct pci_device_id table; null if `extra` says it all.
  const void* ids;
  /// Ended by {0, 0}; may be null.
  const ExtraId* extra;
  /// Interfaces appear some time after the probe.
  bool appears_later;
  /// Says what is special to the driver about a device that is gone: ends loops that wait for it. May be null.
  /// @context world, handlers too, at any point of the driver  @blocks never
  void (*on_gone)(lx_pci_device_t* device) = nullptr;
  /// Ends what the driver's own remove would wait for for ever, of a device that is gone. May be null.
  /// @context fiber, before the driver's remove  @blocks may
  void (*abandon)(lx_pci_device_t* device) = nullptr;
};

uint32_t matches(const graft_driver_entry_t* entry, const graft_device_info_t* device);
graft_error_t set_parameter(const graft_driver_entry_t* entry, const char* name, const char* value);
graft_error_t attach(const graft_driver_entry_t* entry, graft_attachment_t* attachment, void** out_instance);
graft_error_t detach(const graft_driver_entry_t* entry, void* instance);
uint32_t get_counters(const graft_driver_entry_t* entry, void* instance, graft_counter_t* counters, uint32_t capacity);
void removed(const graft_driver_entry_t* entry, graft_attachment_t* attachment);

}  // namespace graft::lx

extern "C" const graft_environment_t graft_environment_linux;

/// Defines module_<symbol> for a donor that was compiled as driver `symbol`.
#define GRAFT_LINUX_MODULE(symbol)                                                                      \
  extern "C" int lx_init_##symbol(void);                                                                \
  extern "C" const char lx_params_##symbol##_start[], lx_params_##symbol##_end[];                       \
  constinit graft::lx::Module module_##symbol = {#symbol, lx_init_##symbol, lx_params_##symbol##_start, \
                                                 lx_params_##symbol##_end}

/// Defines the entry graft_driver_linux_<symbol>.
#define GRAFT_LINUX_DRIVER(symbol, entry_name, entry_category, driver_data)                     \
  extern "C" const graft_driver_entry_t graft_driver_linux_##symbol;                            \
  constinit const graft_driver_entry_t graft_driver_linux_##symbol = {entry_name,               \
                                                                      "linux-6.1",              \
                                                                      entry_category,           \
                                                                      "GPL-2.0-only",           \
                                                                      &graft_environment_linux, \
                                                                      &driver_data,             \
                                                                      graft::lx::matches,       \
                                                                      graft::lx::set_parameter, \
                                                                      graft::lx::attach,        \
                                                                      graft::lx::detach,        \
                                                                      graft::lx::get_counters,  \
                                                                      graft::lx::removed}

#endif
