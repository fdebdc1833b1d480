// SPDX-License-Identifier: BSD-2-Clause
/// The kit inside a test kernel on the threaded host.
#ifndef GRAFT_TESTS_QEMU_KIT_HPP
#define GRAFT_TESTS_QEMU_KIT_HPP

#include <graft/kit.h>

#include <graft/services.hpp>

namespace graft::test {

/// Creates the kit, on the threaded host's callbacks if `env` is null, gives its world a thread, attaches drivers to
/// all devices and prints a line for each: "device 0000:00:02.0 8086:100e linux/e1000". Ends the run as failed if that
/// does not work. @context thread
graft_kit_t* start_kit(const graft_kit_options_t* options = nullptr, const graft_osenv_t* env = nullptr);

/// Gives the index-th interface of a kind that attached devices export, or null.
template <class Interface>
Ref<Interface> find(graft_kit_t* kit, uint32_t index = 0) {
  void* found = nullptr;
  if (graft_services_lookup(graft_kit_services(kit), &InterfaceId<Interface>::value, index, &found) != GRAFT_OK)
    return {};
  return Ref<Interface>::adopt(static_cast<Interface*>(found));
}

/// Option `name` of the command line as a number. Ends the run as failed if it is there and is none.
uint64_t number_option(const char* name, uint64_t otherwise);

}  // namespace graft::test

#endif
