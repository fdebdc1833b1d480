// SPDX-License-Identifier: GPL-2.0-only
// boundary/io.h: register windows and the slow path of an access.
#include "linux-emu/kit/registers.hpp"

#include <boost/intrusive/list.hpp>

#include "linux-emu/boundary/dma.h"
#include "linux-emu/boundary/io.h"
#include "linux-emu/kit/environment.hpp"
#include "linux-emu/kit/instance.hpp"

using graft::lx::Instance;
using graft::lx::world;

namespace {

struct Window : boost::intrusive::list_base_hook<> {
  graft_io_cookie_t cookie = 0;
  uint64_t bytes = 0;         ///< or number of ports
  uint32_t port = 0;          ///< first port; unused for memory
  Instance* owner = nullptr;  ///< whose device the registers belong to, if any
  /// Stands in for the registers of a device that is gone, see lxk_mmio_bury().
  alignas(8) unsigned char grave[64] = {};

  uint64_t grave_cookie() const { return reinterpret_cast<uint64_t>(grave); }
};

/// Takes note of a new window; before its instance goes, so does the window.
void own(Window* window, uint64_t phys) {
  window->owner = Instance::owner_of(phys);
  if (window->owner != nullptr) window->owner->window_added(graft_io_is_slow(window->cookie));
}

void disown(Window* window) {
  if (window->owner != nullptr) window->owner->window_removed(graft_io_is_slow(window->cookie));
}
using Windows = boost::intrusive::list<Window>;

Windows& memory_windows() {
  static constinit Windows* list = nullptr;
  alignas(Windows) static char storage[sizeof(Windows)];
  if (list == nullptr) list = new (storage) Windows;
  return *list;
}

Windows& port_windows() {
  static constinit Windows* list = nullptr;
  alignas(Windows) static char storage[sizeof(Windows)];
  if (list == nullptr) list = new (storage) Windows;
  return *list;
}

const Window* window_of_port(uint32_t port) {
  for (const Window& window : port_windows()) {
    if (port - window.port < window.bytes) return &window;
  }
  return nullptr;
}

const Window* window_of_cookie(uint64_t cookie) {
  for (const Window& window : memory_windows()) {
    if (cookie - window.cookie < window.bytes) return &window;
  }
  return nullptr;
}

const graft_osenv_t& env() { return world().host().env(); }

/// A slow access. Nothing is asked of the host for a device that is gone.
uint64_t read_slowly(const Window* window, graft_io_cookie_t cookie, uint32_t width) {
  const uint64_t ones = UINT64_MAX >> (64 - 8 * width);
  Instance* owner = window != nullptr ? window->owner : nullptr;
  if (owner != nullptr && owner->is_gone()) return ones;
  uint64_t value = env().io_read(env().host, cookie, width);
  if ((value & ones) == ones && owner != nullptr) owner->suspect();
  return value;
}

void write_slowly(const Window* window, graft_io_cookie_t cookie, uint32_t width, uint64_t value) {
  if (window != nullptr && window->owner != nullptr && window->owner->is_gone()) return;
  env().io_write(env().host, cookie, width, value);
}

}  // namespace

void graft::lx::disown_windows(const Instance* instance) {
  for (Windows* windows : {&memory_windows(), &::port_windows()}) {
    for (Window& window : *windows) {
      if (window.owner == instance) window.owner = nullptr;
    }
  }
}

uint32_t graft::lx::register_windows() { return static_cast<uint32_t>(memory_windows().size()); }

uint32_t graft::lx::port_windows() { return static_cast<uint32_t>(::port_windows().size()); }

void graft::lx::start_registers(World& world) {
  lx_port_slow = 0;
  lx_dma_has_iommu = world.host().env().dma_map != nullptr;
}

