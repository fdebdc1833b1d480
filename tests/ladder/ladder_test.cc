// SPDX-License-Identifier: BSD-2-Clause
// A right host climbs the ladder; a host with one broken callback is told which, and which rule.
#include <graft/ladder.h>
#include <graft/world.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/fakes/osenv/manual_host.hpp"
#include "tests/fakes/osenv/threaded_host.hpp"

namespace {

using graft::fakes::FakeHost;
using graft::fakes::ManualHost;
using graft::fakes::RegisterModel;
using graft::fakes::ThreadedHost;

constexpr graft_pci_address_t kDevice = 3 << 3;
constexpr uint32_t kPin = 2;
constexpr uint32_t kLine = 9;
constexpr uint64_t kWindow = 0xfe00'0000;

/// Plain bytes as configuration space.
class Bytes : public RegisterModel {
 public:
  uint8_t bytes[256] = {};
  uint64_t read(uint64_t offset, uint32_t width) override {
    uint64_t value = 0;
    memcpy(&value, bytes + offset, width);
    return value;
  }
  void write(uint64_t offset, uint32_t width, uint64_t value) override { memcpy(bytes + offset, &value, width); }
};

graft_osenv_t g_real;  ///< the callbacks before one was broken

struct Line {
  std::string rung, callback, text;
  uint32_t status;
};

/// A fake host with one device, and the report of a climb.
template <typename Host>
class Climber {
 public:
  Climber() : host_(options()) {
    const uint32_t ids = 0x11e8'1234, base = kWindow;
    memcpy(config_.bytes, &ids, 4);
    config_.bytes[4] = 2;  // decodes memory
    memcpy(config_.bytes + 0x10, &base, 4);
    config_.bytes[0x3c] = 11;
    config_.bytes[0x3d] = kPin;
    host_.set_pci_function(kDevice, &config_);
    host_.set_route(kDevice, kPin, kLine);
    host_.set_mmio(kWindow, 256, &registers_);
    host_.set_ports(0x80, 1, &registers_);
    device_ = {this, kDevice, kPin, raise, lower, use_message, send_message};
    options_.size_bytes = sizeof options_;
    options_.device = &device_;
    options_.was_logged = [](void* arg, const char* text, size_t length) {
      return static_cast<Climber*>(arg)->host_.logged(std::string(text, length)) &&
             !static_cast<Climber*>(arg)->host_.logged(std::string(text, length + 1));
    };
    options_.was_logged_arg = this;
    g_real = host_.env();
  }

  Host& host() { return host_; }
  graft_osenv_t& env() { return host_.env(); }
  graft_ladder_options_t& options_for_climb() { return options_; }

  graft_error_t climb() {
    return graft_ladder_run(
        &host_.env(), &options_,
        [](void* arg, const graft_ladder_result_t* r) {
          if (r->status == GRAFT_LADDER_BEGUN) return;
          auto text = [](const char* s) { return std::string(s ? s : ""); };
          static_cast<Climber*>(arg)->lines_.push_back({text(r->rung), text(r->callback), text(r->text), r->status});
        },
        this);
  }

  const std::vector<Line>& lines() const { return lines_; }
  const Line* first_broken() const {
    for (const Line& line : lines_) {
      if (line.status == GRAFT_LADDER_BROKEN) return &line;
    }
    return nullptr;
  }
  uint32_t status_of(const std::string& rung) const {
    for (const Line& line : lines_) {
      if (line.rung == rung) return line.status;
    }
    return 99;
  }

 private:
  static typename Host::Options options() {
    typename Host::Options o;
    o.arena_bytes = 4 << 20;
    return o;
  }
  static Climber& of(void* arg) { return *static_cast<Climber*>(arg); }
  static void raise(void* arg) { of(arg).host_.set_line(kLine, true); }
  static void lower(void* arg) {
    // From the interrupt itself: set_line() would wait for its own end.
    of(arg).host_.set_line(kLine, false);
  }
  static void use_message(void* arg, const graft_msi_message_t* message) {
    if (message != nullptr) of(arg).message_ = *message;
  }
  static void send_message(void* arg) { of(arg).host_.send_msi(of(arg).message_); }

