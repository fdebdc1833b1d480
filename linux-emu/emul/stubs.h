// SPDX-License-Identifier: GPL-2.0-only
/// Donor functions that nothing here carries out. Generated with the donor's prototypes (tools/make_stubs.py); each
/// fails its caller with an error and counts that it was called.
#ifndef GRAFT_LINUX_EMU_EMUL_STUBS_H
#define GRAFT_LINUX_EMU_EMUL_STUBS_H

struct lx_stub {
  const char* name;  ///< "stub:register_netevent_notifier"
  const unsigned long* calls;
};
extern const struct lx_stub lx_stubs[];
extern const unsigned int lx_stub_count;

#endif
