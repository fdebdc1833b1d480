/* SPDX-License-Identifier: GPL-2.0-only */
/* For the contracts and boundary headers in files compiled with donor headers. */
#include <linux/types.h>
