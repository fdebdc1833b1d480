// SPDX-License-Identifier: BSD-2-Clause
// registers, pci. PCI Local Bus Specification 3.0, section 6.1 (configuration header) and 6.2.5 (base addresses).
#include <initializer_list>

#include "glue/ladder/climb.hpp"

namespace graft::ladder {
namespace {

constexpr uint32_t kIds = 0x00;
constexpr uint32_t kCommand = 0x04;
constexpr uint32_t kHeaderType = 0x0e;
constexpr uint32_t kFirstBase = 0x10;
constexpr uint32_t kInterruptLine = 0x3c;
constexpr uint32_t kInterruptPin = 0x3d;

constexpr graft_pci_address_t kNone = UINT32_MAX;

uint32_t read(Climb& climb, graft_pci_address_t function, uint32_t offset, uint32_t width) {
  uint32_t value = 0;
  climb.env.pci_read(climb.env.host, function, offset, width, &value);
  return value;
}

/// The first function of bus 0 that `accept` takes.
template <typename Accept>
graft_pci_address_t find_function(Climb& climb, Accept accept) {
  for (graft_pci_address_t at = 0; at < 256; ++at) {
    if (read(climb, at, kIds, 4) != UINT32_MAX && accept(at)) return at;
  }
  return kNone;
}

struct Window {
  uint64_t phys;
  bool is_mapped;
};

/// The first memory window of an ordinary function that decodes memory.
Window memory_window(Climb& climb, graft_pci_address_t function) {
  constexpr uint32_t kDecodesMemory = 2;
  if ((read(climb, function, kHeaderType, 1) & 0x7f) != 0) return {0, false};
  if (!(read(climb, function, kCommand, 2) & kDecodesMemory)) return {0, false};
  for (uint32_t offset = kFirstBase; offset < kFirstBase + 24; offset += 4) {
    const uint32_t low = read(climb, function, offset, 4);
    const bool is_port = low & 1, is_wide = (low & 6) == 4;
    uint64_t phys = low & ~uint32_t{15};
    if (is_wide && !is_port) phys |= uint64_t{read(climb, function, offset + 4, 4)} << 32;
    if (!is_port && phys != 0) return {phys, true};
    if (is_wide && !is_port) offset += 4;
  }
  return {0, false};
}

/// Reads the first register of a window, whichever way the cookie says.
uint32_t read_register(Climb& climb, graft_io_cookie_t cookie) {
  if (graft_io_is_slow(cookie)) return static_cast<uint32_t>(climb.env.io_read(climb.env.host, cookie, 4));
  return *reinterpret_cast<const volatile uint32_t*>(static_cast<uintptr_t>(cookie));
}

Verdict check_mapping(Climb& climb, uint64_t phys) {
  const graft_osenv_t& env = climb.env;
  graft_io_cookie_t first = 0, second = 0;
  climb.begin("mmio_map");
  LADDER_RULE(env.mmio_map(env.host, phys, 16, 0, &first) == GRAFT_OK, "mmio_map", "a device's window can be mapped");
  LADDER_RULE(first != 0, "mmio_map", "OK comes with a cookie");
  LADDER_RULE(!graft_io_is_slow(first) || env.io_read != nullptr, "io_read", "present if a cookie is slow");
  const uint32_t value = read_register(climb, first);
  LADDER_RULE(env.mmio_map(env.host, phys, 16, 0, &second) == GRAFT_OK, "mmio_map", "a window can be mapped twice");
  climb.begin("mmio_unmap");
  env.mmio_unmap(env.host, second, 16);
  const uint32_t value_after = read_register(climb, first);
  LADDER_RULE(value == UINT32_MAX || value_after != UINT32_MAX, "mmio_unmap", "it leaves other mappings as they are");
  env.mmio_unmap(env.host, first, 16);
  for (int i = 0; i < 1000; ++i) {
    LADDER_RULE(env.mmio_map(env.host, phys, 16, 0, &first) == GRAFT_OK, "mmio_unmap",
                "what it gives back can be mapped again");
    env.mmio_unmap(env.host, first, 16);
  }
  return kPassed;
}

}  // namespace

Verdict check_registers(Climb& climb) {
  const graft_osenv_t& env = climb.env;
  climb.begin("pci_read");
  const auto has_window = [&climb](graft_pci_address_t at) { return memory_window(climb, at).is_mapped; };
  graft_pci_address_t function = kNone;
  if (climb.options.device != nullptr && has_window(climb.options.device->function)) {
    function = climb.options.device->function;
  } else {
    function = find_function(climb, has_window);
  }
  if (function == kNone) return skipped("no function of bus 0 has a memory window that firmware enabled");
  LADDER_TRY(check_mapping(climb, memory_window(climb, function).phys));

  if (env.port_map == nullptr) return kPassed;
  // Two cookies for nothing in particular: whether port 0x80 answers does not matter, only that it can be asked.
  graft_io_cookie_t cookie = 0;
  climb.begin("port_map");
  const graft_error_t error = env.port_map(env.host, 0x80, 1, &cookie);
  LADDER_RULE(error == GRAFT_OK || error == GRAFT_E_INVAL || error == GRAFT_E_NOTSUP, "port_map",
              "its errors are INVAL and NOTSUP");
  if (error != GRAFT_OK) return kPassed;
  LADDER_RULE(cookie != 0, "port_map", "OK comes with a cookie");
  LADDER_RULE(!graft_io_is_slow(cookie) || env.io_read != nullptr, "io_read", "present if a cookie is slow");
  env.port_unmap(env.host, cookie, 1);
  return kPassed;
}

Verdict check_pci(Climb& climb) {
  const graft_osenv_t& env = climb.env;
  climb.begin("pci_read");
  const graft_pci_address_t present = find_function(climb, [](graft_pci_address_t) { return true; });
  const graft_pci_address_t absent = [&climb] {
    for (graft_pci_address_t at = 255; at > 0; --at) {
      if (read(climb, at, kIds, 4) == UINT32_MAX) return at;
    }
    return kNone;
  }();

  for (const uint32_t width : {1u, 2u, 4u}) {
    if (absent == kNone) break;
    uint32_t value = 0;
    const graft_error_t error = env.pci_read(env.host, absent, kIds, width, &value);
    LADDER_RULE(error == GRAFT_OK, "pci_read", "reading an absent function is no error");
    LADDER_RULE(value == UINT32_MAX >> (32 - 8 * width), "pci_read",
                "an absent function reads all ones, as many as asked for");
  }
  uint32_t value = 0;
  LADDER_RULE(env.pci_read(env.host, 0, 1 << 20, 4, &value) == GRAFT_E_RANGE, "pci_read",
              "RANGE beyond the reachable configuration space");
  LADDER_RULE(env.pci_write(env.host, 0, 1 << 20, 4, 0) == GRAFT_E_RANGE, "pci_write",
              "RANGE beyond the reachable configuration space");
  if (present == kNone) return skipped("bus 0 is empty");

  for (uint32_t offset = 0; offset < 16; offset += 4) {
    if (offset == kCommand) continue;  // its status half may change between two reads
    const uint32_t whole = read(climb, present, offset, 4);
    for (uint32_t i = 0; i < 4; ++i) {
      LADDER_RULE(read(climb, present, offset + i, 1) == (whole >> 8 * i & 0xff), "pci_read",
                  "one byte agrees with the four it is part of");
    }
    for (uint32_t i = 0; i < 4; i += 2) {
      LADDER_RULE(read(climb, present, offset + i, 2) == (whole >> 8 * i & 0xffff), "pci_read",
                  "two bytes agree with the four they are part of");
    }
  }

  const graft_pci_address_t writable =
      find_function(climb, [&climb](graft_pci_address_t at) { return read(climb, at, kInterruptPin, 1) != 0; });
  if (writable == kNone) return kPassed;
  climb.begin("pci_write");
  const uint32_t before = read(climb, writable, kInterruptLine, 4);
  const uint32_t marked = before & 0xff ? 0x00 : 0x0b;
  env.pci_write(env.host, writable, kInterruptLine, 1, marked);
  const uint32_t after = read(climb, writable, kInterruptLine, 4);
  env.pci_write(env.host, writable, kInterruptLine, 1, before & 0xff);
  LADDER_RULE((after & 0xff) == marked, "pci_write", "what is written to the interrupt line register reads back");
  LADDER_RULE(after >> 8 == before >> 8, "pci_write", "one byte written leaves its neighbours as they are");
  LADDER_RULE(read(climb, writable, kInterruptLine, 4) == before, "pci_write", "what is written reads back");
  return kPassed;
}

}  // namespace graft::ladder
