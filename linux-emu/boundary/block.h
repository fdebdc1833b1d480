// SPDX-License-Identifier: GPL-2.0-only
/// Disks between kit and emulation. lx_disk_ and lx_blk_ functions are the emulation's, lxk_ functions the kit's.
#ifndef GRAFT_LINUX_EMU_BOUNDARY_BLOCK_H
#define GRAFT_LINUX_EMU_BOUNDARY_BLOCK_H

#include <graft/asyncblk.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct lx_disk;

struct lx_disk_limits {
  unsigned logical_block_bytes;
  unsigned physical_block_bytes;
  unsigned max_segments;
  unsigned alignment_bytes;  ///< that fragments must have in address and length
  unsigned long max_request_bytes;
  unsigned long max_discard_bytes;
  unsigned long max_write_zeroes_bytes;
  unsigned queue_depth;
  bool read_only, volatile_cache, fua, rotational;
};

// ---- The emulation's part -------------------------------------------------------------------------------------------

/// Prepares the block layer; once, after it was initialised. @context fiber  @errors a negative errno
int lx_disk_start(void);

/// Gives the limits. @context world  @blocks never
void lx_disk_get_limits(const struct lx_disk* disk, struct lx_disk_limits* out_limits);

/// Returns the size in units of 512 bytes. @context world  @blocks never
unsigned long lx_disk_get_sectors(const struct lx_disk* disk);

/// Reads an attribute ("serial", "model", "firmware_rev") of the disk or of a device above it into `text`, without
/// line end and trailing blanks; empty if there is none. @context fiber  @blocks may
/// @errors a negative errno of the driver's
int lx_disk_get_attribute(const struct lx_disk* disk, const char* name, char* text, unsigned capacity);

/// Starts one request, which the kit has checked, on `fragments` in place of its own; they lie in the window and are as
/// aligned as the limits say. It completes by lxk_blk_done(request, errno), exactly once iff this returns 0, and
/// perhaps before it returns.
/// @context world  @blocks never  @owns fragments: borrowed until return  @errors -ENOMEM: no descriptor
int lx_blk_submit(struct lx_disk* disk, graft_blk_request_t* request, const graft_fragment_t* fragments,
                  unsigned count);

/// Brackets several lx_blk_submit() so that the driver rings its doorbell once. @context world  @blocks never
void lx_blk_batch_begin(unsigned requests);
/// Ends the bracket; what was held back goes to the driver. @context world  @blocks never
void lx_blk_batch_end(void);

// ---- The kit's part -------------------------------------------------------------------------------------------------

/// Takes a new disk; `attachment` is what the PCI device was created with. The returned pointer is `kit_disk` in all
/// that follows; null refuses the disk. @context fiber
void* lxk_disk_added(struct lx_disk* disk, void* attachment, const char* name);

/// The disk goes away: the kit accepts no request from now on. @context fiber
void lxk_disk_removed(void* kit_disk);

/// Every request has come back by lxk_blk_done(); returns when all of them were reported, and ends `kit_disk`.
/// @context fiber  @blocks may
void lxk_disk_drained(void* kit_disk);

/// The size changed. @context fiber
void lxk_disk_resized(void* kit_disk);

/// A request completed; `error` is 0 or a negative errno. @context world, also in a handler  @blocks never
void lxk_blk_done(graft_blk_request_t* request, int error);

#ifdef __cplusplus
}
#endif

#endif
