// SPDX-License-Identifier: GPL-2.0-only
/// The donor headers in which the functions of stubs.txt are declared.
#ifndef GRAFT_LINUX_EMU_EMUL_STUB_HEADERS_H
#define GRAFT_LINUX_EMU_EMUL_STUB_HEADERS_H

#include <linux/blkdev.h>
#include <linux/ethtool.h>
#include <linux/filter.h>
#include <linux/netdevice.h>
#include <linux/pagemap.h>
#include <linux/pci.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/uio.h>
#include <net/failover.h>
#include <net/gen_stats.h>
#include <net/net_failover.h>
#include <net/sock.h>
#include <net/tcp.h>
#include <net/xdp.h>

#endif
