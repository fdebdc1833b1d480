// SPDX-License-Identifier: BSD-2-Clause
// Hosts that break the contract of osenv while the kit works: each is stopped through its own panic, which names the
// callback and the rule.
#include "glue/world/host.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "glue/world/world_fixture.hpp"
#include "tests/fakes/osenv/manual_host.hpp"

namespace graft {
namespace {

constexpr uint64_t kAnywhere = UINT64_MAX;

/// What the callbacks of a broken host give; the structure's `host` stays the fake's, so this is where they find it.
struct Nonsense {
  std::function<void*()> page;
  graft_io_cookie_t cookie = 0;
  uint64_t address = 0;
  graft_msi_message_t messages[2] = {};
};

Nonsense nonsense;
graft_osenv_t right;

class BrokenHost : public testing::Test {
 protected:
  BrokenHost() {
    nonsense = {};
    right = fake_.env();
    fake_.env().page_alloc = [](void* host, size_t pages, size_t align, uint64_t max_phys, void** out_va) {
      graft_error_t error = right.page_alloc(host, pages, align, max_phys, out_va);
      if (nonsense.page) *out_va = nonsense.page();
      return error;
    };
  }
  ~BrokenHost() override { host_.end(); }

  void init() { ASSERT_EQ(host_.init(&fake_.env()), GRAFT_OK); }
  char* window(size_t page) { return static_cast<char*>(fake_.env().mem_window.va) + page * GRAFT_PAGE_BYTES; }
  size_t pages_of_window() { return fake_.env().mem_window.bytes / GRAFT_PAGE_BYTES; }

  void alloc(size_t pages, size_t align_pages = 1, uint64_t max_phys = kAnywhere) {
    void* va = nullptr;
    (void)host_.page_alloc(pages, align_pages, max_phys, &va);
  }
  void alloc_giving(void* va, size_t pages, size_t align_pages = 1, uint64_t max_phys = kAnywhere) {
    nonsense.page = [va] { return va; };
    alloc(pages, align_pages, max_phys);
  }

