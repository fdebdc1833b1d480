// SPDX-License-Identifier: BSD-2-Clause
// A Linux process in C++20 on the same object that kernels link: an environment without devices, a component of its
// own, and the wrappers. Prints "passed" and exits with 0 if everything is as it should be.
#include <graft/kit.h>
#include <graft/ladder.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <graft/blkio.hpp>
#include <graft/bus.hpp>
#include <graft/object.hpp>
#include <graft/services.hpp>

namespace {

constexpr size_t kWindowBytes = 64 << 20;
constexpr size_t kPages = kWindowBytes / GRAFT_PAGE_BYTES;
char* window;
bool is_used[kPages];

void require(bool holds, const char* what) {
  if (holds) return;
  std::printf("failed: %s\n", what);
  std::exit(1);
}

graft_error_t page_alloc(void*, size_t pages, size_t align_pages, uint64_t max_phys, void** out_va) {
  *out_va = nullptr;
  for (size_t at = 0; at + pages <= kPages; at += align_pages) {
    size_t found = 0;
    while (found < pages && !is_used[at + found]) ++found;
    if (found < pages || (at + pages) * GRAFT_PAGE_BYTES - 1 > max_phys) continue;
    std::memset(is_used + at, true, pages);
    *out_va = window + at * GRAFT_PAGE_BYTES;
    return GRAFT_OK;
  }
  return GRAFT_E_NOMEM;
}

void page_free(void*, void* va, size_t pages) {
  std::memset(is_used + (static_cast<char*>(va) - window) / GRAFT_PAGE_BYTES, false, pages);
}

uint64_t now_ns(void*) {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

graft_osenv_t make_osenv() {
  graft_osenv_t env{};
  env.size_bytes = sizeof env;
  env.mem_window = {window, 0, kWindowBytes};
  env.page_alloc = page_alloc;
  env.page_free = page_free;
  env.mmio_map = [](void*, uint64_t, uint64_t, uint32_t, graft_io_cookie_t* out) {
    *out = 0;
    return GRAFT_E_INVAL;
  };
  env.mmio_unmap = [](void*, graft_io_cookie_t, uint64_t) {};
  env.pci_read = [](void*, graft_pci_address_t, uint32_t offset, uint32_t width, uint32_t* out) {
    *out = UINT32_MAX >> (32 - 8 * width);
    return offset < 256 ? GRAFT_OK : GRAFT_E_RANGE;
  };
  env.pci_write = [](void*, graft_pci_address_t, uint32_t offset, uint32_t, uint32_t) {
    return offset < 256 ? GRAFT_OK : GRAFT_E_RANGE;
  };
  env.irq_route = [](void*, graft_pci_address_t, uint32_t, uint32_t* out) {
    *out = 0;
    return GRAFT_E_NOENT;
  };
  env.irq_claim = [](void*, uint32_t, graft_irq_t*) { return GRAFT_E_INVAL; };
  env.irq_release = [](void*, uint32_t, graft_irq_t*) {};
  env.irq_mask = env.irq_unmask = [](void*, uint32_t) {};
  env.clock_now_ns = now_ns;
  env.thread_self = [](void*) -> void* { return &window; };
  env.thread_park = [](void*, uint64_t) {};
  env.thread_unpark = [](void*, void*) {};
  env.log = [](void*, int, const char* text, size_t length) { std::printf("%.*s\n", static_cast<int>(length), text); };
  env.panic = [](void*, const char* text) { require(false, text); };
  env.entropy = [](void*, void* buffer, size_t bytes) {
    return getentropy(buffer, bytes) == 0 ? GRAFT_OK : GRAFT_E_FAIL;
  };
  return env;
}

/// A disk of eight blocks that all hold their number.
class NumberedDisk : public graft::Object<NumberedDisk, graft_blkio_t> {
 public:
  static inline int alive = 0;
  NumberedDisk() { ++alive; }
  void destroy() {
    --alive;
    delete this;
  }
  uint32_t get_block_size() { return 512; }
  graft_error_t get_size(uint64_t* out_bytes) {
    *out_bytes = 8 * 512;
    return GRAFT_OK;
  }
  graft::Status read(void* to, uint64_t offset, size_t bytes) {
    if (offset % 512 != 0 || bytes % 512 != 0 || offset + bytes > 8 * 512) return GRAFT_E_RANGE;
    for (size_t i = 0; i < bytes; i += 512) std::memset(static_cast<char*>(to) + i, int((offset + i) / 512), 512);
    return {};
  }
  graft_error_t write(const void*, uint64_t, size_t) { return GRAFT_E_PERM; }
  graft_error_t flush() { return GRAFT_OK; }
};

graft_error_t read_all(graft_services_t* services) {
  graft::BlkIo disk;
  GRAFT_TRY(graft_services_lookup(services, &graft_iid_blkio, 0, reinterpret_cast<void**>(disk.out())));
  unsigned char block[512];
  for (unsigned i = 0; i < 8; ++i) {
    GRAFT_TRY(disk.read(block, i * 512, sizeof block));
    require(block[0] == i && block[511] == i, "a block holds its number");
  }
  require(disk.read(block, 8 * 512, 512) == graft::Status(GRAFT_E_RANGE), "RANGE beyond the end");
  return disk.query<graft_bus_t>() ? GRAFT_E_FAIL : GRAFT_OK;
}

}  // namespace

int main() {
  void* const memory = mmap(nullptr, kWindowBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  require(memory != MAP_FAILED, "memory for the window");
  window = static_cast<char*>(memory);
  const graft_osenv_t env = make_osenv();
  const auto report = [](void*, const graft_ladder_result_t* r) {
    if (r->status == GRAFT_LADDER_BROKEN) std::printf("%s: %s: %s\n", r->rung, r->callback, r->text);
  };
  require(graft_ladder_run(&env, nullptr, report, nullptr) == GRAFT_OK, "the ladder");

  graft_kit_t* kit;
  require(graft_kit_create(&env, nullptr, &kit) == GRAFT_OK, "graft_kit_create");
  graft_services_t* const services = graft_kit_services(kit);
  {
    auto disk = graft::BlkIo::adopt(new NumberedDisk);
    require(graft_services_add(services, &graft_iid_blkio, reinterpret_cast<graft_iunknown_t*>(disk.get())) == GRAFT_OK,
            "services.add");
  }
  require(NumberedDisk::alive == 1, "the registry keeps a reference");

  // As a host does that never blocks: a fiber, and a loop that runs the world.
  static graft_error_t result = GRAFT_E_BUSY;
  graft_async_call_t call{};
  call.fn = [](void* arg) { return read_all(static_cast<graft_services_t*>(arg)); };
  call.arg = services;
  call.on_done = [](graft_async_call_t*, graft_error_t status) { result = status; };
  require(graft_call_async(graft_kit_world(kit), &call) == GRAFT_OK, "graft_call_async");
  for (bool more = true; more;) {
    uint64_t deadline_ns;
    require(graft_world_run(graft_kit_world(kit), 64, &more, &deadline_ns) == GRAFT_OK, "graft_world_run");
  }
  require(result == GRAFT_OK, graft_error_name(result));
  {
    graft::BlkIo disk;
    require(graft_services_lookup(services, &graft_iid_blkio, 0, reinterpret_cast<void**>(disk.out())) == GRAFT_OK,
            "lookup");
    require(
        graft_services_remove(services, &graft_iid_blkio, reinterpret_cast<graft_iunknown_t*>(disk.get())) == GRAFT_OK,
        "services.remove");
  }
  require(NumberedDisk::alive == 0, "the last reference destroys the component");
  std::printf("passed with the set %s\n", graft_kit_set_name());
  return 0;
}
