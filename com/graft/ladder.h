// SPDX-License-Identifier: BSD-2-Clause
/// The host conformance ladder: tries a host's osenv rung by rung and names the callback that is broken, and the rule.
///
/// Rungs, in order: table, print, allocate, dma, registers, pci, clock, timer, wake, interrupt, message, entropy,
/// block, packet. A rung stands on those before it, so the climb ends at the first one that is broken: repair it, climb
/// again. A rung that needs something the host does not have, or the options do not supply, is skipped with the reason.
#ifndef GRAFT_LADDER_H
#define GRAFT_LADDER_H

#include <graft/blkio.h>
#include <graft/etherdev.h>
#include <graft/osenv.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  GRAFT_LADDER_BEGUN = 0,  ///< said before each callback that may hang: the last one said is the one that hangs
  GRAFT_LADDER_PASSED = 1,
  GRAFT_LADDER_SKIPPED = 2,
  GRAFT_LADDER_BROKEN = 3,
};

/// One line of the report. All text is constant and stays.
typedef struct graft_ladder_result {
  uint32_t status;  ///< GRAFT_LADDER_...
  uint32_t reserved;
  const char* rung;      ///< such as "allocate"
  const char* callback;  ///< the member of graft_osenv_t concerned; null if none
  const char* text;      ///< the broken rule, or why it was skipped; null otherwise
} graft_ladder_result_t;

/// Takes one line of the report. @context thread  @blocks may
typedef void (*graft_ladder_report_t)(void* arg, const graft_ladder_result_t* result);

/// A device that interrupts on request, for the rungs "interrupt" and "message".
typedef struct graft_ladder_device {
  void* arg;
  /// Its address and interrupt pin (1..4; 0: it has none, and "interrupt" is skipped).
  graft_pci_address_t function;
  uint32_t pin;
  /// Asserts the interrupt pin, at once or within 100 ms; it stays asserted until lower().
  /// @context thread  @blocks never
  void (*raise)(void* arg);
  /// Stops asserting it. @context thread+irq  @blocks never
  void (*lower)(void* arg);
  /// Makes the device send `message` from now on instead of using the pin; a null message goes back to the pin. May be
  /// null: "message" is skipped. @context thread  @blocks never
  void (*use_message)(void* arg, const graft_msi_message_t* message);
  /// Sends the message once. @context thread  @blocks never
  void (*send_message)(void* arg);
} graft_ladder_device_t;

typedef struct graft_ladder_options {
  size_t size_bytes;  ///< sizeof(graft_ladder_options_t)
  /// Says whether the host put out this text through log(); may be null: nobody can tell.
  bool (*was_logged)(void* arg, const char* text, size_t length);
  void* was_logged_arg;
  const graft_ladder_device_t* device;  ///< may be null
  graft_blkio_t* blkio;                 ///< a disk for "block"; may be null
  graft_etherdev_t* etherdev;           ///< a closed interface for "packet"; may be null
  /// A frame that somebody on that network answers, such as an ARP request, without its source address, which "packet"
  /// fills in; null: a broadcast frame is sent and no answer expected.
  const void* request;
  size_t request_bytes;
  /// For a host that never blocks, where thread_park() can show nothing: says whether thread_unpark() was called since
  /// it was last asked. May be null: "wake" is skipped there.
  bool (*was_woken)(void* arg);
  void* was_woken_arg;
} graft_ladder_options_t;

/// What graft_ladder_run() calls, with what is wrong with the host's compiler flags; null if nothing is.
/// @context, @blocks, @owns, @errors as graft_ladder_run
graft_error_t graft_ladder_climb(const graft_osenv_t* env, const graft_ladder_options_t* options,
                                 graft_ladder_report_t report, void* arg, const char* flags_fault);

/// Climbs up to the first broken rung; `options` may be null. Nothing of the host is kept in use afterwards. The file
/// that calls it is taken for an example of how the host is compiled.
/// @context thread  @blocks may
/// @owns env, options: borrowed; report: called on this thread
/// @errors FAIL: a callback is broken; INVAL: env is null. What is skipped is no error
static inline graft_error_t graft_ladder_run(const graft_osenv_t* env, const graft_ladder_options_t* options,
                                             graft_ladder_report_t report, void* arg) {
  return graft_ladder_climb(env, options, report, arg, graft_flags_fault());
}

#ifdef __cplusplus
}
#endif

#endif
