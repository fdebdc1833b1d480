// SPDX-License-Identifier: GPL-2.0-only
// The block layer comes up with the first driver that needs it.
#include "linux-emu/boundary/block.h"
#include "linux-emu/boundary/driver.h"

// Functions of donor files, see INITCALLS in core.bzl.
int blk_dev_init(void);
int blk_mq_init(void);
int blk_timeout_init(void);
int init_bio(void);
int sg_pool_init(void);

int lx_block_core_start(void) {
  int error = init_bio();

  if (!error) error = blk_dev_init();
  if (!error) error = blk_mq_init();
  if (!error) error = blk_timeout_init();
  if (!error) error = sg_pool_init();
  return error ? error : lx_disk_start();
}
