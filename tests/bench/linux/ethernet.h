// SPDX-License-Identifier: BSD-2-Clause
/// Ethernet interfaces of the baseline, and pktgen, which sends through them.
#ifndef GRAFT_TESTS_BENCH_LINUX_ETHERNET_H
#define GRAFT_TESTS_BENCH_LINUX_ETHERNET_H

#include <stdbool.h>

typedef struct pktgen_form {
  const char* name;
  int packet_bytes;
  const char* clone_skb;
  const char* burst;
  const char* more;         ///< one more command, or null
  const char* destination;  ///< the MAC address it sends to; null: one that nobody has
} pktgen_form_t;

/// Brings an interface up and waits for its carrier.
void bring_up(const char* name);

/// Takes an interface's packets for other addresses too, or not.
void set_promiscuous(const char* name, bool on);

/// Has the stack coalesce what an interface receives (GRO), or not.
void set_coalescing(const char* name, bool on);

/// Returns how many packets an interface has received.
long count_received(const char* name);

/// Has the sending thread of the first processor use this interface and no other, with nothing configured.
void pktgen_use(const char* name);

/// Says what the next run sends.
void pktgen_configure(const pktgen_form_t* form, int packets);

/// Opens the file for pktgen_run().
int pktgen_open_start(void);

/// Sends; returns when the last packet is sent.
void pktgen_run(int start);

/// Returns how many packets the last run really sent, a few more than asked for if the last burst was larger; a run
/// with errors, or with fewer than `least` packets, measures something else and ends here.
int pktgen_count_sent(int least);

#endif
