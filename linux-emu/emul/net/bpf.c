// SPDX-License-Identifier: GPL-2.0-only
// Keys and per-CPU data of packet filters, which nothing loads here.
#include <linux/filter.h>
#include <linux/jump_label.h>

DEFINE_STATIC_KEY_FALSE(bpf_master_redirect_enabled_key);
DEFINE_STATIC_KEY_FALSE(bpf_stats_enabled_key);
DEFINE_PER_CPU(struct bpf_redirect_info, bpf_redirect_info);
