/* SPDX-License-Identifier: BSD-2-Clause */
/* lwIP's configuration: one thread, raw API, TCP + ICMP over IPv4. Names and defaults: lwIP's opt.h. */
#ifndef GRAFT_LWIPOPTS_H
#define GRAFT_LWIPOPTS_H

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define LWIP_SINGLE_NETIF 1
#define LWIP_NETIF_STATUS_CALLBACK 0
#define LWIP_NETIF_LINK_CALLBACK 0
#define LWIP_NETIF_TX_SINGLE_PBUF 0

#define LWIP_IPV4 1
#define LWIP_IPV6 0
#define LWIP_ARP 1
#define LWIP_ICMP 1
#define LWIP_TCP 1
#define LWIP_UDP 0
#define LWIP_RAW 0
#define LWIP_DHCP 0
#define LWIP_IGMP 0
#define LWIP_DNS 0
#define IP_FORWARD 0
#define IP_REASSEMBLY 1
#define IP_FRAG 1
#define MEMP_NUM_REASSDATA 8
#define IP_REASS_MAX_PBUFS 64
#define MEMP_NUM_FRAG_PBUF 64
#define ARP_QUEUEING 1
#define MEMP_NUM_ARP_QUEUE 64
#define ARP_QUEUE_LEN 16

/* Memory. Packet heads and copied data come from the heap the port supplies, in memory that devices can reach. */
#define MEM_ALIGNMENT 8
#define GRAFT_LWIP_HEAP_BYTES (3u << 20)
#define MEM_SIZE (GRAFT_LWIP_HEAP_BYTES - 4096u)
#define LWIP_RAM_HEAP_POINTER graft_lwip_heap
#define MEMP_NUM_TCP_PCB 96
#define MEMP_NUM_TCP_PCB_LISTEN 4
#define MEMP_NUM_TCP_SEG 8192
#define MEMP_NUM_PBUF 8192
#define PBUF_POOL_SIZE 64
#define LWIP_SUPPORT_CUSTOM_PBUF 1
#define SO_REUSE 1 /* a server can be started again while connections of its predecessor are in TIME-WAIT */

/* TCP. Requests are small and answers large, so the receive window needs no scaling; window scaling is on for the
   peer's window, which then may exceed 64 KiB. */
#define TCP_MSS 1460
#define LWIP_WND_SCALE 1
#define TCP_RCV_SCALE 0
#define TCP_WND 65535u
#define TCP_SND_BUF (256u * 1024)
#define TCP_SND_QUEUELEN 1024
#define TCP_SNDLOWAT 32768
#define TCP_SNDQUEUELOWAT 512
#define TCP_QUEUE_OOSEQ 1
#define LWIP_TCP_SACK_OUT 1
#define TCP_LISTEN_BACKLOG 1
#define TCP_DEFAULT_LISTEN_BACKLOG 64
#define LWIP_DISABLE_TCP_SANITY_CHECKS 1 /* its only complaint: the receive window exceeds a pool that is not used */

/* Checksums can be left to a device, chosen per interface. */
#define LWIP_CHECKSUM_CTRL_PER_NETIF 1
#define LWIP_CHKSUM graft_lwip_checksum
#define LWIP_CHECKSUM_ON_COPY 0

#define LWIP_STATS 1
#define LWIP_STATS_LARGE 1
#define LWIP_STATS_DISPLAY 0
#define MEM_STATS 1
#define MEMP_STATS 1
#define SYS_STATS 0

/* Unpredictable initial sequence numbers. */
#define LWIP_HOOK_TCP_ISN(local_ip, local_port, remote_ip, remote_port) graft_lwip_random()

#endif
