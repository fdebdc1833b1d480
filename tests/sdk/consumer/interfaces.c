/* SPDX-License-Identifier: BSD-2-Clause */
/* Freestanding C11 that calls interfaces of a driver set, and is one. */
#include <graft/asyncblk.h>
#include <graft/blkio.h>
#include <graft/kit.h>
#include <graft/ladder.h>
#include <graft/netio2.h>

_Static_assert(sizeof(graft_error_t) == 4 && GRAFT_E_NOMEM < 0, "errors are negative 32-bit numbers");
_Static_assert(offsetof(graft_osenv_t, mem_window) == 16, "the structure begins with its size and the host's pointer");

static graft_error_t read_first_block(graft_kit_t* kit, void* to) {
  graft_blkio_t* disk;
  graft_error_t error = graft_services_lookup(graft_kit_services(kit), &graft_iid_blkio, 0, (void**)&disk);
  if (error != GRAFT_OK) return error;
  error = graft_blkio_read(disk, to, 0, graft_blkio_get_block_size(disk));
  graft_release(disk);
  return error;
}

static void on_done(graft_blk_request_t* request, graft_error_t status) { *(graft_error_t*)request->arg = status; }

graft_error_t use(const graft_osenv_t* env, void* to) {
  graft_kit_t* kit;
  graft_error_t error = graft_kit_create(env, NULL, &kit);
  graft_blk_request_t request = {.operation = GRAFT_BLK_FLUSH, .on_done = on_done, .arg = &error};
  if (error == GRAFT_OK) error = read_first_block(kit, to);
  return request.on_done != NULL && error == GRAFT_OK ? graft_kit_destroy(kit) : error;
}
