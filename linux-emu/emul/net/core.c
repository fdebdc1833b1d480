// SPDX-License-Identifier: GPL-2.0-only
// What the donor's device layer stands on here: one network namespace, the RTNL lock, devices without sysfs.
#include <linux/device.h>
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/linkmode.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <net/gen_stats.h>
#include <net/net_failover.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "linux-emu/boundary/driver.h"
#include "linux-emu/boundary/net.h"
#include "net/core/dev.h"

// Static functions of donor files, see INITCALLS in core.bzl.
int init_default_flow_dissectors(void);
int net_dev_init(void);

// ---- The one namespace
// -----------------------------------------------------------------------------------------------

struct net init_net = {.ns.count = REFCOUNT_INIT(1)};
LIST_HEAD(net_namespace_list);
DECLARE_RWSEM(net_rwsem);
DECLARE_RWSEM(pernet_ops_rwsem);

static int register_operations(struct pernet_operations* operations) {
  if (operations->id) *operations->id = 0;
  return operations->init ? operations->init(&init_net) : 0;
}

int register_pernet_subsys(struct pernet_operations* operations) { return register_operations(operations); }

int register_pernet_device(struct pernet_operations* operations) { return register_operations(operations); }

void unregister_pernet_subsys(struct pernet_operations* operations) {
  if (operations->exit) operations->exit(&init_net);
}

void unregister_pernet_device(struct pernet_operations* operations) { unregister_pernet_subsys(operations); }

// No loopback device: the host has its own.
struct pernet_operations loopback_net_ops = {};

// ---- RTNL
// ------------------------------------------------------------------------------------------------------------

static DEFINE_MUTEX(rtnl);

void rtnl_lock(void) { mutex_lock(&rtnl); }

int rtnl_lock_killable(void) { return mutex_lock_killable(&rtnl); }

int rtnl_trylock(void) { return mutex_trylock(&rtnl); }

int rtnl_is_locked(void) { return mutex_is_locked(&rtnl); }

void __rtnl_unlock(void) { mutex_unlock(&rtnl); }

/// Devices that were unregistered under the lock go away after it.
void rtnl_unlock(void) { netdev_run_todo(); }

bool refcount_dec_and_rtnl_lock(refcount_t* count) { return refcount_dec_and_mutex_lock(count, &rtnl); }

// Nobody listens to netlink.
void rtmsg_ifinfo(int type, struct net_device* dev, unsigned int change, gfp_t flags, u32 portid,
                  const struct nlmsghdr* header) {}

struct sk_buff* rtmsg_ifinfo_build_skb(int type, struct net_device* dev, unsigned int change, u32 event, gfp_t flags,
                                       int* new_nsid, int new_ifindex, u32 portid, u32 sequence) {
  return NULL;
}

void rtmsg_ifinfo_send(struct sk_buff* skb, struct net_device* dev, gfp_t flags, u32 portid,
                       const struct nlmsghdr* header) {
  kfree_skb(skb);
}

// ---- Devices without sysfs
// -------------------------------------------------------------------------------------------

static void release_device(struct device* dev) { netdev_freemem(to_net_dev(dev)); }

static struct class net_class = {
    .name = "net",
    .dev_release = release_device,
};

int netdev_kobject_init(void) { return class_register(&net_class); }

int netdev_register_kobject(struct net_device* netdev) {
  struct device* dev = &netdev->dev;

  device_initialize(dev);
  dev->class = &net_class;
  dev->platform_data = netdev;
  dev_set_name(dev, "%s", netdev->name);
  return device_add(dev);
}

void netdev_unregister_kobject(struct net_device* netdev) {
  struct device* dev = &netdev->dev;

  dev_set_uevent_suppress(dev, 1);
  // The reference that netdev_run_todo() gives back.
  kobject_get(&dev->kobj);
  device_del(dev);
}

int netdev_queue_update_kobjects(struct net_device* netdev, int old_count, int new_count) { return 0; }

int net_rx_queue_update_kobjects(struct net_device* netdev, int old_count, int new_count) { return 0; }

// ---- Receive-side scaling key, checksums
// -----------------------------------------------------------------------------

void netdev_rss_key_fill(void* buffer, size_t bytes) { get_random_bytes(buffer, bytes); }

__sum16 csum_ipv6_magic(const struct in6_addr* source, const struct in6_addr* destination, __u32 length, __u8 protocol,
                        __wsum sum) {
  u64 total = (__force u32)sum;
  int i;

  for (i = 0; i < 4; ++i) total += (__force u32)source->s6_addr32[i] + (u64)(__force u32)destination->s6_addr32[i];
  total += (__force u32)htonl(length);
  total += (__force u32)htonl(protocol);
  total = (total & U32_MAX) + (total >> 32);
  total = (total & U32_MAX) + (total >> 32);
  return csum_fold((__force __wsum)total);
}

// ---- ethtool, as far as drivers use it for themselves ---------------------------------------------------------------

int ethtool_check_ops(const struct ethtool_ops* ops) { return 0; }

void ethtool_convert_legacy_u32_to_link_mode(unsigned long* to, u32 legacy) {
  linkmode_zero(to);
  to[0] = legacy;
}

bool ethtool_convert_link_mode_to_legacy_u32(u32* legacy, const unsigned long* from) {
  *legacy = from[0];
  return find_next_bit(from, __ETHTOOL_LINK_MODE_MASK_NBITS, 32) >= __ETHTOOL_LINK_MODE_MASK_NBITS;
}

u32 ethtool_op_get_link(struct net_device* dev) { return netif_carrier_ok(dev); }

// Rate estimators are made by user space only, so there is none to end.
void gen_kill_estimator(struct net_rate_estimator __rcu** estimator) {}

// A driver ends what it may never have made: making one fails, so there is none.
void net_failover_destroy(struct failover* failover) {}

int sysctl_tstamp_allow_data;
struct net_device* blackhole_netdev;

// ---- Start
// -----------------------------------------------------------------------------------------------------------

int lx_net_core_start(void) {
  int error;

  skb_init();
  error = init_default_flow_dissectors();
  if (!error) error = net_dev_init();
  if (!error) error = lx_net_start();
  return error;
}
