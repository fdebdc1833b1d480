// SPDX-License-Identifier: BSD-2-Clause
// The kit with drivers that the test scripts, on a host with threads.
#include <gtest/gtest.h>
#include <string.h>

#include <graft/blkio.hpp>
#include <graft/services.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "glue/registry/driver_entry.h"
#include "glue/registry/kit_object.hpp"
#include "glue/registry/soft_device.h"
#include "tests/fakes/osenv/manual_host.hpp"
#include "tests/fakes/osenv/threaded_host.hpp"
#include "tests/fakes/pci/config_space.hpp"

namespace graft {
namespace {

/// A component with one interface, as a driver would export.
class FakeDisk : public Object<FakeDisk, graft_blkio_t> {
 public:
  uint32_t get_block_size() { return 512; }
  Status get_size(uint64_t* out_bytes) { return *out_bytes = 512, GRAFT_OK; }
  Status read(void*, uint64_t, size_t) { return GRAFT_E_IO; }
  Status write(const void*, uint64_t, size_t) { return GRAFT_E_IO; }
  Status flush() { return GRAFT_OK; }
  void destroy() { destroyed = true; }

  graft_iunknown_t* unknown() { return reinterpret_cast<graft_iunknown_t*>(static_cast<graft_blkio_t*>(this)); }
  bool destroyed = false;
};

/// What the scripted drivers do and saw.
struct Script {
  graft_error_t attach_result = GRAFT_OK;
  bool export_before_failing = false;
  bool block_while_attaching = false;
  graft_error_t detach_result = GRAFT_OK;
  bool vanish_while_attaching = false;
  bool block_while_detaching = false;
  int removals = 0;
  int attaches = 0;
  int detaches = 0;
  int environment_starts = 0;
  int environment_stops = 0;
  graft_error_t environment_result = GRAFT_OK;
  std::string parameters;
  graft_attachment_t* attachment = nullptr;
  FakeDisk* disk = nullptr;  ///< of the last attach
  std::vector<std::unique_ptr<FakeDisk>> disks;
};

Script script;

const graft_environment_t kEnvironment = {
    .name = "scripted",
    .start =
        [](graft_world_t* world, const graft_osenv_t* env, const graft_kit_options_t* options) {
          EXPECT_NE(world, nullptr);
          EXPECT_NE(env, nullptr);
          EXPECT_NE(options, nullptr);
          ++script.environment_starts;
          return script.environment_result;
        },
    .stop = [](graft_world_t*) { ++script.environment_stops; },
    .get_counters =
        [](graft_counter_t* counters, uint32_t capacity) {
          if (capacity > 0) counters[0] = {"stubs_reached", 7};
          return 1u;
        },
};

graft_error_t scripted_attach(const graft_driver_entry_t*, graft_attachment_t* attachment, void** out_instance) {
  ++script.attaches;
  script.attachment = attachment;
  EXPECT_TRUE(World::current()->can_block());
  if (script.block_while_attaching) World::current()->sleep_until(World::current()->now_ns() + 1'000'000);
  if (script.attach_result == GRAFT_OK || script.export_before_failing) {
    script.disks.push_back(std::make_unique<FakeDisk>());
    script.disk = script.disks.back().get();
    EXPECT_EQ(graft_attachment_export(attachment, &graft_iid_blkio, script.disk->unknown()), GRAFT_OK);
  }
  if (script.vanish_while_attaching) graft_attachment_gone(attachment);
  *out_instance = script.disk;
  return script.attach_result;
}

graft_error_t scripted_detach(const graft_driver_entry_t*, void* instance) {
  EXPECT_TRUE(World::current()->can_block());
  ++script.detaches;
  World::current()->yield();
  if (script.block_while_detaching) World::current()->sleep_until(World::current()->now_ns() + 1'000'000);
  graft_release(static_cast<FakeDisk*>(instance)->unknown());
  return script.detach_result;
}

graft_error_t scripted_parameter(const graft_driver_entry_t* entry, const char* name, const char* value) {
  EXPECT_TRUE(World::current()->can_block());
  if (strcmp(name, "depth") != 0) return GRAFT_E_NOENT;
  if (strcmp(value, "many") == 0) return GRAFT_E_INVAL;
  script.parameters += std::string(entry->name) + ":" + name + "=" + value + ";";
  return GRAFT_OK;
}

void scripted_removed(const graft_driver_entry_t*, graft_attachment_t* attachment) {
  EXPECT_EQ(attachment, script.attachment);
  ++script.removals;
}

uint32_t count_instances(const graft_driver_entry_t*, void*, graft_counter_t* counters, uint32_t capacity) {
  if (capacity > 0) counters[0] = {"requests", 42};
  return 1;
}

constexpr graft_driver_entry_t driver(const char* name,
                                      uint32_t (*matches)(const graft_driver_entry_t*, const graft_device_info_t*),
                                      const graft_environment_t* environment) {
  return {.name = name,
          .origin = "test",
          .category = "block",
          .licence = "BSD-2-Clause",
          .environment = environment,
          .data = nullptr,
          .matches = matches,
          .set_parameter = scripted_parameter,
          .attach = scripted_attach,
          .detach = scripted_detach,
          .get_counters = count_instances,
          .removed = scripted_removed};
}

const graft_driver_entry_t kGeneric = driver(
    "linux/any",
    [](const graft_driver_entry_t*, const graft_device_info_t* d) { return d->vendor == 0x1234 ? 1u : 0u; },
    &kEnvironment);
const graft_driver_entry_t kExact = driver(
    "linux/disk",
    [](const graft_driver_entry_t*, const graft_device_info_t* d) { return d->device == 0x5678 ? 9u : 0u; },
    &kEnvironment);
const graft_driver_entry_t kOther = driver(
    "bsd/any", [](const graft_driver_entry_t*, const graft_device_info_t*) { return 0u; }, nullptr);
const graft_driver_entry_t kSoft = driver(
    "native/ram",
    [](const graft_driver_entry_t* e, const graft_device_info_t* d) {
      return graft_soft_device_is_for(e, d) ? 1u : 0u;
    },
    nullptr);

}  // namespace
}  // namespace graft