  Bytes config_, registers_;
  Host host_;
  graft_ladder_device_t device_{};
  graft_ladder_options_t options_{};
  graft_msi_message_t message_{};
  std::vector<Line> lines_;
};

template <typename Host>
void expect_right(Climber<Host>& climber, std::vector<std::string> skipped) {
  EXPECT_EQ(climber.climb(), GRAFT_OK);
  ASSERT_EQ(climber.lines().size(), 14u);
  for (const Line& line : climber.lines()) {
    const bool may_skip = std::find(skipped.begin(), skipped.end(), line.rung) != skipped.end();
    EXPECT_EQ(line.status, may_skip ? GRAFT_LADDER_SKIPPED : GRAFT_LADDER_PASSED) << line.rung << ": " << line.text;
  }
  EXPECT_EQ(climber.host().pages_in_use(), 0u);
  EXPECT_EQ(climber.host().register_mappings(), 0u);
  EXPECT_EQ(climber.host().msi_in_use(), 0u);
  EXPECT_FALSE(climber.host().is_claimed(kLine));
}

TEST(Ladder, ARightHostClimbsIt) {
  Climber<ThreadedHost> climber;
  expect_right(climber, {"dma", "block", "packet"});
}

TEST(Ladder, AHostWithAScriptedClockClimbsIt) {
  Climber<ManualHost> climber;
  climber.host().set_step_ns(100);
  expect_right(climber, {"dma", "block", "packet"});
}

TEST(Ladder, AStacklessHostClimbsItWithoutWaiting) {
  Climber<ManualHost> climber;
  climber.host().set_step_ns(100);
  climber.env().thread_park = [](void*, uint64_t) {};
  expect_right(climber, {"dma", "timer", "wake", "block", "packet"});
}

/// A host whose loop can tell whether it was woken.
class Stackless {
 public:
  Stackless() {
    climber_.host().set_step_ns(100);
    climber_.env().thread_park = [](void*, uint64_t) {};
    g_woken = false;
    climber_.env().thread_unpark = [](void*, void*) { g_woken = true; };
    climber_.options_for_climb().was_woken = [](void*) { return std::exchange(g_woken, false); };
  }
  Climber<ManualHost>& climber() { return climber_; }
  /// Expects that the climb names thread_unpark, and the rule.
  void expect_broken(const std::string& rung, const std::string& rule) {
    EXPECT_EQ(climber_.climb(), GRAFT_E_FAIL);
    const Line* broken = climber_.first_broken();
    ASSERT_NE(broken, nullptr);
    EXPECT_EQ(broken->rung, rung);
    EXPECT_EQ(broken->callback, "thread_unpark");
    EXPECT_NE(broken->text.find(rule), std::string::npos) << broken->text;
  }
  static inline bool g_woken;

