// SPDX-License-Identifier: GPL-2.0-only
// Donors' errno and the kit's error codes. The only place where one becomes the other.
#include <graft/error.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>

#include "linux-emu/boundary/environment.h"

static const struct {
  int number;
  graft_error_t error;
} table[] = {
    {EPERM, GRAFT_E_PERM},          {ENOENT, GRAFT_E_NOENT},
    {EINTR, GRAFT_E_INTR},          {EIO, GRAFT_E_IO},
    {ENXIO, GRAFT_E_NOENT},         {E2BIG, GRAFT_E_RANGE},
    {EBADF, GRAFT_E_INVAL},         {EAGAIN, GRAFT_E_BUSY},
    {ENOMEM, GRAFT_E_NOMEM},        {EACCES, GRAFT_E_PERM},
    {EFAULT, GRAFT_E_INVAL},        {EBUSY, GRAFT_E_BUSY},
    {EEXIST, GRAFT_E_EXIST},        {ENODEV, GRAFT_E_GONE},
    {EINVAL, GRAFT_E_INVAL},        {ENOSPC, GRAFT_E_NOSPC},
    {EROFS, GRAFT_E_PERM},          {EPIPE, GRAFT_E_IO},
    {ERANGE, GRAFT_E_RANGE},        {EOVERFLOW, GRAFT_E_RANGE},
    {EILSEQ, GRAFT_E_CORRUPT},      {EOPNOTSUPP, GRAFT_E_NOTSUP},
    {ENOTTY, GRAFT_E_NOTSUP},       {ENOSYS, GRAFT_E_NOTSUP},
    {ENOTSUPP, GRAFT_E_NOTSUP},     {EPROTO, GRAFT_E_PROTO},
    {EBADMSG, GRAFT_E_CORRUPT},     {ETIMEDOUT, GRAFT_E_TIMEDOUT},
    {ETIME, GRAFT_E_TIMEDOUT},      {ECANCELED, GRAFT_E_CANCELED},
    {ENETDOWN, GRAFT_E_NOLINK},     {ENOLINK, GRAFT_E_NOLINK},
    {ESHUTDOWN, GRAFT_E_GONE},      {EREMOTEIO, GRAFT_E_IO},
    {ENODATA, GRAFT_E_IO},          {EMSGSIZE, GRAFT_E_RANGE},
    {EADDRNOTAVAIL, GRAFT_E_INVAL}, {ENOBUFS, GRAFT_E_NOMEM},
    {EALREADY, GRAFT_E_BUSY},       {ERESTARTSYS, GRAFT_E_INTR},
    {EPROBE_DEFER, GRAFT_E_BUSY},   {ENOMEDIUM, GRAFT_E_NOENT},
};

int32_t lx_error(int number) {
  unsigned int i, magnitude = abs(number);

  if (!number) return GRAFT_OK;
  for (i = 0; i < ARRAY_SIZE(table); ++i) {
    if (table[i].number == magnitude) return table[i].error;
  }
  pr_warn("a driver's error %u has no translation\n", magnitude);
  return GRAFT_E_FAIL;
}

int lx_errno(int32_t error) {
  unsigned int i;

  if (error == GRAFT_OK) return 0;
  for (i = 0; i < ARRAY_SIZE(table); ++i) {
    if (table[i].error == error) return -table[i].number;
  }
  return -EIO;
}
