// SPDX-License-Identifier: BSD-2-Clause
/// A host in a test process: memory from an arena, scripted PCI functions and registers, interrupt lines with level
/// semantics, message-signalled interrupts, faults on demand. Time and threads come from the derived classes.
#ifndef GRAFT_TESTS_FAKES_OSENV_FAKE_HOST_HPP
#define GRAFT_TESTS_FAKES_OSENV_FAKE_HOST_HPP

#include <graft/osenv.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace graft::fakes {

/// What a test puts behind a range of device registers or of configuration space.
class RegisterModel {
 public:
  virtual ~RegisterModel() = default;
  virtual uint64_t read(uint64_t offset, uint32_t width) = 0;
  virtual void write(uint64_t offset, uint32_t width, uint64_t value) = 0;
};

class FakeHost {
 public:
  struct Options {
    size_t arena_bytes = 16 << 20;
    /// Physical address of the arena's first byte.
    uint64_t phys = 0x1000'0000;
    bool with_msi = true;
    uint32_t lines = 16;
  };

  explicit FakeHost(const Options& options);
  virtual ~FakeHost();
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  /// The structure to hand to the kit; a test may change it before.
  graft_osenv_t& env() { return env_; }

  // ---- Memory -------------------------------------------------------------------------------------------------------

  size_t pages_in_use();
  uint64_t page_allocations() const { return page_allocations_; }
  /// The call after `count` more successful ones fails, and so do all later ones; -1: none fails.
  void fail_page_alloc_after(int64_t count) { page_alloc_budget_ = count; }

  // ---- Interrupts ---------------------------------------------------------------------------------------------------

  /// Drives a line; interrupts are delivered on the calling thread as if it were interrupted.
  void set_line(uint32_t line, bool asserted);
  bool is_masked(uint32_t line);
  bool is_claimed(uint32_t line);
  uint64_t mask_calls() const { return mask_calls_; }
  /// A device writes an MSI message.
  void send_msi(const graft_msi_message_t& message);
  size_t msi_in_use();

  // ---- Devices ------------------------------------------------------------------------------------------------------

  /// Configuration space of a function; null takes it away. Not owned.
  void set_pci_function(graft_pci_address_t address, RegisterModel* config) { pci_[address] = config; }
  /// Line of a function's pin (1..4).
  void set_route(graft_pci_address_t address, uint32_t pin, uint32_t line) { routes_[{address, pin}] = line; }
  /// Registers at a physical address (memory) or a port number; reached by slow cookies. Not owned.
  void set_mmio(uint64_t phys, uint64_t bytes, RegisterModel* model) { mmio_.push_back({phys, bytes, model}); }
  void set_ports(uint32_t port, uint32_t count, RegisterModel* model) { ports_.push_back({port, count, model}); }
  size_t register_mappings() const { return mappings_in_use_; }

  // ---- Log ----------------------------------------------------------------------------------------------------------

  bool logged(const std::string& part);

 protected:
  virtual uint64_t clock_now_ns() = 0;
  virtual void* thread_self() = 0;
  virtual void park(uint64_t deadline_ns) = 0;
  virtual void unpark(void* thread) = 0;

 private:
  struct Line {
    bool asserted = false;
    bool masked = false;
    graft_irq_t* irq = nullptr;
    bool in_service = false;
  };
  struct Range {
    uint64_t start;
    uint64_t bytes;
    RegisterModel* model;
  };
  struct Mapping {
    RegisterModel* model;
    uint64_t offset;
    uint64_t bytes;
  };

  static FakeHost& of(void* host) { return *static_cast<FakeHost*>(host); }
  void fill_env();
  graft_error_t page_alloc(size_t pages, size_t align_pages, uint64_t max_phys, void** out_va);
  void page_free(void* va, size_t pages);
  graft_error_t map_registers(const std::vector<Range>& ranges, uint64_t start, uint64_t bytes,
                              graft_io_cookie_t* out_cookie);
  Mapping& mapping_of(graft_io_cookie_t cookie, uint64_t* out_offset);
  void service_line(uint32_t line);

  Options options_;
  graft_osenv_t env_{};

  std::mutex memory_mutex_;
  void* memory_ = nullptr;
  char* arena_ = nullptr;
  std::vector<bool> page_used_;
  std::map<void*, size_t> allocations_;
  std::atomic<int64_t> page_alloc_budget_{-1};
  std::atomic<uint64_t> page_allocations_{0};

  std::mutex irq_mutex_;
  std::vector<Line> lines_;
  std::map<uint32_t, graft_irq_t*> msi_;
  uint32_t next_msi_ = 0x40;
  std::atomic<uint64_t> mask_calls_{0};

  std::map<graft_pci_address_t, RegisterModel*> pci_;
  std::map<std::pair<graft_pci_address_t, uint32_t>, uint32_t> routes_;
  std::vector<Range> mmio_;
  std::vector<Range> ports_;
  std::vector<Mapping> mappings_;
  size_t mappings_in_use_ = 0;

  std::mutex log_mutex_;
  std::vector<std::string> log_;
};

}  // namespace graft::fakes

#endif
