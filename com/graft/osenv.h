// SPDX-License-Identifier: BSD-2-Clause
/// osenv: the whole of what a host supplies to the kit. 18 callbacks are mandatory, the rest have defaults.
///
/// A host fills one graft_osenv_t and hands it to graft_kit_create(). Every callback gets `host`, the host's own
/// pointer. Contexts: "thread" is any host thread that may call into the kit; "irq" is interrupt level. A callback
/// never calls back into the kit. docs/porting.md walks through them; graft_ladder_run() checks them and names the
/// broken one.
#ifndef GRAFT_OSENV_H
#define GRAFT_OSENV_H

#include <graft/check_flags.h>
#include <graft/error.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GRAFT_PAGE_BYTES 4096u

/// A deadline that never comes.
#define GRAFT_FOREVER UINT64_MAX

/// A PCI function's address: bits 31..16 segment, 15..8 bus, 7..3 slot, 2..0 function.
typedef uint32_t graft_pci_address_t;

/// What a mapped register window is called by. Bits 63..62 equal to 01 say "slow": each access becomes a call of
/// io_read() or io_write(). Any other value is a pointer (MMIO) or a port number (port I/O), accessed directly.
typedef uint64_t graft_io_cookie_t;

#define GRAFT_IO_SLOW ((graft_io_cookie_t)1 << 62)

/// Says whether accesses through the cookie are calls of the host. @context any
static inline int graft_io_is_slow(graft_io_cookie_t cookie) { return (cookie >> 62) == 1; }

enum { GRAFT_LOG_ERROR = 0, GRAFT_LOG_WARNING = 1, GRAFT_LOG_INFO = 2, GRAFT_LOG_DEBUG = 3 };

enum { GRAFT_DMA_TO_DEVICE = 1, GRAFT_DMA_FROM_DEVICE = 2, GRAFT_DMA_BOTH = 3 };

/// mmio_map flag: write combining is welcome (a frame buffer); without it the mapping is uncached.
enum { GRAFT_MMIO_WRITE_COMBINING = 1 };

/// An interrupt source inside the kit. The host keeps the pointer and calls graft_world_irq() with it.
typedef struct graft_irq graft_irq_t;

/// What a device writes to raise one message-signalled interrupt.
typedef struct graft_msi_message {
  uint64_t address;
  uint32_t data;
  uint32_t reserved;
} graft_msi_message_t;

/// The linear window of host memory that drivers may see: every page that page_alloc() returns lies in it, and so do
/// the buffers that travel without a copy. va + n corresponds to device address phys + n throughout.
typedef struct graft_mem_window {
  void* va;
  uint64_t phys;
  uint64_t bytes;
} graft_mem_window_t;

