// SPDX-License-Identifier: BSD-2-Clause
/// IUnknown: what every component has in common, and the identity of interfaces.
#ifndef GRAFT_IUNKNOWN_H
#define GRAFT_IUNKNOWN_H

#include <graft/error.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A constant with internal linkage in C, usable in constant expressions in C++.
#ifdef __cplusplus
#define GRAFT_CONSTANT inline constexpr
#else
#define GRAFT_CONSTANT static const
#endif

/// A 128-bit interface identifier, compared bytewise. An interface that changes gets a new one.
typedef struct graft_iid {
  uint32_t data1;
  uint16_t data2;
  uint16_t data3;
  uint8_t data4[8];
} graft_iid_t;

/// Says whether two identifiers are the same. @context any
static inline int graft_iid_equal(const graft_iid_t* a, const graft_iid_t* b) {
  const unsigned char* x = (const unsigned char*)a;
  const unsigned char* y = (const unsigned char*)b;
  for (size_t i = 0; i < sizeof(graft_iid_t); ++i) {
    if (x[i] != y[i]) return 0;
  }
  return 1;
}

/// The initialiser of a Graft IID: all share one base, the first word tells them apart.
#define GRAFT_IID_(n)                                                     \
  {                                                                       \
    n, 0x6772, 0x4166, { 0x8a, 0x74, 0x6b, 0x69, 0x74, 0x31, 0x00, 0x00 } \
  }

GRAFT_CONSTANT graft_iid_t graft_iid_iunknown = {0x00000000, 0x0000, 0x0000, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}};

typedef struct graft_iunknown graft_iunknown_t;

typedef struct graft_iunknown_ops {
  /// Gives another interface of the same component.
  /// @context thread, world, upcall  @blocks never  @owns *out: caller owns one reference
  /// @errors NOINTERFACE: it has none of that IID. @onfail *out is null
  graft_error_t (*query)(graft_iunknown_t* self, const graft_iid_t* iid, void** out);
  /// Adds a reference; returns the new count, for tests only. @context any but irq  @blocks never
  uint32_t (*addref)(graft_iunknown_t* self);
  /// Drops a reference; the last one destroys the component. @context any but irq  @blocks never
  uint32_t (*release)(graft_iunknown_t* self);
} graft_iunknown_ops_t;

struct graft_iunknown {
  const graft_iunknown_ops_t* ops;
};

/// Any interface pointer is also an IUnknown pointer: the first three slots are the same in all of them.
static inline graft_error_t graft_query(void* object, const graft_iid_t* iid, void** out) {
  graft_iunknown_t* self = (graft_iunknown_t*)object;
  return self->ops->query(self, iid, out);
}

/// graft_iunknown_ops.addref of any interface pointer.
static inline uint32_t graft_addref(void* object) {
  graft_iunknown_t* self = (graft_iunknown_t*)object;
  return self->ops->addref(self);
}

/// graft_iunknown_ops.release of any interface pointer.
static inline uint32_t graft_release(void* object) {
  graft_iunknown_t* self = (graft_iunknown_t*)object;
  return self->ops->release(self);
}

#ifdef __cplusplus
}
#endif

#endif
