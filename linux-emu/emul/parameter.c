// SPDX-License-Identifier: GPL-2.0-only
// Parameters of drivers, set by the donors' own parsers.
#include <graft/error.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "linux-emu/boundary/environment.h"

int32_t lx_set_parameter(const void* first, const void* end, const char* name, const char* value) {
  const struct kernel_param* parameter;
  const char* kept;
  int error;

  for (parameter = first; parameter < (const struct kernel_param*)end; ++parameter) {
    if (!parameq(parameter->name, name)) continue;
    // A string parameter keeps a pointer to its value.
    kept = kstrdup(value, GFP_KERNEL);
    if (!kept) return GRAFT_E_NOMEM;
    kernel_param_lock(NULL);
    error = parameter->ops->set(kept, parameter);
    kernel_param_unlock(NULL);
    if (parameter->ops != &param_ops_charp) kfree(kept);
    return error ? GRAFT_E_INVAL : GRAFT_OK;
  }
  return GRAFT_E_NOENT;
}