typedef struct graft_osenv {
  /// sizeof(graft_osenv_t) as the host was compiled; a callback beyond it counts as absent.
  size_t size_bytes;
  /// Passed as the first argument of every callback.
  void* host;
  /// Mandatory data. Page aligned.
  graft_mem_window_t mem_window;

  // ---- Memory -------------------------------------------------------------------------------------------------------

  /// Gives `pages` contiguous pages inside the window, starting at a multiple of `align_pages` (a power of two), whose
  /// last byte has a physical address of at most `max_phys`. Content is undefined.
  /// @context thread  @blocks never  @owns out_va: caller, until page_free()
  /// @errors NOMEM: none left within the limits. @onfail *out_va is null
  graft_error_t (*page_alloc)(void* host, size_t pages, size_t align_pages, uint64_t max_phys, void** out_va);

  /// Takes back exactly what one page_alloc() gave. @context thread  @blocks never
  void (*page_free)(void* host, void* va, size_t pages);

  // ---- Registers ----------------------------------------------------------------------------------------------------

  /// Makes `bytes` of device registers at physical address `phys` accessible, uncached unless `flags` says otherwise.
  /// @context thread  @blocks never  @errors NOMEM, INVAL (not device memory). @onfail *out_cookie is 0
  graft_error_t (*mmio_map)(void* host, uint64_t phys, uint64_t bytes, uint32_t flags, graft_io_cookie_t* out_cookie);

  /// Undoes one mmio_map(). @context thread  @blocks never
  void (*mmio_unmap)(void* host, graft_io_cookie_t cookie, uint64_t bytes);

  // ---- PCI configuration space --------------------------------------------------------------------------------------

  /// Reads 1, 2 or 4 bytes at a multiple of that width. An absent function reads all ones; that is no error.
  /// @context thread+irq  @blocks never  @errors RANGE: beyond the reachable configuration space (256 or 4096 bytes)
  graft_error_t (*pci_read)(void* host, graft_pci_address_t function, uint32_t offset, uint32_t width,
                            uint32_t* out_value);

  /// Writes 1, 2 or 4 bytes. Same rules as pci_read().
  graft_error_t (*pci_write)(void* host, graft_pci_address_t function, uint32_t offset, uint32_t width, uint32_t value);

  // ---- Interrupts ---------------------------------------------------------------------------------------------------

  /// Says which interrupt line a function's pin (1 = INTA .. 4 = INTD) drives. The number is the host's own.
  /// @context thread  @blocks never  @errors NOENT: not wired
  graft_error_t (*irq_route)(void* host, graft_pci_address_t function, uint32_t pin, uint32_t* out_line);

  /// Connects a level-triggered line, unmasked: from now on the host calls graft_world_irq(irq) at interrupt level for
  /// each interrupt and signals end-of-interrupt after that returns. The kit claims a line once and shares it itself.
  /// @context thread  @blocks never  @errors EXIST: claimed already; INVAL: no such line; NOSPC: no vector left
  graft_error_t (*irq_claim)(void* host, uint32_t line, graft_irq_t* irq);

  /// Disconnects: when it returns no call of graft_world_irq() for this line is running or will come.
  /// @context thread  @blocks may
  void (*irq_release)(void* host, uint32_t line, graft_irq_t* irq);

  /// Holds a claimed line back in the interrupt controller. Not counted: two masks and one unmask leave it unmasked.
  /// @context thread+irq  @blocks never
  void (*irq_mask)(void* host, uint32_t line);

  /// Lets it through again; a level that is still asserted interrupts at once. @context thread+irq  @blocks never
  void (*irq_unmask)(void* host, uint32_t line);

  // ---- Time and threads ---------------------------------------------------------------------------------------------

  /// Monotonic nanoseconds since any fixed moment; never goes back. @context thread+irq  @blocks never
  uint64_t (*clock_now_ns)(void* host);

  /// Names the calling thread (at interrupt level: the interrupted one); never null. A host with one thread or none
  /// returns a constant. @context thread+irq  @blocks never
  void* (*thread_self)(void* host);

  /// Blocks the calling thread until thread_unpark() was called for it or the clock reaches `deadline_ns`. An unpark
  /// that came before makes it return at once and is used up (one permit, as a binary semaphore). May return early for
  /// no reason. A stackless host returns at once.
  /// @context thread  @blocks may  @units deadline_ns absolute, GRAFT_FOREVER for none
  void (*thread_park)(void* host, uint64_t deadline_ns);

  /// Wakes a thread from thread_park(), or gives it the permit. Also the host's "wake me": a stackless host notes that
  /// graft_world_run() is due. A wake may be late: the name of a thread that ended meanwhile must still be safe to
  /// pass, without effect or as a permit for a later thread of the same name.
  /// @context thread+irq  @blocks never
  void (*thread_unpark)(void* host, void* thread);

  // ---- The rest -----------------------------------------------------------------------------------------------------

  /// Takes one line of text without a line end; not null-terminated. @context thread+irq  @blocks never
  void (*log)(void* host, int level, const char* text, size_t length);

  /// Stops the system or the component; must not return. `text` names the broken rule. @context thread+irq
  void (*panic)(void* host, const char* text);

  /// Fills a buffer with unpredictable bytes. @context thread  @blocks never
  /// @errors FAIL: no source of entropy. @onfail the content is undefined
  graft_error_t (*entropy)(void* host, void* buffer, size_t bytes);

  // ==== Optional: a null pointer selects the default =================================================================

  /// Lets a device reach memory of the window through an IOMMU. Default: the device address is the physical address.
  /// @context thread+irq  @blocks never  @errors NOMEM, RANGE (not reachable below max_address)
  graft_error_t (*dma_map)(void* host, graft_pci_address_t function, void* va, uint64_t bytes, uint32_t direction,
                           uint64_t max_address, uint64_t* out_device_address);

  /// Undoes one dma_map(). Present exactly if dma_map is. @context thread+irq  @blocks never
  void (*dma_unmap)(void* host, graft_pci_address_t function, uint64_t device_address, uint64_t bytes,
                    uint32_t direction);

  /// Gives access to `count` I/O ports. Default: the port number itself, accessed by port instructions.
  /// @context thread  @blocks never  @errors INVAL, NOTSUP
  graft_error_t (*port_map)(void* host, uint32_t port, uint32_t count, graft_io_cookie_t* out_cookie);

  /// Undoes one port_map(). @context thread  @blocks never
  void (*port_unmap)(void* host, graft_io_cookie_t cookie, uint32_t count);

  /// Reads a register behind a slow cookie, `width` 1, 2, 4 or 8 bytes. A removed device reads all ones. Needed if
  /// mmio_map() or port_map() ever return a slow cookie. @context thread+irq  @blocks never
  uint64_t (*io_read)(void* host, graft_io_cookie_t cookie, uint32_t width);

  /// Writes one. Same rules as io_read().
  void (*io_write)(void* host, graft_io_cookie_t cookie, uint32_t width, uint64_t value);

  /// Allocates `count` message-signalled interrupts for a function, one message each; the host calls
  /// graft_world_irq(irqs[i]) for message i. Default: NOTSUP, and drivers fall back to the interrupt line.
  /// @context thread  @blocks never  @errors NOTSUP, NOSPC  @onfail none is allocated
  graft_error_t (*msi_alloc)(void* host, graft_pci_address_t function, uint32_t count, graft_irq_t* const* irqs,
                             graft_msi_message_t* out_messages);

  /// Gives back what msi_alloc() gave for these sources; no call of graft_world_irq() for them comes afterwards.
  /// @context thread  @blocks may
  void (*msi_free)(void* host, graft_pci_address_t function, uint32_t count, graft_irq_t* const* irqs);

  /// Finds a firmware file. Default: NOENT. @context thread  @blocks may  @owns out_data: the host, for ever
  /// @errors NOENT: no file of that name; IO: it could not be read. @onfail *out_data is null
  graft_error_t (*firmware)(void* host, const char* name, const void** out_data, size_t* out_bytes);

  /// Number of CPUs that may run worlds. Default: 1.
  uint32_t (*cpu_count)(void* host);
} graft_osenv_t;

#ifdef __cplusplus
}
#endif

#endif
