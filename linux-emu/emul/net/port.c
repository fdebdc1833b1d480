// SPDX-License-Identifier: GPL-2.0-only
/// Ports: network devices that donor drivers register, found through the donor's own notifier chain.
#include "linux-emu/emul/net/port.h"

#include <linux/ethtool.h>
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "linux-emu/emul/pci/attachment.h"

static void added(struct net_device* dev) {
  struct lx_net_port* port;
  void* attachment = dev->dev.parent ? lx_pci_attachment_of(dev->dev.parent) : NULL;

  if (!attachment || dev->type != ARPHRD_ETHER) return;
  port = kzalloc(sizeof(*port), GFP_KERNEL);
  if (!port) {
    netdev_err(dev, "no memory for the port; the interface is not exported\n");
    return;
  }
  port->dev = dev;
  port->txq = netdev_get_tx_queue(dev, 0);
  skb_queue_head_init(&port->pending);
  tasklet_setup(&port->deliver, lx_net_rx_deliver_pending);
  if (lx_net_tx_install_space_event(port) || netdev_rx_handler_register(dev, lx_net_rx_handler, port)) {
    netdev_err(dev, "cannot hook the interface; it is not exported\n");
    kfree(port);
    return;
  }
  port->kit_port = lxk_net_port_added(port, attachment, dev->name);
  if (!port->kit_port) {
    netdev_rx_handler_unregister(dev);
    kfree(port);
  }
}

static void removed(struct net_device* dev) {
  struct lx_net_port* port = lx_net_port_of(dev);

  if (!port) return;
  netdev_rx_handler_unregister(dev);
  tasklet_kill(&port->deliver);
  skb_queue_purge(&port->pending);
  lxk_net_port_removed(port->kit_port);
  lx_net_tx_drop_ring(port);
  lx_net_tx_drop_heads();
  kfree(port);
}

static int on_event(struct notifier_block* block, unsigned long event, void* info) {
  struct net_device* dev = netdev_notifier_info_to_dev(info);
  struct lx_net_port* port = lx_net_port_of(dev);

  switch (event) {
    case NETDEV_REGISTER:
      added(dev);
      break;
    case NETDEV_UNREGISTER:
      removed(dev);
      break;
    case NETDEV_UP:
    case NETDEV_DOWN:
    case NETDEV_CHANGE:
      if (port) lxk_net_link_changed(port->kit_port);
      break;
  }
  return NOTIFY_DONE;
}

static struct notifier_block events = {.notifier_call = on_event};

int lx_net_start(void) { return register_netdevice_notifier(&events); }

void lx_net_lock(void) { rtnl_lock(); }

void lx_net_unlock(void) { rtnl_unlock(); }

int lx_net_open(struct lx_net_port* port) { return dev_open(port->dev, NULL); }

void lx_net_close(struct lx_net_port* port) {
  dev_close(port->dev);
  skb_queue_purge(&port->pending);
  port->space_wanted = false;
}

int lx_net_set_mtu(struct lx_net_port* port, unsigned mtu) { return dev_set_mtu(port->dev, mtu); }

int lx_net_set_multicast(struct lx_net_port* port, const unsigned char* groups, unsigned count) {
  unsigned i;
  int rc = 0;

  dev_mc_flush(port->dev);
  for (i = 0; i < count && !rc; i++) rc = dev_mc_add(port->dev, groups + i * ETH_ALEN);
  return rc;
}

int lx_net_set_promiscuous(struct lx_net_port* port, bool on) {
  int rc;

  if (on == port->promiscuous) return 0;
  rc = dev_set_promiscuity(port->dev, on ? 1 : -1);
  if (!rc) port->promiscuous = on;
  return rc;
}

void lx_net_get_address(const struct lx_net_port* port, unsigned char out_address[6]) {
  memcpy(out_address, port->dev->dev_addr, ETH_ALEN);
}

unsigned lx_net_get_mtu(const struct lx_net_port* port) { return port->dev->mtu; }

void lx_net_get_features(const struct lx_net_port* port, struct lx_net_features* out_features) {
  netdev_features_t features = port->dev->features;

  *out_features = (struct lx_net_features){
      .gather = !!(features & NETIF_F_SG),
      .checksum = !!(features & NETIF_F_HW_CSUM) || (features & NETIF_F_IP_CSUM && features & NETIF_F_IPV6_CSUM),
      .vlan_insert = !!(features & NETIF_F_HW_VLAN_CTAG_TX),
      .tso4 = !!(features & NETIF_F_TSO),
      .tso6 = !!(features & NETIF_F_TSO6),
      .max_fragments = MAX_SKB_FRAGS,
      .min_mtu = port->dev->min_mtu,
      .max_mtu = port->dev->max_mtu,
  };
}

void lx_net_get_link(const struct lx_net_port* port, struct lx_net_link* out_link) {
  struct ethtool_link_ksettings settings = {};
  const struct ethtool_ops* ops = port->dev->ethtool_ops;

  *out_link = (struct lx_net_link){.up = netif_running(port->dev) && netif_carrier_ok(port->dev)};
  if (!out_link->up || !ops || !ops->get_link_ksettings) return;
  if (ops->get_link_ksettings(port->dev, &settings)) return;
  if (settings.base.speed != (u32)SPEED_UNKNOWN) out_link->speed_mbit = settings.base.speed;
  out_link->full_duplex = settings.base.duplex == DUPLEX_FULL;
}

void lx_net_get_counters(const struct lx_net_port* port, struct lx_net_counters* out_counters) {
  struct rtnl_link_stats64 stats;

  dev_get_stats(port->dev, &stats);
  *out_counters = (struct lx_net_counters){
      .rx_packets = stats.rx_packets,
      .rx_bytes = stats.rx_bytes,
      .rx_errors = stats.rx_errors,
      .rx_dropped = stats.rx_dropped + stats.rx_missed_errors,
      .tx_packets = stats.tx_packets,
      .tx_bytes = stats.tx_bytes,
      .tx_errors = stats.tx_errors,
      .tx_dropped = stats.tx_dropped,
      .tx_small_bytes = port->small_bytes,
      .rx_malformed = port->malformed + stats.rx_length_errors + stats.rx_crc_errors + stats.rx_frame_errors,
  };
}

void lx_net_poll(struct lx_net_port* port) {
  struct napi_struct* napi;

  list_for_each_entry(napi, &port->dev->napi_list, dev_list) napi_schedule(napi);
}
