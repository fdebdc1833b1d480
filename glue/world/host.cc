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
