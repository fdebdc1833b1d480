// SPDX-License-Identifier: BSD-2-Clause
#include <graft/ladder.h>

#include "glue/ladder/climb.hpp"

namespace {

using namespace graft::ladder;

struct Rung {
  const char* name;
  Verdict (*check)(Climb& climb);
};

constexpr Rung kRungs[] = {
    {"table", check_table},         {"print", check_print},
    {"allocate", check_allocate},   {"dma", check_dma},
    {"registers", check_registers}, {"pci", check_pci},
    {"clock", check_clock},         {"timer", check_timer},
    {"wake", check_wake},           {"interrupt", check_interrupt},
    {"message", check_message},     {"entropy", check_entropy},
    {"block", check_block},         {"packet", check_packet},
};

/// A copy of a caller's structure, as long as both sides know it, the rest zero.
template <typename T>
T copy_of(const T* from) {
  T copy{};
  if (from == nullptr) return copy;
  const size_t bytes = from->size_bytes < sizeof copy ? from->size_bytes : sizeof copy;
  __builtin_memcpy(&copy, from, bytes);
  return copy;
}

}  // namespace

extern "C" graft_error_t graft_ladder_climb(const graft_osenv_t* env, const graft_ladder_options_t* options,
                                            graft_ladder_report_t report, void* arg, const char* flags_fault) {
  if (env == nullptr) return GRAFT_E_INVAL;
  const graft_osenv_t env_copy = copy_of(env);
  const graft_ladder_options_t options_copy = copy_of(options);
  Climb climb(env_copy, options_copy, report, arg);
  climb.flags_fault = flags_fault;
  climb.stack_is_aligned = is_frame_aligned(__builtin_frame_address(0));
  for (const Rung& rung : kRungs) {
    climb.rung = rung.name;
    const Verdict verdict = rung.check(climb);
    climb.report(verdict);
    if (verdict.status == GRAFT_LADDER_BROKEN) return GRAFT_E_FAIL;
  }
  return GRAFT_OK;
}
