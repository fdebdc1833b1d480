// SPDX-License-Identifier: BSD-2-Clause
#include "glue/world/host.hpp"

#include <string.h>

#include <initializer_list>

namespace graft {
namespace {

graft_error_t no_firmware(void*, const char*, const void** out_data, size_t* out_bytes) {
  *out_data = nullptr;
  *out_bytes = 0;
  return GRAFT_E_NOENT;
}

graft_error_t identity_port_map(void*, uint32_t port, uint32_t, graft_io_cookie_t* out_cookie) {
  *out_cookie = port;
  return GRAFT_OK;
}

void identity_port_unmap(void*, graft_io_cookie_t, uint32_t) {}

uint64_t no_io_read(void*, graft_io_cookie_t, uint32_t) { return UINT64_MAX; }

void no_io_write(void*, graft_io_cookie_t, uint32_t, uint64_t) {}

graft_error_t no_msi(void*, graft_pci_address_t, uint32_t, graft_irq_t* const*, graft_msi_message_t*) {
  return GRAFT_E_NOTSUP;
}

void no_msi_free(void*, graft_pci_address_t, uint32_t, graft_irq_t* const*) {}

uint32_t one_cpu(void*) { return 1; }

struct Mandatory {
  size_t offset;
  const char* name;
};

#define GRAFT_MANDATORY(field) \
  Mandatory { offsetof(graft_osenv_t, field), #field }

constexpr Mandatory kMandatory[] = {
    GRAFT_MANDATORY(page_alloc),  GRAFT_MANDATORY(page_free),   GRAFT_MANDATORY(mmio_map),
    GRAFT_MANDATORY(mmio_unmap),  GRAFT_MANDATORY(pci_read),    GRAFT_MANDATORY(pci_write),
    GRAFT_MANDATORY(irq_route),   GRAFT_MANDATORY(irq_claim),   GRAFT_MANDATORY(irq_release),
    GRAFT_MANDATORY(irq_mask),    GRAFT_MANDATORY(irq_unmask),  GRAFT_MANDATORY(clock_now_ns),
    GRAFT_MANDATORY(thread_self), GRAFT_MANDATORY(thread_park), GRAFT_MANDATORY(thread_unpark),
    GRAFT_MANDATORY(log),         GRAFT_MANDATORY(panic),       GRAFT_MANDATORY(entropy),
};

#undef GRAFT_MANDATORY

bool is_null(const graft_osenv_t& env, size_t offset) {
  uintptr_t value;
  memcpy(&value, reinterpret_cast<const char*>(&env) + offset, sizeof(value));
  return value == 0;
}

}  // namespace

graft_error_t Host::init(const graft_osenv_t* env) {
  if (env == nullptr) return GRAFT_E_INVAL;
  env_ = {};
  memcpy(&env_, env, env->size_bytes < sizeof(env_) ? env->size_bytes : sizeof(env_));

  for (const Mandatory& callback : kMandatory) {
    if (!is_null(env_, callback.offset)) continue;
    log(GRAFT_LOG_ERROR, "osenv lacks the mandatory callback ", callback.name);
    return GRAFT_E_INVAL;
  }
  const graft_mem_window_t& window = env_.mem_window;
  uintptr_t va = reinterpret_cast<uintptr_t>(window.va);
  if (window.bytes == 0 || (va | window.phys | window.bytes) % GRAFT_PAGE_BYTES != 0 || va + window.bytes < va ||
      window.phys + window.bytes < window.phys) {
    log(GRAFT_LOG_ERROR, "osenv.mem_window is empty, not page aligned or wraps around");
    return GRAFT_E_INVAL;
  }
  if ((env_.dma_map == nullptr) != (env_.dma_unmap == nullptr)) {
    log(GRAFT_LOG_ERROR, "osenv.dma_map and osenv.dma_unmap must be present together");
    return GRAFT_E_INVAL;
  }
  if ((env_.msi_alloc == nullptr) != (env_.msi_free == nullptr)) {
    log(GRAFT_LOG_ERROR, "osenv.msi_alloc and osenv.msi_free must be present together");
    return GRAFT_E_INVAL;
  }

  has_slow_access_ = env_.io_read != nullptr && env_.io_write != nullptr;
  if (env_.port_map == nullptr) env_.port_map = identity_port_map;
  if (env_.port_unmap == nullptr) env_.port_unmap = identity_port_unmap;
  if (env_.io_read == nullptr) env_.io_read = no_io_read;
  if (env_.io_write == nullptr) env_.io_write = no_io_write;
  if (env_.msi_alloc == nullptr) env_.msi_alloc = no_msi;
  if (env_.msi_free == nullptr) env_.msi_free = no_msi_free;
  if (env_.firmware == nullptr) env_.firmware = no_firmware;
  if (env_.cpu_count == nullptr) env_.cpu_count = one_cpu;
  return GRAFT_OK;
}

graft_error_t Host::page_alloc(size_t pages, size_t align_pages, uint64_t max_phys, void** out_va) {
  graft_error_t error = env_.page_alloc(env_.host, pages, align_pages, max_phys, out_va);
  if (error != GRAFT_OK) return error;
  const size_t bytes = pages * GRAFT_PAGE_BYTES;
  if (*out_va == nullptr) panic("osenv.page_alloc said OK and gave null");
  if (!in_window(*out_va, bytes)) panic("osenv.page_alloc gave pages outside the memory window");
  if (reinterpret_cast<uintptr_t>(*out_va) % (align_pages * GRAFT_PAGE_BYTES) != 0) {
    panic("osenv.page_alloc gave pages that are not aligned as asked for");
  }
  if (phys_of(*out_va) + bytes - 1 > max_phys) {
    panic("osenv.page_alloc gave pages beyond the limit that was asked for");
  }
  switch (held_.mark(env_, *out_va, pages)) {
    case PageMarks::Outcome::kMarked:
      return GRAFT_OK;
    case PageMarks::Outcome::kHeldAlready:
      panic("osenv.page_alloc gave a page that it gave before and that was not freed");
    case PageMarks::Outcome::kNoMemory:
      break;
  }
  env_.page_free(env_.host, *out_va, pages);
  *out_va = nullptr;
  return GRAFT_E_NOMEM;
}

void Host::page_free(void* va, size_t pages) {
  held_.clear(env_, va, pages);
  env_.page_free(env_.host, va, pages);
}

void Host::check_cookie(graft_io_cookie_t cookie, const char* slow_without_access) {
  if (graft_io_is_slow(cookie) && !has_slow_access_) panic(slow_without_access);
}

graft_error_t Host::mmio_map(uint64_t phys, uint64_t bytes, uint32_t flags, graft_io_cookie_t* out_cookie) {
  graft_error_t error = env_.mmio_map(env_.host, phys, bytes, flags, out_cookie);
  if (error != GRAFT_OK) return error;
  const graft_io_cookie_t cookie = *out_cookie;
  if (cookie == 0) panic("osenv.mmio_map said OK and gave cookie 0");
  check_cookie(cookie, "osenv.mmio_map gave a slow cookie, but there is no io_read or no io_write");
  if (graft_io_is_slow(cookie)) return GRAFT_OK;
  if ((cookie ^ phys) % GRAFT_PAGE_BYTES != 0) {
    panic("osenv.mmio_map gave an address whose place in its page is not that of the registers");
  }
  const graft_mem_window_t& window = env_.mem_window;
  const bool is_memory = phys - window.phys < window.bytes;
  if (!is_memory && in_window(reinterpret_cast<const void*>(static_cast<uintptr_t>(cookie)), 1)) {
    panic("osenv.mmio_map gave an address inside the memory window, which holds no registers");
  }
  return GRAFT_OK;
}

graft_error_t Host::port_map(uint32_t port, uint32_t count, graft_io_cookie_t* out_cookie) {
  graft_error_t error = env_.port_map(env_.host, port, count, out_cookie);
  if (error != GRAFT_OK) return error;
  check_cookie(*out_cookie, "osenv.port_map gave a slow cookie, but there is no io_read or no io_write");
  if (!graft_io_is_slow(*out_cookie) && *out_cookie > UINT16_MAX) {
    panic("osenv.port_map gave a cookie that is neither a port number nor slow");
  }
  return GRAFT_OK;
}

graft_error_t Host::pci_read(graft_pci_address_t function, uint32_t offset, uint32_t width, uint32_t* out_value) {
  graft_error_t error = env_.pci_read(env_.host, function, offset, width, out_value);
  if (error == GRAFT_OK && width < sizeof(uint32_t) && *out_value >> (8 * width) != 0) {
    panic("osenv.pci_read gave a value wider than what was read");
  }
  return error;
}

graft_error_t Host::dma_map(graft_pci_address_t function, void* va, uint64_t bytes, uint32_t direction,
                            uint64_t max_address, uint64_t* out_device_address) {
  graft_error_t error = env_.dma_map(env_.host, function, va, bytes, direction, max_address, out_device_address);
  if (error == GRAFT_OK && (*out_device_address > max_address || bytes - 1 > max_address - *out_device_address)) {
    panic("osenv.dma_map gave an address beyond the limit that was asked for");
  }
  return error;
}

graft_error_t Host::msi_alloc(graft_pci_address_t function, uint32_t count, graft_irq_t* const* irqs,
                              graft_msi_message_t* out_messages) {
  graft_error_t error = env_.msi_alloc(env_.host, function, count, irqs, out_messages);
  if (error != GRAFT_OK) return error;
  for (uint32_t i = 0; i < count; ++i) {
    const graft_msi_message_t& message = out_messages[i];
    if (message.address == 0 || message.address % sizeof(uint32_t) != 0) {
      panic("osenv.msi_alloc gave a message whose address is 0 or no multiple of 4");
    }
    for (uint32_t k = 0; k < i; ++k) {
      if (message.address == out_messages[k].address && message.data == out_messages[k].data) {
        panic("osenv.msi_alloc gave the same message for two sources");
      }
    }
  }
  return GRAFT_OK;
}

graft_error_t Host::entropy(void* buffer, size_t bytes) {
  constexpr size_t kEnough = 16;
  graft_error_t error = env_.entropy(env_.host, buffer, bytes);
  if (error != GRAFT_OK || bytes < kEnough) return error;
  const auto* at = static_cast<const unsigned char*>(buffer);
  size_t same = 1;
  while (same < bytes && at[same] == at[0]) ++same;
  if (same == bytes) panic("osenv.entropy said OK and gave bytes that are all the same");
  return GRAFT_OK;
}

graft_error_t Host::firmware(const char* name, const void** out_data, size_t* out_bytes) {
  graft_error_t error = env_.firmware(env_.host, name, out_data, out_bytes);
  if (error == GRAFT_OK && *out_data == nullptr) panic("osenv.firmware said OK and gave null");
  return error;
}

void Host::log(int level, const char* a, const char* b, const char* c) {
  if (env_.log == nullptr) return;
  char line[200];
  size_t length = 0;
  for (const char* piece : {a, b, c}) {
    for (; piece != nullptr && *piece != 0 && length < sizeof(line); ++piece) line[length++] = *piece;
  }
  env_.log(env_.host, level, line, length);
}

void Host::panic(const char* rule) {
  env_.panic(env_.host, rule);
  __builtin_trap();
}

}  // namespace graft