extern "C" {
const graft_driver_entry_t* const graft_set_drivers[] = {&graft::kGeneric, &graft::kExact, &graft::kOther,
                                                         &graft::kSoft, nullptr};
const char graft_set_name[] = "scripted";
}

namespace graft {
namespace {

class KitTest : public testing::Test {
 protected:
  void SetUp() override {
    script = Script();
    host_.set_pci_function(0x08, &plain_);
    host_.set_pci_function(0x10, &disk_);
    host_.set_pci_function(0x18, &unknown_);
  }

  void create(std::vector<const char*> parameters = {}) {
    parameters.push_back(nullptr);
    graft_kit_options_t options{};
    options.size_bytes = sizeof(options);
    options.parameters = parameters.data();
    ASSERT_EQ(graft_kit_create(&host_.env(), &options, &kit_), GRAFT_OK);
  }

  void serve() {
    server_ = std::thread([world = graft_kit_world(kit_)] { graft_world_serve(world); });
    while (graft_world_call(
               graft_kit_world(kit_), [](void*) { return GRAFT_OK; }, nullptr) == GRAFT_E_BADSTATE) {
      std::this_thread::yield();
    }
  }

  void stop() {
    if (!server_.joinable()) return;
    graft_world_stop(graft_kit_world(kit_));
    server_.join();
  }

  void TearDown() override {
    if (kit_ != nullptr) {
      stop();
      EXPECT_EQ(graft_kit_destroy(kit_), GRAFT_OK);
    }
    EXPECT_EQ(host_.pages_in_use(), 0u);
    EXPECT_EQ(script.environment_starts, script.environment_stops + (script.environment_result != GRAFT_OK));
  }

  Device device(uint32_t index) {
    graft_device_t* d = nullptr;
    EXPECT_EQ(graft_bus_get_device(graft_kit_pci_bus(kit_), index, &d), GRAFT_OK);
    return Device(Ref<graft_device_t>::adopt(d));
  }

  static graft_device_info_t info_of(const Device& d) {
    graft_device_info_t info;
    d.get_info(&info);
    return info;
  }