 private:
  Climber<ManualHost> climber_;
};

TEST(Ladder, AStacklessHostThatTellsItsWakesPassesThatRung) {
  Stackless host;
  expect_right(host.climber(), {"dma", "timer", "block", "packet"});
}

TEST(Ladder, AStacklessHostThatIsNotWokenIsNamed) {
  Stackless host;
  host.climber().env().thread_unpark = [](void*, void*) {};
  host.expect_broken("wake", "makes the loop run the world");
}

TEST(Ladder, AStacklessHostThatIsWokenForNothingIsNamed) {
  Stackless host;
  host.climber().options_for_climb().was_woken = [](void*) { return true; };
  host.expect_broken("wake", "nothing wakes the loop");
}

TEST(Ladder, AStacklessHostThatIsNotWokenAtInterruptLevelIsNamed) {
  Stackless host;
  static int wakes;
  wakes = 0;
  // The rung before wakes once, from the climber itself.
  host.climber().env().thread_unpark = [](void*, void*) { Stackless::g_woken |= wakes++ == 0; };
  host.expect_broken("interrupt", "from interrupt level");
}

TEST(Ladder, SaysWhyItSkips) {
  Climber<ManualHost> climber;
  climber.host().set_step_ns(100);
  climber.options_for_climb() = {};
  climber.env().msi_alloc = nullptr;
  climber.env().msi_free = nullptr;
  EXPECT_EQ(climber.climb(), GRAFT_OK);
  for (const Line& line : climber.lines()) {
    EXPECT_TRUE(line.status != GRAFT_LADDER_SKIPPED || !line.text.empty()) << line.rung;
  }
  EXPECT_EQ(climber.status_of("interrupt"), GRAFT_LADDER_SKIPPED);
  EXPECT_EQ(climber.status_of("message"), GRAFT_LADDER_SKIPPED);
  EXPECT_EQ(graft_ladder_run(nullptr, nullptr, nullptr, nullptr), GRAFT_E_INVAL);
}

TEST(Ladder, NamesACompilerFlagThatIsMissing) {
  Climber<ManualHost> climber;
  Line first;
  const auto note = [](void* arg, const graft_ladder_result_t* r) {
    *static_cast<Line*>(arg) = {r->rung, r->callback ? r->callback : "", r->text ? r->text : "", r->status};
  };
  EXPECT_EQ(graft_ladder_climb(&climber.env(), nullptr, note, &first, "no such flag"), GRAFT_E_FAIL);
  EXPECT_EQ(first.rung, "table");
  EXPECT_EQ(first.callback, "compiler flags");
  EXPECT_EQ(first.text, "no such flag");
  EXPECT_EQ(first.status, uint32_t{GRAFT_LADDER_BROKEN});
}

// ---- One callback broken at a time ----------------------------------------------------------------------------------

struct Break {
  const char* name;
  const char* rung;
  const char* callback;
  const char* rule;  ///< part of it
  std::function<void(graft_osenv_t&)> apply;
};

void* g_kept;  ///< what a broken callback remembers

const Break kBreaks[] = {
    {"window_empty", "table", "mem_window", "not empty", [](graft_osenv_t& env) { env.mem_window.bytes = 0; }},
    {"window_unaligned", "table", "mem_window", "page aligned", [](graft_osenv_t& env) { env.mem_window.phys += 8; }},
    {"size_too_small", "table", "size_bytes", "mandatory callbacks", [](graft_osenv_t& env) { env.size_bytes = 64; }},
    {"msi_free_absent", "table", "msi_free", "counterpart", [](graft_osenv_t& env) { env.msi_free = nullptr; }},
    {"dma_unmap_absent", "table", "dma_unmap", "counterpart",
     [](graft_osenv_t& env) {
       env.dma_map = [](void*, graft_pci_address_t, void*, uint64_t, uint32_t, uint64_t, uint64_t*) {
         return GRAFT_OK;
       };
     }},
    {"port_map_absent", "table", "port_map", "counterpart", [](graft_osenv_t& env) { env.port_map = nullptr; }},
    {"io_write_absent", "table", "io_write", "counterpart", [](graft_osenv_t& env) { env.io_write = nullptr; }},
    {"cpu_count_zero", "table", "cpu_count", "at least one",
     [](graft_osenv_t& env) { env.cpu_count = [](void*) { return 0u; }; }},

    {"log_drops", "print", "log", "length",
     [](graft_osenv_t& env) { env.log = [](void*, int, const char*, size_t) {}; }},
    {"log_runs_on", "print", "log", "no more",
     [](graft_osenv_t& env) {
       env.log = [](void* host, int level, const char* text, size_t) { g_real.log(host, level, text, strlen(text)); };
     }},

    {"page_alloc_gives_null", "allocate", "page_alloc", "comes with an address",
     [](graft_osenv_t& env) {
       env.page_alloc = [](void*, size_t, size_t, uint64_t, void** out_va) {
         *out_va = nullptr;
         return GRAFT_OK;
       };
     }},
    {"page_alloc_off_the_page", "allocate", "page_alloc", "aligned",
     [](graft_osenv_t& env) {
       env.page_alloc = [](void* host, size_t pages, size_t align, uint64_t max_phys, void** out_va) {
         const graft_error_t error = g_real.page_alloc(host, pages + 1, align, max_phys, &g_kept);
         *out_va = error == GRAFT_OK ? static_cast<char*>(g_kept) + 64 : nullptr;
         return error;
       };
       env.page_free = [](void*, void*, size_t) {};
     }},
    {"page_alloc_outside", "allocate", "page_alloc", "inside mem_window",
     [](graft_osenv_t& env) { env.mem_window.bytes = GRAFT_PAGE_BYTES; }},
    {"page_alloc_ignores_alignment", "allocate", "page_alloc", "aligned",
     [](graft_osenv_t& env) {
       env.page_alloc = [](void* host, size_t pages, size_t, uint64_t max_phys, void** out_va) {
         return g_real.page_alloc(host, pages, 1, max_phys, out_va);
       };
     }},
    {"page_alloc_ignores_limit", "allocate", "page_alloc", "max_phys",
     [](graft_osenv_t& env) {
       env.page_alloc = [](void* host, size_t pages, size_t align, uint64_t, void** out_va) {
         return g_real.page_alloc(host, pages, align, UINT64_MAX, out_va);
       };
     }},
    {"page_alloc_keeps_out", "allocate", "page_alloc", "null when it fails",
     [](graft_osenv_t& env) {
       env.page_alloc = [](void* host, size_t pages, size_t align, uint64_t max_phys, void** out_va) {
         void* va = *out_va;
         const graft_error_t error = g_real.page_alloc(host, pages, align, max_phys, out_va);
         if (error != GRAFT_OK) *out_va = va;
         return error;
       };
     }},
    {"page_alloc_overlaps", "allocate", "page_alloc", "overlap",
     [](graft_osenv_t& env) {
       env.page_alloc = [](void* host, size_t pages, size_t align, uint64_t max_phys, void** out_va) {
         const graft_error_t error = g_real.page_alloc(host, pages, align, max_phys, out_va);
         if (error == GRAFT_OK && pages == 5) *out_va = static_cast<char*>(*out_va) - GRAFT_PAGE_BYTES;
         return error;
       };
       env.page_free = [](void* host, void* va, size_t pages) {
         g_real.page_free(host, pages == 5 ? static_cast<char*>(va) + GRAFT_PAGE_BYTES : va, pages);
       };
     }},
    {"page_free_keeps", "allocate", "page_free", "had again",
     [](graft_osenv_t& env) { env.page_free = [](void*, void*, size_t) {}; }},

    {"dma_map_moves", "dma", "dma_map", "offset within a page",
     [](graft_osenv_t& env) {
       env.dma_map = [](void*, graft_pci_address_t, void*, uint64_t, uint32_t, uint64_t, uint64_t* out) {
         *out = 0x1000'0000;
         return GRAFT_OK;
       };
       env.dma_unmap = [](void*, graft_pci_address_t, uint64_t, uint64_t, uint32_t) {};
     }},
    {"dma_unmap_keeps", "dma", "dma_unmap", "mapped again",
     [](graft_osenv_t& env) {
       static uint64_t next;
       next = 0x1000'0000;
       env.dma_map = [](void*, graft_pci_address_t, void* va, uint64_t, uint32_t, uint64_t, uint64_t* out) {
         if (next > 0x2000'0000) return GRAFT_E_NOMEM;
         *out = next | (reinterpret_cast<uintptr_t>(va) & 0xfff);
         next += 0x4000;
         return GRAFT_OK;
       };
       env.dma_unmap = [](void*, graft_pci_address_t, uint64_t, uint64_t, uint32_t) {};
     }},

    {"mmio_map_gives_nothing", "registers", "mmio_map", "cookie",
     [](graft_osenv_t& env) {
       env.mmio_map = [](void*, uint64_t, uint64_t, uint32_t, graft_io_cookie_t* out) {
         *out = 0;
         return GRAFT_OK;
       };
     }},
    {"mmio_map_refuses", "registers", "mmio_map", "can be mapped",
     [](graft_osenv_t& env) {
       env.mmio_map = [](void*, uint64_t, uint64_t, uint32_t, graft_io_cookie_t* out) {
         *out = 0;
         return GRAFT_E_INVAL;
       };
     }},
    {"io_read_absent", "registers", "io_read", "cookie is slow",
     [](graft_osenv_t& env) { env.io_read = nullptr, env.io_write = nullptr; }},
    {"mmio_unmap_takes_all", "registers", "mmio_unmap", "other mappings",
     [](graft_osenv_t& env) {
       static bool gone;
       gone = false;
       env.mmio_unmap = [](void* host, graft_io_cookie_t cookie, uint64_t bytes) {
         gone = true;
         g_real.mmio_unmap(host, cookie, bytes);
       };
       env.io_read = [](void* host, graft_io_cookie_t cookie, uint32_t width) {
         return gone ? UINT64_MAX : g_real.io_read(host, cookie, width);
       };
     }},
    {"mmio_unmap_keeps", "registers", "mmio_unmap", "mapped again",
     [](graft_osenv_t& env) {
       static int mapped;
       mapped = 0;
       env.mmio_map = [](void* host, uint64_t phys, uint64_t bytes, uint32_t flags, graft_io_cookie_t* out) {
         if (++mapped > 100) return GRAFT_E_NOMEM;
         return g_real.mmio_map(host, phys, bytes, flags, out);
       };
     }},
    {"port_map_gives_nothing", "registers", "port_map", "cookie",
     [](graft_osenv_t& env) {
       env.port_map = [](void*, uint32_t, uint32_t, graft_io_cookie_t* out) {
         *out = 0;
         return GRAFT_OK;
       };
     }},

    {"pci_read_wide_ones", "pci", "pci_read", "as many as asked for",
     [](graft_osenv_t& env) {
       env.pci_read = [](void* host, graft_pci_address_t at, uint32_t offset, uint32_t width, uint32_t* out) {
         const graft_error_t error = g_real.pci_read(host, at, offset, width, out);
         if (at != kDevice) *out = UINT32_MAX;
         return error;
       };
     }},
    {"pci_read_absent_is_error", "pci", "pci_read", "no error",
     [](graft_osenv_t& env) {
       env.pci_read = [](void* host, graft_pci_address_t at, uint32_t offset, uint32_t width, uint32_t* out) {
         const graft_error_t error = g_real.pci_read(host, at, offset, width, out);
         return at == kDevice ? error : GRAFT_E_NOENT;
       };
     }},
    {"pci_read_ignores_width", "pci", "pci_read", "one byte agrees",
     [](graft_osenv_t& env) {
       env.pci_read = [](void* host, graft_pci_address_t at, uint32_t offset, uint32_t width, uint32_t* out) {
         const graft_error_t error = g_real.pci_read(host, at, offset & ~3u, 4, out);
         if (width < 4) *out &= (1u << 8 * width) - 1;
         return error;
       };
     }},
    {"pci_write_drops", "pci", "pci_write", "reads back",
     [](graft_osenv_t& env) {
       env.pci_write = [](void*, graft_pci_address_t, uint32_t offset, uint32_t, uint32_t) {
         return offset >= 256 ? GRAFT_E_RANGE : GRAFT_OK;
       };
     }},
    {"pci_write_wide", "pci", "pci_write", "neighbours",
     [](graft_osenv_t& env) {
       env.pci_write = [](void* host, graft_pci_address_t at, uint32_t offset, uint32_t, uint32_t value) {
         return g_real.pci_write(host, at, offset & ~3u, 4, value);
       };
     }},

    {"clock_stands", "clock", "clock_now_ns", "advances",
     [](graft_osenv_t& env) { env.clock_now_ns = [](void*) { return uint64_t{5}; }; }},
    {"clock_goes_back", "clock", "clock_now_ns", "never goes back",
     [](graft_osenv_t& env) {
       static uint64_t calls;
       calls = 0;
       env.clock_now_ns = [](void* host) {
         return g_real.clock_now_ns(host) - (++calls % 1000 == 0 ? 100'000'000 : 0);
       };
     }},
    {"clock_counts_microseconds", "clock", "clock_now_ns", "coarser",
     [](graft_osenv_t& env) { env.clock_now_ns = [](void* host) { return g_real.clock_now_ns(host) / 1000; }; }},
    {"clock_counts_too_fine", "clock", "clock_now_ns", "finer",
     [](graft_osenv_t& env) { env.clock_now_ns = [](void* host) { return g_real.clock_now_ns(host) * 1'000'000; }; }},

    {"park_oversleeps", "timer", "thread_park", "reaches the deadline",
     [](graft_osenv_t& env) {
       env.thread_park = [](void* host, uint64_t deadline) {
         if (deadline < g_real.clock_now_ns(host) + 20'000'000) return g_real.thread_park(host, deadline);
         const uint64_t late = deadline + 2'500'000'000;
         while (g_real.clock_now_ns(host) < late) g_real.thread_park(host, late);
       };
     }},
    {"self_is_null", "wake", "thread_self", "never null",
     [](graft_osenv_t& env) { env.thread_self = [](void*) { return static_cast<void*>(nullptr); }; }},
    {"self_changes", "wake", "thread_self", "one name",
     [](graft_osenv_t& env) {
       env.thread_self = [](void*) -> void* {
         static char names[2];
         g_kept = g_kept == names ? names + 1 : names;
         return g_kept;
       };
     }},
    {"unpark_drops", "wake", "thread_unpark", "not lost",
     [](graft_osenv_t& env) { env.thread_unpark = [](void*, void*) {}; }},
    {"permits_add_up", "wake", "thread_unpark", "one permit",
     [](graft_osenv_t& env) {
       static int permits;
       permits = 0;
       env.thread_unpark = [](void*, void*) { ++permits; };
       env.thread_park = [](void* host, uint64_t deadline) {
         if (permits > 0) {
           --permits;
           return;
         }
         g_real.thread_park(host, deadline);
       };
     }},

    {"route_refuses", "interrupt", "irq_route", "wired",
     [](graft_osenv_t& env) {
       env.irq_route = [](void*, graft_pci_address_t, uint32_t, uint32_t*) { return GRAFT_E_NOENT; };
     }},
    {"route_wrong", "interrupt", "irq_claim", "asserted line",
     [](graft_osenv_t& env) {
       env.irq_route = [](void*, graft_pci_address_t, uint32_t pin, uint32_t* out) {
         *out = kLine + 1;
         return pin > 4 ? GRAFT_E_NOENT : GRAFT_OK;
       };
     }},
    {"claim_drops", "interrupt", "irq_claim", "asserted line",
     [](graft_osenv_t& env) {
       env.irq_claim = [](void* host, uint32_t line, graft_irq_t* irq) {
         const graft_error_t error = g_real.irq_claim(host, line, irq);
         if (error == GRAFT_OK) g_real.irq_mask(host, line);
         return error;
       };
     }},
    {"claim_twice", "interrupt", "irq_claim", "EXIST",
     [](graft_osenv_t& env) {
       env.irq_claim = [](void* host, uint32_t line, graft_irq_t* irq) {
         const graft_error_t error = g_real.irq_claim(host, line, irq);
         return error == GRAFT_E_EXIST ? GRAFT_OK : error;
       };
     }},
    {"mask_does_nothing", "interrupt", "irq_mask", "does not interrupt again",
     [](graft_osenv_t& env) { env.irq_mask = [](void*, uint32_t) {}; }},
    {"unmask_does_nothing", "interrupt", "irq_unmask", "interrupts at once",
     [](graft_osenv_t& env) { env.irq_unmask = [](void*, uint32_t) {}; }},
    {"masks_are_counted", "interrupt", "irq_unmask", "not counted",
     [](graft_osenv_t& env) {
       static int depth;
       depth = 0;
       env.irq_mask = [](void* host, uint32_t line) {
         ++depth;
         g_real.irq_mask(host, line);
       };
       env.irq_unmask = [](void* host, uint32_t line) {
         if (depth > 0) --depth;
         if (depth == 0) g_real.irq_unmask(host, line);
       };
     }},
    {"release_keeps_delivering", "interrupt", "irq_release", "afterwards",
     [](graft_osenv_t& env) {
       // The line stays with its first source until somebody else claims it.
       env.irq_release = [](void* host, uint32_t line, graft_irq_t* irq) {
         g_kept = irq;
         g_real.irq_unmask(host, line);
       };
       env.irq_claim = [](void* host, uint32_t line, graft_irq_t* irq) {
         if (g_kept != nullptr) g_real.irq_release(host, line, static_cast<graft_irq_t*>(g_kept));
         g_kept = nullptr;
         return g_real.irq_claim(host, line, irq);
       };
     }},

    {"messages_are_the_same", "message", "msi_alloc", "of its own",
     [](graft_osenv_t& env) {
       env.msi_alloc = [](void* host, graft_pci_address_t at, uint32_t count, graft_irq_t* const* irqs,
                          graft_msi_message_t* out) {
         const graft_error_t error = g_real.msi_alloc(host, at, count, irqs, out);
         for (uint32_t i = 1; i < count; ++i) out[i] = out[0];
         return error;
       };
     }},
    {"messages_are_mixed_up", "message", "msi_alloc", "with source i",
     [](graft_osenv_t& env) {
       env.msi_alloc = [](void* host, graft_pci_address_t at, uint32_t count, graft_irq_t* const* irqs,
                          graft_msi_message_t* out) {
         const graft_error_t error = g_real.msi_alloc(host, at, count, irqs, out);
         if (count > 1) std::swap(out[0], out[1]);
         return error;
       };
     }},
    {"msi_free_keeps", "message", "msi_free", "afterwards",
     [](graft_osenv_t& env) { env.msi_free = [](void*, graft_pci_address_t, uint32_t, graft_irq_t* const*) {}; }},

    {"entropy_is_constant", "entropy", "entropy", "different bytes",
     [](graft_osenv_t& env) {
       env.entropy = [](void*, void* buffer, size_t bytes) {
         for (size_t i = 0; i < bytes; ++i) static_cast<unsigned char*>(buffer)[i] = static_cast<unsigned char>(i * 7);
         return GRAFT_OK;
       };
     }},
    {"entropy_fails", "entropy", "entropy", "returns OK",
     [](graft_osenv_t& env) { env.entropy = [](void*, void*, size_t) { return GRAFT_E_FAIL; }; }},
    {"entropy_runs_over", "entropy", "entropy", "no further",
     [](graft_osenv_t& env) {
       env.entropy = [](void* host, void* buffer, size_t bytes) {
         const graft_error_t error = g_real.entropy(host, buffer, bytes);
         static_cast<unsigned char*>(buffer)[bytes] = 0;
         return error;
       };
     }},
};

class LadderBreak : public testing::TestWithParam<Break> {};

TEST_P(LadderBreak, IsNamed) {
  g_kept = nullptr;
  Climber<ThreadedHost> climber;
  GetParam().apply(climber.env());
  EXPECT_EQ(climber.climb(), GRAFT_E_FAIL);
  const Line* broken = climber.first_broken();
  ASSERT_NE(broken, nullptr);
  EXPECT_EQ(broken->rung, GetParam().rung);
  EXPECT_EQ(broken->callback, GetParam().callback);
  EXPECT_NE(broken->text.find(GetParam().rule), std::string::npos) << broken->text;
}

INSTANTIATE_TEST_SUITE_P(All, LadderBreak, testing::ValuesIn(kBreaks),
                         [](const auto& info) { return std::string(info.param.name); });

/// Every mandatory callback, taken away.
TEST(Ladder, NamesEachMissingCallback) {
#define MISSING(name)                                              \
  {                                                                \
    Climber<ThreadedHost> climber;                                 \
    climber.env().name = nullptr;                                  \
    EXPECT_EQ(climber.climb(), GRAFT_E_FAIL);                      \
    ASSERT_NE(climber.first_broken(), nullptr);                    \
    EXPECT_EQ(climber.first_broken()->callback, #name);            \
    EXPECT_EQ(climber.lines().size(), 1u) << "it goes no further"; \
  }
  MISSING(page_alloc);
  MISSING(page_free);
  MISSING(mmio_map);
  MISSING(mmio_unmap);
  MISSING(pci_read);
  MISSING(pci_write);
  MISSING(irq_route);
  MISSING(irq_claim);
  MISSING(irq_release);
  MISSING(irq_mask);
  MISSING(irq_unmask);
  MISSING(clock_now_ns);
  MISSING(thread_self);
  MISSING(thread_park);
  MISSING(thread_unpark);
  MISSING(log);
  MISSING(panic);
  MISSING(entropy);
#undef MISSING
}

}  // namespace
