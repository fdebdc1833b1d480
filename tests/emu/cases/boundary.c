// SPDX-License-Identifier: BSD-2-Clause
// What crosses the boundary: error numbers, driver parameters, stubs, firmware.
#include <linux/errno.h>
#include <linux/ethtool.h>
#include <linux/firmware.h>
#include <linux/moduleparam.h>
#include <linux/netdevice.h>
#include <linux/slab.h>

#include "graft/error.h"
#include "linux-emu/boundary/environment.h"
#include "linux-emu/emul/stubs.h"
#include "tests/emu/case.h"

static void every_errno_has_a_code(void) {
  int number, translated = 0;

  CHECK(lx_error(0) == GRAFT_OK && lx_errno(GRAFT_OK) == 0);
  for (number = 1; number < 600; ++number) {
    int32_t error = lx_error(-number);

    CHECK(error < 0 && error == lx_error(number));
    CHECK(*graft_error_name(error) != '?');
    if (error == GRAFT_E_FAIL) continue;
    ++translated;
    // Back and forth may change the number, never the meaning.
    CHECK(lx_error(lx_errno(error)) == error);
  }
  CHECK(translated >= 30);
  CHECK(lx_error(-ENOMEM) == GRAFT_E_NOMEM && lx_errno(GRAFT_E_NOMEM) == -ENOMEM);
  CHECK(lx_error(-ETIMEDOUT) == GRAFT_E_TIMEDOUT);
  CHECK(lx_error(-EIO) == GRAFT_E_IO);
  CHECK(lx_error(-ENODEV) == GRAFT_E_GONE);
  CHECK(lx_error(-EOPNOTSUPP) == GRAFT_E_NOTSUP);
  CHECK(lx_error(-599) == GRAFT_E_FAIL);
}

static int depth = 3;
static bool fancy;
static char* label = "none";
static unsigned int sizes[4];
static unsigned int size_count;

static const struct kparam_array sizes_array = {
    .max = 4, .elemsize = sizeof(sizes[0]), .num = &size_count, .ops = &param_ops_uint, .elem = sizes};

static const struct kernel_param parameters[] = {
    {.name = "depth", .ops = &param_ops_int, .arg = &depth},
    {.name = "fancy-name", .ops = &param_ops_bool, .arg = &fancy},
    {.name = "label", .ops = &param_ops_charp, .arg = &label},
    {.name = "sizes", .ops = &param_array_ops, .arr = &sizes_array},
};

static int32_t set(const char* name, const char* value) {
  return lx_set_parameter(parameters, parameters + ARRAY_SIZE(parameters), name, value);
}

static void parameters_are_parsed_by_the_donor(void) {
  CHECK(set("depth", "0x20") == GRAFT_OK && depth == 32);
  CHECK(set("depth", "many") == GRAFT_E_INVAL && depth == 32);
  // Hyphen and underscore are the same to the donor.
  CHECK(set("fancy_name", "y") == GRAFT_OK && fancy);
  CHECK(set("label", "seven") == GRAFT_OK && !strcmp(label, "seven"));
  CHECK(set("sizes", "256,512") == GRAFT_OK && size_count == 2 && sizes[1] == 512);
  CHECK(set("sizes", "1,2,3,4,5") == GRAFT_E_INVAL);
  CHECK(set("width", "1") == GRAFT_E_NOENT);
}

static unsigned long calls_of(const char* name) {
  unsigned int i;

  for (i = 0; i < lx_stub_count; ++i) {
    if (!strcmp(lx_stubs[i].name + strlen("stub:"), name)) return *lx_stubs[i].calls;
  }
  return ~0ul;
}

static void stubs_fail_and_count(void) {
  unsigned long before = calls_of("ethtool_op_get_ts_info");

  CHECK(before != ~0ul);
  CHECK(ethtool_op_get_ts_info(NULL, NULL) == -EOPNOTSUPP);
  CHECK(calls_of("ethtool_op_get_ts_info") == before + 1);
}

static void counters_are_named(void) {
  lx_counter_t few[3], all[64];
  uint32_t count = lx_get_counters(few, 3);

  CHECK(count > 3 && count <= 64);
  CHECK(lx_get_counters(all, 64) == count);
  CHECK(!strcmp(all[0].name, "lx_pages_in_use") && all[0].value > 0);
}

static void missing_firmware_is_an_error(void) {
  const struct firmware* firmware = (void*)1;

  CHECK(request_firmware(&firmware, "case/none.bin", NULL) == -ENOENT);
  CHECK(!firmware);
  release_firmware(firmware);
}

const struct lx_case lx_cases_boundary[] = {
    {"every_errno_has_a_code", every_errno_has_a_code},
    {"parameters_are_parsed_by_the_donor", parameters_are_parsed_by_the_donor},
    {"stubs_fail_and_count", stubs_fail_and_count},
    {"counters_are_named", counters_are_named},
    {"missing_firmware_is_an_error", missing_firmware_is_an_error},
    {},
};
