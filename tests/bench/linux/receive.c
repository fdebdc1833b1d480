// SPDX-License-Identifier: BSD-2-Clause
/// Packets from eth0 to eth1 on the same hub. The sender is the same in every form, and one form sends to an address
/// that nobody has, which eth1's device drops itself: what it costs less than the others is what receiving costs.
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/bench/linux/common.h"
#include "tests/bench/linux/ethernet.h"
#include "tests/bench/linux/filter.h"

enum { PACKETS = 10000, WARM_UP_PACKETS = 2000, SAMPLES = 5, SETTLE_US = 50000, READY_US = 2000000 };

#define RECEIVER "52:54:00:00:00:02"
// A protocol that the kernel has no handler for.
#define UNKNOWN "mpls 00001040"
#define SENDER(bytes) bytes, "clone_skb 100000", "burst 32"

typedef enum setup {
  PLAIN,
  PROMISCUOUS,
  COALESCING,
  PROMISCUOUS_COALESCING,
  XDP_DROPS,
  INGRESS_DROPS,
} setup_t;

typedef struct receive_form {
  pktgen_form_t sent;
  bool arrives;
  setup_t setup;
} receive_form_t;

// The label of an unknown protocol makes the smallest packet of pktgen two bytes longer.
static const receive_form_t kForms[] = {
    {{"60B,sent", SENDER(60), NULL, NULL}, false, PLAIN},
    {{"60B,other_host,gro=off", SENDER(60), NULL, NULL}, true, PROMISCUOUS},
    {{"60B,other_host,gro=on", SENDER(60), NULL, NULL}, true, PROMISCUOUS_COALESCING},
    {{"60B,xdp_generic_drop", SENDER(60), NULL, RECEIVER}, true, XDP_DROPS},
    {{"60B,tc_ingress_drop,gro=off", SENDER(60), NULL, RECEIVER}, true, INGRESS_DROPS},
    {{"62B,sent", SENDER(62), UNKNOWN, NULL}, false, PLAIN},
    {{"62B,unknown_protocol,gro=off", SENDER(62), UNKNOWN, RECEIVER}, true, PLAIN},
    {{"62B,unknown_protocol,gro=on", SENDER(62), UNKNOWN, RECEIVER}, true, COALESCING},
    {{"1514B,sent", SENDER(1514), UNKNOWN, NULL}, false, PLAIN},
    {{"1514B,unknown_protocol,gro=off", SENDER(1514), UNKNOWN, RECEIVER}, true, PLAIN},
    {{"1514B,unknown_protocol,gro=on", SENDER(1514), UNKNOWN, RECEIVER}, true, COALESCING},
    {{"1514B,xdp_generic_drop", SENDER(1514), UNKNOWN, RECEIVER}, true, XDP_DROPS},
    {{"1514B,tc_ingress_drop,gro=off", SENDER(1514), UNKNOWN, RECEIVER}, true, INGRESS_DROPS},
};

enum { FORMS = sizeof(kForms) / sizeof(kForms[0]) };

static void run(int start) {
  pktgen_run(start);
  // The last interrupt may be late by the device's throttling.
  usleep(SETTLE_US);
}

static void measure(unsigned region, const receive_form_t* form) {
  pktgen_use("eth0");
  setup_t setup = form->setup;
  set_promiscuous("eth1", setup == PROMISCUOUS || setup == PROMISCUOUS_COALESCING);
  set_coalescing("eth1", setup == COALESCING || setup == PROMISCUOUS_COALESCING);
  if (setup == XDP_DROPS) set_xdp_drop("eth1", true);
  if (setup == INGRESS_DROPS) set_ingress_drop("eth1", true);
  // QEMU's device takes packets only one second after its receive control register was written.
  usleep(READY_US);
  int start = pktgen_open_start();
  pktgen_configure(&form->sent, WARM_UP_PACKETS);
  run(start);
  pktgen_configure(&form->sent, PACKETS);
  for (int i = 0; i < SAMPLES; ++i) {
    long before = count_received("eth1");
    begin_region(region);
    run(start);
    end_region(region);
    int sent = pktgen_count_sent(PACKETS);
    long received = count_received("eth1") - before;
    if (received != (form->arrives ? sent : 0)) {
      printf("%s: %d packets were sent and %ld arrived\n", form->sent.name, sent, received);
      errno = EIO;
      die("eth1");
    }
    report_pass(region, sent, form->sent.name);
  }
  close(start);
  if (setup == XDP_DROPS) set_xdp_drop("eth1", false);
  if (setup == INGRESS_DROPS) set_ingress_drop("eth1", false);
}

void measure_receive(void) {
  bring_up("eth0");
  bring_up("eth1");
  for (unsigned form = 0; form < FORMS; ++form) measure(form, &kForms[form]);
}