  fakes::ThreadedHost host_;
  fakes::ConfigSpace plain_{0x1234, 0x0001, 0x010000};
  fakes::ConfigSpace disk_{0x1234, 0x5678, 0x010000};
  fakes::ConfigSpace unknown_{0x9999, 0x0001, 0x020000};
  graft_kit_t* kit_ = nullptr;
  std::thread server_;
};

TEST_F(KitTest, ProbeAttachesTheBestDriverOfEachDevice) {
  create();
  serve();
  EXPECT_STREQ(graft_kit_set_name(), "scripted");
  ASSERT_EQ(graft_bus_get_device_count(graft_kit_pci_bus(kit_)), 3u);
  uint32_t attached;
  EXPECT_EQ(graft_bus_probe(graft_kit_pci_bus(kit_), &attached), GRAFT_OK);
  EXPECT_EQ(attached, 2u);
  EXPECT_STREQ(info_of(device(0)).driver, "linux/any");
  EXPECT_STREQ(info_of(device(1)).driver, "linux/disk");
  EXPECT_STREQ(info_of(device(2)).driver, "");
  EXPECT_EQ(info_of(device(2)).state, static_cast<uint32_t>(GRAFT_DEVICE_UNBOUND));
  EXPECT_EQ(script.environment_starts, 1);
  EXPECT_EQ(graft_bus_probe(graft_kit_pci_bus(kit_), &attached), GRAFT_OK);
  EXPECT_EQ(attached, 0u);
  EXPECT_EQ(script.attaches, 2);
}

TEST_F(KitTest, AttachBeforeAnythingServesIsBadstate) {
  create();
  EXPECT_EQ(device(1).attach(nullptr), GRAFT_E_BADSTATE);
  EXPECT_EQ(script.attaches, 0);
}

TEST_F(KitTest, ExportsAppearAtTheDeviceAndInTheRegistryUntilDetach) {
  create();
  serve();
  Device d = device(1);
  script.block_while_attaching = true;
  ASSERT_EQ(d.attach("linux/disk"), GRAFT_OK);
  EXPECT_EQ(info_of(d).state, static_cast<uint32_t>(GRAFT_DEVICE_ATTACHED));
  EXPECT_EQ(d.attach(nullptr), GRAFT_E_EXIST);
  void* found;
  EXPECT_EQ(d.get_interface(&graft_iid_blkio, 0, &found), GRAFT_OK);
  EXPECT_EQ(found, static_cast<graft_blkio_t*>(script.disk));
  graft_release(found);
  EXPECT_EQ(d.get_interface(&graft_iid_blkio, 1, &found), GRAFT_E_NOENT);
  EXPECT_EQ(d.get_interface(&graft_iid_bus, 0, &found), GRAFT_E_NOINTERFACE);
  EXPECT_EQ(graft_services_lookup(graft_kit_services(kit_), &graft_iid_blkio, 0, &found), GRAFT_OK);
  BlkIo held(Ref<graft_blkio_t>::adopt(static_cast<graft_blkio_t*>(found)));

  EXPECT_EQ(d.detach(), GRAFT_OK);
  EXPECT_EQ(script.detaches, 1);
  EXPECT_EQ(d.detach(), GRAFT_E_BADSTATE);
  EXPECT_EQ(d.get_interface(&graft_iid_blkio, 0, &found), GRAFT_E_BADSTATE);
  EXPECT_EQ(graft_services_lookup(graft_kit_services(kit_), &graft_iid_blkio, 0, &found), GRAFT_E_NOENT);
  EXPECT_FALSE(script.disk->destroyed) << "the host still holds it";
  held.reset();
  EXPECT_TRUE(script.disk->destroyed);

  EXPECT_EQ(d.attach("disk"), GRAFT_OK) << "a short name, and a second attach";
  EXPECT_EQ(d.detach(), GRAFT_OK);
}

TEST_F(KitTest, WrongNamesAreRefused) {
  create();
  serve();
  EXPECT_EQ(device(1).attach("linux/none"), GRAFT_E_NOENT);
  EXPECT_EQ(device(1).attach("any"), GRAFT_E_NOENT) << "two drivers have that short name";
  EXPECT_EQ(device(1).attach("bsd/any"), GRAFT_E_NOENT) << "does not know the device";
  EXPECT_EQ(device(2).attach(nullptr), GRAFT_E_NOENT);
  EXPECT_EQ(script.attaches, 0);
}

TEST_F(KitTest, FailedAttachLeavesNothingBehindAndCanBeRepeated) {
  create();
  serve();
  script.attach_result = GRAFT_E_TIMEDOUT;
  script.export_before_failing = true;
  Device d = device(1);
  EXPECT_EQ(d.attach(nullptr), GRAFT_E_TIMEDOUT);
  EXPECT_EQ(info_of(d).state, static_cast<uint32_t>(GRAFT_DEVICE_FAILED));
  EXPECT_EQ(info_of(d).attach_error, GRAFT_E_TIMEDOUT);
  EXPECT_STREQ(info_of(d).driver, "");
  EXPECT_TRUE(host_.logged("linux/disk: attach failed: TIMEDOUT"));
  void* found;
  EXPECT_EQ(graft_services_lookup(graft_kit_services(kit_), &graft_iid_blkio, 0, &found), GRAFT_E_NOENT);
  EXPECT_EQ(script.disk->reference_count(), 1u);
  script.attach_result = GRAFT_OK;
  EXPECT_EQ(d.attach(nullptr), GRAFT_OK);
  graft_counter_t counters[8];
  uint32_t count;
  d.get_counters(counters, 8, &count);
  ASSERT_EQ(count, 5u);
  EXPECT_STREQ(counters[1].name, "attach_failures");
  EXPECT_EQ(counters[1].value, 1u);
  EXPECT_STREQ(counters[3].name, "exports");
  EXPECT_EQ(counters[3].value, 1u);
  EXPECT_STREQ(counters[4].name, "requests");
  d.get_counters(counters, 0, &count);
  EXPECT_EQ(count, 5u);
}

TEST_F(KitTest, DriverOfARemovedDeviceIsTakenOff) {
  create();
  serve();
  Device d = device(1);
  ASSERT_EQ(d.attach(nullptr), GRAFT_OK);
  graft_attachment_gone(script.attachment);
  EXPECT_EQ(info_of(d).state, static_cast<uint32_t>(GRAFT_DEVICE_GONE));
  graft_attachment_gone(script.attachment);
  void* interface;
  EXPECT_EQ(d.get_interface(&graft_iid_blkio, 0, &interface), GRAFT_E_GONE);
  EXPECT_EQ(d.attach(nullptr), GRAFT_E_GONE);
  for (int i = 0; i < 2000 && info_of(d).driver[0] != 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_STREQ(info_of(d).driver, "");
  EXPECT_EQ(script.removals, 1);
  EXPECT_EQ(script.detaches, 1);
  EXPECT_EQ(d.detach(), GRAFT_OK);
  EXPECT_EQ(script.detaches, 1);
  EXPECT_EQ(info_of(d).state, static_cast<uint32_t>(GRAFT_DEVICE_GONE));
}

TEST_F(KitTest, DetachWaitsForTheRemoval) {
  create();
  serve();
  Device d = device(1);
  ASSERT_EQ(d.attach(nullptr), GRAFT_OK);
  script.block_while_detaching = true;
  d.report_removal();
  EXPECT_EQ(d.detach(), GRAFT_OK);
  EXPECT_STREQ(info_of(d).driver, "");
  EXPECT_EQ(script.detaches, 1);
}

TEST_F(KitTest, DeviceRemovedDuringAttachIsGone) {
  create();
  serve();
  script.vanish_while_attaching = true;
  Device d = device(1);
  EXPECT_EQ(d.attach(nullptr), GRAFT_E_GONE);
  EXPECT_EQ(info_of(d).state, static_cast<uint32_t>(GRAFT_DEVICE_GONE));
  EXPECT_EQ(info_of(d).attach_error, GRAFT_E_GONE);
  EXPECT_EQ(script.removals, 1);
  EXPECT_EQ(script.detaches, 1);

  // The same where the driver's probe notices.
  script.attach_result = GRAFT_E_TIMEDOUT;
  d = device(0);
  EXPECT_EQ(d.attach(nullptr), GRAFT_E_GONE);
  EXPECT_EQ(info_of(d).state, static_cast<uint32_t>(GRAFT_DEVICE_GONE));
  EXPECT_EQ(script.detaches, 1);
}

TEST_F(KitTest, UnboundDeviceCanBeReportedAsRemoved) {
  create();
  serve();
  Device d = device(1);
  d.report_removal();
  EXPECT_EQ(info_of(d).state, static_cast<uint32_t>(GRAFT_DEVICE_GONE));
  EXPECT_EQ(d.attach(nullptr), GRAFT_E_GONE);
  EXPECT_EQ(d.detach(), GRAFT_OK);
  EXPECT_EQ(script.attaches, 0);
}

TEST_F(KitTest, DriverWithdrawsAnExport) {
  create();
  serve();
  Device d = device(1);
  ASSERT_EQ(d.attach(nullptr), GRAFT_OK);
  EXPECT_EQ(graft_attachment_export(script.attachment, &graft_iid_blkio, script.disk->unknown()), GRAFT_E_EXIST);
  EXPECT_EQ(graft_attachment_export(script.attachment, &graft_iid_bus, script.disk->unknown()), GRAFT_E_NOINTERFACE);
  EXPECT_EQ(graft_attachment_withdraw(script.attachment, &graft_iid_blkio, script.disk->unknown()), GRAFT_OK);
  EXPECT_EQ(graft_attachment_withdraw(script.attachment, &graft_iid_blkio, script.disk->unknown()), GRAFT_E_NOENT);
  EXPECT_EQ(script.disk->reference_count(), 1u);
}

TEST_F(KitTest, ParametersReachTheirDrivers) {
  create({"linux/disk.depth=8", "ram.depth=2"});
  EXPECT_EQ(script.parameters, "linux/disk:depth=8;native/ram:depth=2;");
  graft_driver_t* disk = graft_kit_driver(kit_, 1);
  EXPECT_EQ(graft_driver_set_parameter(disk, "depth", "9"), GRAFT_OK);
  serve();
  EXPECT_EQ(graft_driver_set_parameter(disk, "depth", "10"), GRAFT_OK);
  EXPECT_EQ(graft_driver_set_parameter(disk, "width", "10"), GRAFT_E_NOENT);
  EXPECT_EQ(graft_driver_set_parameter(disk, "depth", "many"), GRAFT_E_INVAL);
}

TEST_F(KitTest, BadParametersStopTheCreation) {
  struct Case {
    const char* parameter;
    graft_error_t error;
  } cases[] = {{"linux/none.depth=8", GRAFT_E_NOENT},
               {"linux/disk.width=8", GRAFT_E_NOENT},
               {"linux/disk.depth=many", GRAFT_E_INVAL},
               {"linux/disk", GRAFT_E_INVAL},
               {"linux/disk.depth", GRAFT_E_INVAL},
               {"linux/disk.=1", GRAFT_E_INVAL},
               {"", GRAFT_E_INVAL},
               {"any.depth=1", GRAFT_E_NOENT}};
  for (const Case& c : cases) {
    const char* parameters[] = {c.parameter, nullptr};
    graft_kit_options_t options{};
    options.size_bytes = sizeof(options);
    options.parameters = parameters;
    EXPECT_EQ(graft_kit_create(&host_.env(), &options, &kit_), c.error) << c.parameter;
    EXPECT_EQ(kit_, nullptr);
    EXPECT_EQ(host_.pages_in_use(), 0u);
  }
}

TEST_F(KitTest, DriversDescribeThemselves) {
  create();
  graft_driver_info_t info;
  graft_driver_get_info(graft_kit_driver(kit_, 3), &info);
  EXPECT_STREQ(info.name, "native/ram");
  EXPECT_STREQ(info.licence, "BSD-2-Clause");
  EXPECT_EQ(graft_kit_driver(kit_, 4), nullptr);
  graft_device_info_t disk = info_of(device(1));
  EXPECT_TRUE(graft_driver_matches(graft_kit_driver(kit_, 1), &disk));
  EXPECT_FALSE(graft_driver_matches(graft_kit_driver(kit_, 3), &disk));
}

TEST_F(KitTest, DriversMadeOfSoftwareHaveADeviceOnTheSecondBus) {
  create();
  serve();
  void* found;
  ASSERT_EQ(graft_services_lookup(graft_kit_services(kit_), &graft_iid_bus, 1, &found), GRAFT_OK);
  Bus bus(Ref<graft_bus_t>::adopt(static_cast<graft_bus_t*>(found)));
  ASSERT_EQ(bus.get_device_count(), 1u);
  uint32_t attached;
  EXPECT_EQ(bus.probe(&attached), GRAFT_OK);
  EXPECT_EQ(attached, 1u);
  graft_device_t* d;
  ASSERT_EQ(bus.get_device(0, &d), GRAFT_OK);
  Device soft(Ref<graft_device_t>::adopt(d));
  EXPECT_STREQ(info_of(soft).location, "soft:ram");
  EXPECT_STREQ(info_of(soft).driver, "native/ram");
  EXPECT_EQ(soft.detach(), GRAFT_OK);
}

TEST_F(KitTest, DetachAllDetachesAllAndReportsTheLastComplaint) {
  create();
  EXPECT_EQ(graft_kit_detach_all(kit_), GRAFT_E_BADSTATE) << "nothing serves";
  serve();
  uint32_t attached;
  EXPECT_EQ(graft_bus_probe(graft_kit_pci_bus(kit_), &attached), GRAFT_OK);
  EXPECT_EQ(device(0).detach(), GRAFT_OK);
  EXPECT_EQ(device(0).attach(nullptr), GRAFT_OK);
  script.detach_result = GRAFT_E_TIMEDOUT;
  EXPECT_EQ(graft_kit_detach_all(kit_), GRAFT_E_TIMEDOUT);
  EXPECT_EQ(script.detaches, script.attaches);
  EXPECT_EQ(info_of(device(1)).state, static_cast<uint32_t>(GRAFT_DEVICE_UNBOUND));
  EXPECT_EQ(graft_kit_detach_all(kit_), GRAFT_OK) << "nothing is left to detach";
}

/// A host that never blocks: what it may do it does by asynchronous calls, and a park would be counted.
class StacklessKit : public testing::Test {
 protected:
  void SetUp() override {
    script = Script();
    parks = 0;
    host_.set_pci_function(0x08, &plain_);
    host_.set_pci_function(0x10, &disk_);
    host_.env().thread_park = [](void*, uint64_t) { ++parks; };
    ASSERT_EQ(graft_kit_create(&host_.env(), nullptr, &kit_), GRAFT_OK);
  }

  void TearDown() override {
    EXPECT_EQ(graft_kit_destroy(kit_), GRAFT_OK);
    EXPECT_EQ(script.detaches, script.attaches);
    EXPECT_EQ(host_.pages_in_use(), 0u);
  }

  /// Runs a method as a fiber and the loop until its end.
  graft_error_t run(graft_error_t (*method)(void* kit)) {
    struct Ended : graft_async_call_t {
      int times = 0;
      graft_error_t status = GRAFT_E_FAIL;
    } call{};
    call.fn = method;
    call.arg = kit_;
    call.on_done = [](graft_async_call_t* c, graft_error_t status) {
      ++static_cast<Ended*>(c)->times;
      static_cast<Ended*>(c)->status = status;
    };
    EXPECT_EQ(graft_call_async(graft_kit_world(kit_), &call), GRAFT_OK);
    bool more = true;
    uint64_t deadline_ns = 0;
    while (more || deadline_ns != GRAFT_FOREVER) {
      EXPECT_EQ(graft_world_run(graft_kit_world(kit_), 8, &more, &deadline_ns), GRAFT_OK);
      if (!more && deadline_ns != GRAFT_FOREVER) host_.advance_to(deadline_ns);
    }
    EXPECT_EQ(call.times, 1);
    return call.status;
  }

  static graft_error_t probe(void* kit) {
    uint32_t attached;
    return graft_bus_probe(graft_kit_pci_bus(static_cast<graft_kit_t*>(kit)), &attached);
  }
  static graft_error_t detach_all(void* kit) { return graft_kit_detach_all(static_cast<graft_kit_t*>(kit)); }

  static inline int parks;
  fakes::ManualHost host_;
  fakes::ConfigSpace plain_{0x1234, 0x0001, 0x010000};
  fakes::ConfigSpace disk_{0x1234, 0x5678, 0x010000};
  graft_kit_t* kit_ = nullptr;
};

TEST_F(StacklessKit, DriversComeAndGoAndTheKitEndsWithoutAWait) {
  script.block_while_attaching = true;
  EXPECT_EQ(run(probe), GRAFT_OK);
  EXPECT_EQ(script.attaches, 2);
  EXPECT_EQ(run(detach_all), GRAFT_OK);
  EXPECT_EQ(script.detaches, 2);
  EXPECT_EQ(graft_kit_destroy(kit_), GRAFT_OK);
  EXPECT_EQ(parks, 0);
  ASSERT_EQ(graft_kit_create(&host_.env(), nullptr, &kit_), GRAFT_OK);
}

TEST_F(StacklessKit, BlockingMethodsAreRefusedInTheLoop) {
  EXPECT_EQ(probe(kit_), GRAFT_E_BADSTATE);
  EXPECT_EQ(detach_all(kit_), GRAFT_E_BADSTATE);
  EXPECT_EQ(run(probe), GRAFT_OK);
  EXPECT_EQ(probe(kit_), GRAFT_E_BADSTATE);
  EXPECT_EQ(parks, 0);
}

TEST_F(KitTest, HeldInterfacesKeepTheKit) {
  create();
  serve();
  ASSERT_EQ(device(1).attach(nullptr), GRAFT_OK);
  void* found;
  ASSERT_EQ(device(1).get_interface(&graft_iid_blkio, 0, &found), GRAFT_OK);
  stop();
  EXPECT_EQ(graft_kit_destroy(kit_), GRAFT_E_BUSY);
  EXPECT_EQ(script.detaches, 0);
  graft_release(found);
  Device d = device(0);
  EXPECT_EQ(graft_kit_destroy(kit_), GRAFT_E_BUSY);
  d.reset();
  EXPECT_EQ(graft_kit_destroy(kit_), GRAFT_OK);
  EXPECT_EQ(script.detaches, 1);
  kit_ = nullptr;
}

TEST_F(KitTest, ServicesRefuseWhatIsWrong) {
  create();
  graft_services_t* services = graft_kit_services(kit_);
  FakeDisk disk;
  EXPECT_EQ(graft_services_add(services, &graft_iid_bus, disk.unknown()), GRAFT_E_NOINTERFACE);
  EXPECT_EQ(graft_services_remove(services, &graft_iid_blkio, disk.unknown()), GRAFT_E_NOENT);
  EXPECT_EQ(graft_services_add(services, &graft_iid_blkio, disk.unknown()), GRAFT_OK);
  EXPECT_EQ(graft_services_add(services, &graft_iid_blkio, disk.unknown()), GRAFT_E_EXIST);
  EXPECT_EQ(disk.reference_count(), 2u);
  EXPECT_EQ(graft_services_remove(services, &graft_iid_blkio, disk.unknown()), GRAFT_OK);
  EXPECT_EQ(disk.reference_count(), 1u);
}

TEST_F(KitTest, CountersOfKitAndEnvironments) {
  create();
  graft_counter_t counters[32];
  uint32_t count;
  graft_kit_get_counters(kit_, counters, 32, &count);
  ASSERT_LE(count, 32u);
  EXPECT_STREQ(counters[count - 1].name, "stubs_reached");
  EXPECT_EQ(counters[count - 1].value, 7u);
  uint32_t all = count;
  graft_kit_get_counters(kit_, counters, 2, &count);
  EXPECT_EQ(count, all);
}

TEST_F(KitTest, EnvironmentThatDoesNotStartStopsTheCreation) {
  script.environment_result = GRAFT_E_FAIL;
  EXPECT_EQ(graft_kit_create(&host_.env(), nullptr, &kit_), GRAFT_E_FAIL);
  EXPECT_EQ(kit_, nullptr);
}

TEST_F(KitTest, RefusesAnUnknownAdapter) {
  graft_kit_options_t options{};
  options.size_bytes = sizeof(options);
  options.adapter = 17;
  EXPECT_EQ(graft_kit_create(&host_.env(), &options, &kit_), GRAFT_E_INVAL);
}

TEST_F(KitTest, EveryFailedAllocationOfTheCreationIsNomemWithoutALeak) {
  int64_t successes = 0;
  const char* parameters[] = {"linux/disk.depth=8", nullptr};
  graft_kit_options_t options{};
  options.size_bytes = sizeof(options);
  options.parameters = parameters;
  for (;; ++successes) {
    host_.fail_page_alloc_after(successes);
    graft_error_t error = graft_kit_create(&host_.env(), &options, &kit_);
    if (error == GRAFT_OK) break;
    EXPECT_EQ(error, GRAFT_E_NOMEM);
    EXPECT_EQ(host_.pages_in_use(), 0u);
    ASSERT_LT(successes, 1000);
  }
  host_.fail_page_alloc_after(-1);
  EXPECT_GT(successes, 5);
}

}  // namespace
}  // namespace graft
