// SPDX-License-Identifier: GPL-2.0-only
// boundary/io.h: register windows and the slow path of an access.
#include "linux-emu/kit/registers.hpp"

#include <boost/intrusive/list.hpp>

#include "linux-emu/boundary/dma.h"
#include "linux-emu/boundary/io.h"
#include "linux-emu/kit/environment.hpp"

using graft::lx::world;

namespace {

struct Window : boost::intrusive::list_base_hook<> {
  graft_io_cookie_t cookie = 0;
  uint64_t bytes = 0;  ///< or number of ports
  uint32_t port = 0;   ///< first port; unused for memory
};
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

const graft_osenv_t& env() { return world().host().env(); }

}  // namespace

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
  memory_windows().push_back(*window);
  return window->cookie;
}

void lxk_mmio_unmap(uint64_t cookie) {
  // Drivers undo on their error paths what they may not have done.
  if (cookie == 0) return;
  for (Window& window : memory_windows()) {
    if (window.cookie != cookie) continue;
    memory_windows().erase(memory_windows().iterator_to(window));
    env().mmio_unmap(env().host, cookie, window.bytes);
    world().heap().destroy_object(&window);
    return;
  }
  world().host().log(GRAFT_LOG_WARNING, "a driver unmaps registers that it never mapped");
}

uint64_t lxk_mmio_read(uint64_t cookie, uint32_t width) { return env().io_read(env().host, cookie, width); }

void lxk_mmio_write(uint64_t cookie, uint64_t value, uint32_t width) {
  env().io_write(env().host, cookie, width, value);
}

int32_t lxk_port_map(uint32_t port, uint32_t count) {
  auto* window = world().heap().make<Window>();
  if (window == nullptr) return GRAFT_E_NOMEM;
  graft_error_t error = world().host().port_map(port, count, &window->cookie);
  if (error != GRAFT_OK) {
    world().heap().destroy_object(window);
    return error;
  }
  window->port = port;
  window->bytes = count;
  port_windows().push_back(*window);
  if (window->cookie != port) lx_port_slow = 1;
  return GRAFT_OK;
}

void lxk_port_unmap(uint32_t port, uint32_t count) {
  for (Window& window : port_windows()) {
    if (window.port != port || window.bytes != count) continue;
    port_windows().erase(port_windows().iterator_to(window));
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
  if (graft_io_is_slow(cookie)) return env().io_read(env().host, cookie, width);
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
    env().io_write(env().host, cookie, width, value);
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
