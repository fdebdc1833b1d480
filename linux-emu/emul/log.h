// SPDX-License-Identifier: GPL-2.0-only
#ifndef GRAFT_LINUX_EMU_EMUL_LOG_H
#define GRAFT_LINUX_EMU_EMUL_LOG_H

/// Warnings that donors raised (WARN_ON and the like).
extern unsigned long lx_warnings;

#endif
