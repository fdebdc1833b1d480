// SPDX-License-Identifier: BSD-2-Clause
/// Error codes of every Graft interface. docs/errors.md says when each applies.
#ifndef GRAFT_ERROR_H
#define GRAFT_ERROR_H

#include <stdint.h>

/// COM shape: negative values are errors, zero is success. There are no other successes and no counts.
typedef int32_t graft_error_t;

#define GRAFT_ERROR_(bits) ((graft_error_t)(-2147483647 - 1 + (bits)))

#define GRAFT_OK ((graft_error_t)0)

// The classic COM codes keep their usual values.
#define GRAFT_E_NOTIMPL GRAFT_ERROR_(0x4001)      ///< the object does not have this method
#define GRAFT_E_NOINTERFACE GRAFT_ERROR_(0x4002)  ///< query: the object does not have this interface
#define GRAFT_E_FAIL GRAFT_ERROR_(0x4005)         ///< no closer code fits; the log names the raw cause
#define GRAFT_E_NOMEM GRAFT_ERROR_(0x7000E)       ///< memory ran out
#define GRAFT_E_INVAL GRAFT_ERROR_(0x70057)       ///< an argument can never be right

// Facility 4, the interface's own.
#define GRAFT_E_NOTSUP GRAFT_ERROR_(0x40001)    ///< this device, driver or build cannot do it
#define GRAFT_E_BUSY GRAFT_ERROR_(0x40002)      ///< a queue is full or the object is in use; later it may work
#define GRAFT_E_GONE GRAFT_ERROR_(0x40003)      ///< the device was removed or detached
#define GRAFT_E_BADSTATE GRAFT_ERROR_(0x40004)  ///< not allowed in this state or context
#define GRAFT_E_RANGE GRAFT_ERROR_(0x40005)     ///< offset or size lies outside the object or off its alignment
#define GRAFT_E_TIMEDOUT GRAFT_ERROR_(0x40006)  ///< the device or the peer did not answer in time
#define GRAFT_E_PROTO GRAFT_ERROR_(0x40007)     ///< the device broke its specification
#define GRAFT_E_IO GRAFT_ERROR_(0x40008)        ///< the device reported that the operation failed (medium error)
#define GRAFT_E_NOSPC GRAFT_ERROR_(0x40009)     ///< no space left in a table or on the medium
#define GRAFT_E_PERM GRAFT_ERROR_(0x4000A)      ///< not permitted, for example a write to a read-only disk
#define GRAFT_E_EXIST GRAFT_ERROR_(0x4000B)     ///< the name or claim exists already
#define GRAFT_E_NOENT GRAFT_ERROR_(0x4000C)     ///< no such device, driver, name or file
#define GRAFT_E_CANCELED GRAFT_ERROR_(0x4000D)  ///< given up on the caller's own request
#define GRAFT_E_NOLINK GRAFT_ERROR_(0x4000E)    ///< no carrier
#define GRAFT_E_INTR GRAFT_ERROR_(0x4000F)      ///< a wait was interrupted; nothing was done
#define GRAFT_E_CORRUPT GRAFT_ERROR_(0x40010)   ///< data or a description does not have its format

#ifdef __cplusplus
extern "C" {
#endif

/// Returns the name of a code, such as "GONE"; "?" for a value that is none. @context any
static inline const char* graft_error_name(graft_error_t error) {
  switch (error) {
    case GRAFT_OK:
      return "OK";
    case GRAFT_E_NOTIMPL:
      return "NOTIMPL";
    case GRAFT_E_NOINTERFACE:
      return "NOINTERFACE";
    case GRAFT_E_FAIL:
      return "FAIL";
    case GRAFT_E_NOMEM:
      return "NOMEM";
    case GRAFT_E_INVAL:
      return "INVAL";
    case GRAFT_E_NOTSUP:
      return "NOTSUP";
    case GRAFT_E_BUSY:
      return "BUSY";
    case GRAFT_E_GONE:
      return "GONE";
    case GRAFT_E_BADSTATE:
      return "BADSTATE";
    case GRAFT_E_RANGE:
      return "RANGE";
    case GRAFT_E_TIMEDOUT:
      return "TIMEDOUT";
    case GRAFT_E_PROTO:
      return "PROTO";
    case GRAFT_E_IO:
      return "IO";
    case GRAFT_E_NOSPC:
      return "NOSPC";
    case GRAFT_E_PERM:
      return "PERM";
    case GRAFT_E_EXIST:
      return "EXIST";
    case GRAFT_E_NOENT:
      return "NOENT";
    case GRAFT_E_CANCELED:
      return "CANCELED";
    case GRAFT_E_NOLINK:
      return "NOLINK";
    case GRAFT_E_INTR:
      return "INTR";
    case GRAFT_E_CORRUPT:
      return "CORRUPT";
    default:
      return "?";
  }
}

#ifdef __cplusplus
}
#endif

#endif