  fakes::ManualHost fake_;
  Host host_;
};

TEST_F(BrokenHost, PagesThatAreNull) {
  init();
  EXPECT_DEATH(alloc_giving(nullptr, 1), "panic: osenv.page_alloc said OK and gave null");
}

TEST_F(BrokenHost, PagesOutsideTheWindow) {
  init();
  const char* text = "panic: osenv.page_alloc gave pages outside the memory window";
  EXPECT_DEATH(alloc_giving(window(pages_of_window()), 1), text);
  EXPECT_DEATH(alloc_giving(window(pages_of_window() - 1), 2), text);
  EXPECT_DEATH(alloc_giving(this, 1), text);
}

TEST_F(BrokenHost, PagesThatAreNotAligned) {
  init();
  const char* text = "panic: osenv.page_alloc gave pages that are not aligned as asked for";
  EXPECT_DEATH(alloc_giving(window(0) + 64, 1), text);
  EXPECT_DEATH(alloc_giving(window(1), 1, 256), text);
}

TEST_F(BrokenHost, PagesAboveTheLimit) {
  init();
  EXPECT_DEATH(alloc_giving(window(16), 1, 1, host_.phys_of(window(16))),
               "panic: osenv.page_alloc gave pages beyond the limit that was asked for");
}

TEST_F(BrokenHost, PagesThatOverlapOthers) {
  init();
  void* first = nullptr;
  ASSERT_EQ(host_.page_alloc(4, 1, kAnywhere, &first), GRAFT_OK);
  char* last = static_cast<char*>(first) + 3 * GRAFT_PAGE_BYTES;
  const char* text = "panic: osenv.page_alloc gave a page that it gave before and that was not freed";
  EXPECT_DEATH(alloc_giving(last, 2), text);
  EXPECT_DEATH(alloc_giving(first, 1), text);
  // What was freed may come again.
  host_.page_free(first, 4);
  void* again = nullptr;
  EXPECT_EQ(host_.page_alloc(4, 1, kAnywhere, &again), GRAFT_OK);
  host_.page_free(again, 4);
}

TEST_F(BrokenHost, TheSamePageAtEveryCall) {
  init();
  // Also the pages that the check itself takes.
  EXPECT_DEATH(
      {
        alloc_giving(window(8), 1);
        alloc(1);
      },
      "panic: osenv.page_alloc");
}

TEST_F(BrokenHost, ChecksGiveTheirOwnMemoryBack) {
  init();
  void* va = nullptr;
  ASSERT_EQ(host_.page_alloc(1, 1, kAnywhere, &va), GRAFT_OK);
  EXPECT_GT(fake_.pages_in_use(), 1u);
  host_.page_free(va, 1);
  host_.end();
  EXPECT_EQ(fake_.pages_in_use(), 0u);
}

TEST_F(BrokenHost, ChecksWithoutMemoryAreAnAllocationWithout) {
  init();
  for (int64_t calls = 0; calls < 3; ++calls) {
    fake_.fail_page_alloc_after(calls);
    void* va = this;
    EXPECT_EQ(host_.page_alloc(1, 1, kAnywhere, &va), GRAFT_E_NOMEM);
    EXPECT_EQ(va, nullptr);
  }
  fake_.fail_page_alloc_after(-1);
  void* va = nullptr;
  EXPECT_EQ(host_.page_alloc(1, 1, kAnywhere, &va), GRAFT_OK);
  host_.page_free(va, 1);
  host_.end();
  EXPECT_EQ(fake_.pages_in_use(), 0u);
}

TEST_F(BrokenHost, RegistersAtNonsense) {
  fake_.env().mmio_map = [](void*, uint64_t, uint64_t, uint32_t, graft_io_cookie_t* out_cookie) {
    *out_cookie = nonsense.cookie;
    return GRAFT_OK;
  };
  init();
  auto map = [this](graft_io_cookie_t cookie) {
    nonsense.cookie = cookie;
    graft_io_cookie_t out;
    (void)host_.mmio_map(0xfebc'0100, 0x80, 0, &out);
  };
  EXPECT_DEATH(map(0), "panic: osenv.mmio_map said OK and gave cookie 0");
  EXPECT_DEATH(map(0xffff'c000'0000'0000), "panic: osenv.mmio_map gave an address whose place in its page");
  EXPECT_DEATH(map(reinterpret_cast<uintptr_t>(window(1)) + 0x100),
               "panic: osenv.mmio_map gave an address inside the memory window");
  map(0xffff'c000'0000'0100);
  map(GRAFT_IO_SLOW | 0x1234);
}

TEST_F(BrokenHost, SlowCookiesWithoutAccess) {
  fake_.env().io_read = nullptr;
  fake_.env().mmio_map = [](void*, uint64_t, uint64_t, uint32_t, graft_io_cookie_t* out_cookie) {
    *out_cookie = GRAFT_IO_SLOW | 1;
    return GRAFT_OK;
  };
  fake_.env().port_map = [](void*, uint32_t, uint32_t, graft_io_cookie_t* out_cookie) {
    *out_cookie = nonsense.cookie;
    return GRAFT_OK;
  };
  init();
  graft_io_cookie_t cookie;
  EXPECT_DEATH((void)host_.mmio_map(0xfebc'0000, 0x80, 0, &cookie),
               "panic: osenv.mmio_map gave a slow cookie, but there is no io_read");
  nonsense.cookie = GRAFT_IO_SLOW | 1;
  EXPECT_DEATH((void)host_.port_map(0xc000, 8, &cookie),
               "panic: osenv.port_map gave a slow cookie, but there is no io_read");
  nonsense.cookie = 0x10000;
  EXPECT_DEATH((void)host_.port_map(0xc000, 8, &cookie),
               "panic: osenv.port_map gave a cookie that is neither a port number nor slow");
}

TEST_F(BrokenHost, ConfigurationSpaceThatIsTooWide) {
  fake_.env().pci_read = [](void*, graft_pci_address_t, uint32_t, uint32_t, uint32_t* out_value) {
    *out_value = 0x8086'100e;
    return GRAFT_OK;
  };
  init();
  uint32_t value;
  EXPECT_EQ(host_.pci_read(0, 0, 4, &value), GRAFT_OK);
  EXPECT_DEATH((void)host_.pci_read(0, 0, 2, &value), "panic: osenv.pci_read gave a value wider than what was read");
}

TEST_F(BrokenHost, DeviceAddressesAboveTheLimit) {
  fake_.env().dma_map = [](void*, graft_pci_address_t, void*, uint64_t, uint32_t, uint64_t, uint64_t* out_address) {
    *out_address = nonsense.address;
    return GRAFT_OK;
  };
  fake_.env().dma_unmap = [](void*, graft_pci_address_t, uint64_t, uint64_t, uint32_t) {};
  init();
  auto map = [this](uint64_t address) {
    nonsense.address = address;
    uint64_t out;
    (void)host_.dma_map(0, window(0), 0x1000, GRAFT_DMA_BOTH, UINT32_MAX, &out);
  };
  const char* text = "panic: osenv.dma_map gave an address beyond the limit that was asked for";
  EXPECT_DEATH(map(uint64_t{1} << 32), text);
  EXPECT_DEATH(map(UINT32_MAX - 0x10), text);
  EXPECT_DEATH(map(UINT64_MAX), text);
  map(UINT32_MAX - 0xfff);
}

TEST_F(BrokenHost, MessagesThatNoDeviceCanSend) {
  fake_.env().msi_alloc = [](void*, graft_pci_address_t, uint32_t count, graft_irq_t* const*,
                             graft_msi_message_t* out) {
    std::copy_n(nonsense.messages, count, out);
    return GRAFT_OK;
  };
  init();
  auto messages = [this](graft_msi_message_t a, graft_msi_message_t b) {
    nonsense.messages[0] = a;
    nonsense.messages[1] = b;
    graft_irq_t* irqs[2] = {};
    graft_msi_message_t out[2];
    (void)host_.msi_alloc(0, 2, irqs, out);
  };
  EXPECT_DEATH(messages({0, 1, 0}, {0xfee0'0000, 2, 0}), "panic: osenv.msi_alloc gave a message whose address is 0");
  EXPECT_DEATH(messages({0xfee0'0000, 1, 0}, {0xfee0'0001, 2, 0}), "no multiple of 4");
  EXPECT_DEATH(messages({0xfee0'0000, 1, 0}, {0xfee0'0000, 1, 0}),
               "panic: osenv.msi_alloc gave the same message for two sources");
  messages({0xfee0'0000, 1, 0}, {0xfee0'0000, 2, 0});
}

TEST_F(BrokenHost, BytesThatAnyoneCanPredict) {
  fake_.env().entropy = [](void*, void*, size_t) { return GRAFT_OK; };
  init();
  unsigned char bytes[32] = {};
  EXPECT_DEATH((void)host_.entropy(bytes, sizeof bytes),
               "panic: osenv.entropy said OK and gave bytes that are all the same");
  // Too few to tell.
  EXPECT_EQ(host_.entropy(bytes, 4), GRAFT_OK);
}

TEST_F(BrokenHost, FirmwareThatIsNull) {
  fake_.env().firmware = [](void*, const char*, const void** out_data, size_t*) {
    *out_data = nullptr;
    return GRAFT_OK;
  };
  init();
  const void* data;
  size_t bytes;
  EXPECT_DEATH((void)host_.firmware("card.bin", &data, &bytes), "panic: osenv.firmware said OK and gave null");
}

/// The same through a world that runs.
class BrokenWorld : public ManualWorld {
 protected:
  void SetUp() override {
    right = host_.env();
    host_.env().clock_now_ns = [](void*) { return nonsense.address; };
    host_.env().thread_self = [](void*) -> void* { return reinterpret_cast<void*>(nonsense.cookie); };
    nonsense = {};
    nonsense.address = 5'000'000;
    nonsense.cookie = 1;
    ManualWorld::SetUp();
  }
  void run() {
    bool more;
    uint64_t deadline_ns;
    (void)graft_world_run(world_, 16, &more, &deadline_ns);
  }
};

TEST_F(BrokenWorld, TimeThatGoesBack) {
  run();
  nonsense.address += 10;
  run();
  nonsense.address -= 1;
  EXPECT_DEATH(run(), "panic: osenv.clock_now_ns went back");
}

TEST_F(BrokenWorld, TimeThatGoesBackInAPollingLoop) {
  run();
  graft_world_enter(world_);
  graft_cpu_relax(nullptr);
  nonsense.address -= 1;
  EXPECT_DEATH(graft_cpu_relax(nullptr), "panic: osenv.clock_now_ns went back");
  graft_world_leave(world_);
}

TEST_F(BrokenWorld, TimeThatStandsStillIsNoFault) {
  run();
  run();
}

TEST_F(BrokenWorld, AThreadWithoutAName) {
  nonsense.cookie = 0;
  EXPECT_DEATH(run(), "panic: osenv.thread_self gave null");
  nonsense.cookie = 1;
}

}  // namespace
}  // namespace graft
