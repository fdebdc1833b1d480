// SPDX-License-Identifier: BSD-2-Clause
#include "drivers/native/parameter.hpp"

namespace graft::native {
namespace {

bool equal(const char* a, const char* b) {
  for (; *a != 0 && *a == *b; ++a, ++b) {
  }
  return *a == *b;
}

bool parse(const char* text, uint64_t* out) {
  uint64_t value = 0;
  if (*text < '0' || *text > '9') return false;
  for (; *text >= '0' && *text <= '9'; ++text) {
    if (__builtin_mul_overflow(value, uint64_t{10}, &value)) return false;
    if (__builtin_add_overflow(value, static_cast<uint64_t>(*text - '0'), &value)) return false;
  }
  uint64_t unit = *text == 'k' ? 1024 : *text == 'M' ? 1024 * 1024 : 1;
  if (unit != 1) ++text;
  if (*text != 0 || __builtin_mul_overflow(value, unit, &value)) return false;
  *out = value;
  return true;
}

}  // namespace

graft_error_t set_parameter(const Parameter* parameters, size_t count, const char* name, const char* value) {
  for (size_t i = 0; i < count; ++i) {
    const Parameter& p = parameters[i];
    if (!equal(p.name, name)) continue;
    uint64_t number;
    if (!parse(value, &number) || number < p.minimum || number > p.maximum) return GRAFT_E_INVAL;
    if (p.wide != nullptr) *p.wide = number;
    if (p.narrow != nullptr) *p.narrow = static_cast<uint32_t>(number);
    if (p.flag != nullptr) *p.flag = number != 0;
    return GRAFT_OK;
  }
  return GRAFT_E_NOENT;
}

}  // namespace graft::native