extern "C" {

int lx_port_slow;

uint64_t lxk_mmio_map(uint64_t phys, uint64_t bytes, int write_combining) {
  auto* window = world().heap().make<Window>();
  if (window == nullptr) return 0;
  uint32_t flags = write_combining ? GRAFT_MMIO_WRITE_COMBINING : 0;
  if (world().host().mmio_map(phys, bytes, flags, &window->cookie) != GRAFT_OK) {
    world().heap().destroy_object(window);
    return 0;
  }
  window->bytes = bytes;
  own(window, phys);
  memory_windows().push_back(*window);
  return window->cookie;
}

void lxk_mmio_unmap(uint64_t cookie) {
  // Drivers undo on their error paths what they may not have done.
  if (cookie == 0) return;
  for (Window& window : memory_windows()) {
    if (window.cookie != cookie && window.grave_cookie() != cookie) continue;
    memory_windows().erase(memory_windows().iterator_to(window));
    disown(&window);
    env().mmio_unmap(env().host, window.cookie, window.bytes);
    world().heap().destroy_object(&window);
    return;
  }
  world().host().log(GRAFT_LOG_WARNING, "a driver unmaps registers that it never mapped");
}

uint64_t lxk_mmio_bury(uint64_t cookie) {
  for (Window& window : memory_windows()) {
    if (window.cookie == cookie && window.bytes <= sizeof(window.grave)) return window.grave_cookie();
  }
  return cookie;
}

uint64_t lxk_mmio_read(uint64_t cookie, uint32_t width) { return read_slowly(window_of_cookie(cookie), cookie, width); }

void lxk_mmio_write(uint64_t cookie, uint64_t value, uint32_t width) {
  write_slowly(window_of_cookie(cookie), cookie, width, value);
}

int32_t lxk_port_map(uint32_t port, uint32_t count) {
  auto* window = world().heap().make<Window>();
  if (window == nullptr) return GRAFT_E_NOMEM;
  graft_error_t error = world().host().port_map(port, count, &window->cookie);
  if (error != GRAFT_OK) {
    world().heap().destroy_object(window);
    // Ports that nobody mapped read as all ones on this path, and no port instruction is executed.
    lx_port_slow = 1;
    return error;
  }
  window->port = port;
  window->bytes = count;
  own(window, port);
  port_windows().push_back(*window);
  if (window->cookie != port) lx_port_slow = 1;
  return GRAFT_OK;
}

void lxk_port_unmap(uint32_t port, uint32_t count) {
  for (Window& window : port_windows()) {
    if (window.port != port || window.bytes != count) continue;
    port_windows().erase(port_windows().iterator_to(window));
    disown(&window);
    env().port_unmap(env().host, window.cookie, count);
    world().heap().destroy_object(&window);
    return;
  }
  world().host().log(GRAFT_LOG_WARNING, "a driver gives back ports that it never had");
}

uint64_t lxk_port_read(uint32_t port, uint32_t width) {
  const Window* window = window_of_port(port);
  if (window == nullptr) return UINT64_MAX;
  graft_io_cookie_t cookie = window->cookie + (port - window->port);
  if (graft_io_is_slow(cookie)) return read_slowly(window, cookie, width);
  uint16_t number = static_cast<uint16_t>(cookie);
  uint32_t value = 0;
  switch (width) {
    case 1:
      asm volatile("inb %w1, %b0" : "+a"(value) : "d"(number));
      break;
    case 2:
      asm volatile("inw %w1, %w0" : "+a"(value) : "d"(number));
      break;
    default:
      asm volatile("inl %w1, %0" : "=a"(value) : "d"(number));
      break;
  }
  return value;
}

void lxk_port_write(uint32_t port, uint64_t value, uint32_t width) {
  const Window* window = window_of_port(port);
  if (window == nullptr) return;
  graft_io_cookie_t cookie = window->cookie + (port - window->port);
  if (graft_io_is_slow(cookie)) {
    write_slowly(window, cookie, width, value);
    return;
  }
  uint16_t number = static_cast<uint16_t>(cookie);
  uint32_t data = static_cast<uint32_t>(value);
  switch (width) {
    case 1:
      asm volatile("outb %b0, %w1" : : "a"(data), "d"(number));
      break;
    case 2:
      asm volatile("outw %w0, %w1" : : "a"(data), "d"(number));
      break;
    default:
      asm volatile("outl %0, %w1" : : "a"(data), "d"(number));
      break;
  }
}
}
