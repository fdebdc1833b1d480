// SPDX-License-Identifier: BSD-2-Clause
#include <stddef.h>
#include <unistd.h>

#include "tests/bench/linux/common.h"
#include "tests/bench/linux/ethernet.h"

enum { PACKETS = 10000, WARM_UP_PACKETS = 2000, SAMPLES = 5 };

// clone_skb 0 makes a new buffer for each packet, 100000 sends one again and again; a burst has one doorbell.
static const pktgen_form_t kForms[] = {
    {"60B,clone_skb=0,burst=1", 60, "clone_skb 0", "burst 1", NULL, NULL},
    {"60B,clone_skb=100000,burst=1", 60, "clone_skb 100000", "burst 1", NULL, NULL},
    {"60B,clone_skb=100000,burst=32", 60, "clone_skb 100000", "burst 32", NULL, NULL},
    {"1514B,clone_skb=0,burst=1", 1514, "clone_skb 0", "burst 1", NULL, NULL},
    {"1514B,clone_skb=100000,burst=1", 1514, "clone_skb 100000", "burst 1", NULL, NULL},
    {"1514B,clone_skb=100000,burst=32", 1514, "clone_skb 100000", "burst 32", NULL, NULL},
};

enum { FORMS = sizeof(kForms) / sizeof(kForms[0]) };

static void measure(unsigned region, const pktgen_form_t* form) {
  int start = pktgen_open_start();
  pktgen_configure(form, WARM_UP_PACKETS);
  pktgen_run(start);
  pktgen_configure(form, PACKETS);
  for (int i = 0; i < SAMPLES; ++i) {
    begin_region(region);
    pktgen_run(start);
    end_region(region);
    report_pass(region, pktgen_count_sent(PACKETS), form->name);
  }
  close(start);
}

void measure_transmit(void) {
  bring_up("eth0");
  pktgen_use("eth0");
  for (unsigned form = 0; form < FORMS; ++form) measure(form, &kForms[form]);
}
