// SPDX-License-Identifier: BSD-2-Clause
// What the kit asks of a kernel, in the order of the ladder's rungs. docs/porting.md walks through this file.
#include <graft/world.h>

#include "kernel.h"

// ---- Stage 2: print -------------------------------------------------------------------------------------------------
static void log(void* host, int level, const char* text, size_t bytes) { printk(text, bytes), printk("\n", 1); }

void panic(void* host, const char* text) {
  print("panic: ", text);
  for (print("\n", "");;) __asm__ volatile("cli; hlt");
}

// ---- Stage 3: allocate ----------------------------------------------------------------------------------------------
extern char image_end[];
static uint64_t first_page, end_page;
static uint8_t is_used[1 << 19];  // one for each page below 2 GiB

/// The firmware left the size of memory above 16 MiB in the clock chip's RAM, in units of 64 KiB.
static void find_memory(void) {
  out(0x70, 1, 0x34);
  end_page = 16 * (256 + in(0x71, 1));
  out(0x70, 1, 0x35);
  end_page += 16 * 256 * in(0x71, 1);
  if (end_page > 1 << 19) end_page = 1 << 19;
  first_page = (uint64_t)image_end / GRAFT_PAGE_BYTES + 1;
}

static graft_error_t page_alloc(void* host, size_t pages, size_t align_pages, uint64_t max_phys, void** out_va) {
  *out_va = NULL;
  uint64_t at = (first_page + align_pages - 1) & -align_pages;
  for (size_t found = 0; found < pages;) {
    if (at + pages > end_page || (at + pages) * GRAFT_PAGE_BYTES - 1 > max_phys) return GRAFT_E_NOMEM;
    for (found = 0; found < pages && !is_used[at + found];) ++found;
    if (found < pages) at = (at + found + align_pages) & -align_pages;
  }
  memset(is_used + at, 1, pages);
  *out_va = (void*)(at * GRAFT_PAGE_BYTES);
  return GRAFT_OK;
}

static void page_free(void* host, void* va, size_t pages) {
  memset(is_used + (uint64_t)va / GRAFT_PAGE_BYTES, 0, pages);
}

void* kmalloc(size_t pages) {
  void* va;
  if (page_alloc(NULL, pages, 1, UINT64_MAX, &va) != GRAFT_OK) panic(NULL, "out of memory");
  return va;
}

// ---- Stage 4: pci ---------------------------------------------------------------------------------------------------
static uint16_t select_register(graft_pci_address_t function, uint32_t at, uint32_t width) {
  if (function > 0xffff || at + width > 256) return 0;
  out(0xcf8, 4, 1u << 31 | function << 8 | (at & 0xfc));
  return 0xcfc + (at & 3);
}

static graft_error_t pci_read(void* host, graft_pci_address_t function, uint32_t at, uint32_t width, uint32_t* value) {
  const uint16_t port = select_register(function, at, width);
  *value = port != 0 ? in(port, width) : ~0u;
  return port != 0 ? GRAFT_OK : GRAFT_E_RANGE;
}

static graft_error_t pci_write(void* host, graft_pci_address_t function, uint32_t at, uint32_t width, uint32_t value) {
  const uint16_t port = select_register(function, at, width);
  if (port != 0) out(port, width, value);
  return port != 0 ? GRAFT_OK : GRAFT_E_RANGE;
}

// ---- Stage 5: registers ---------------------------------------------------------------------------------------------
static graft_error_t mmio_map(void* host, uint64_t phys, uint64_t bytes, uint32_t flags, uint64_t* out_cookie) {
  const bool is_mapped = phys >= 2ull << 30 && phys + bytes <= 4ull << 30;  // machine.S maps these 2 GiB, uncached
  *out_cookie = is_mapped ? phys : 0;
  return is_mapped ? GRAFT_OK : GRAFT_E_INVAL;
}

static void mmio_unmap(void* host, graft_io_cookie_t cookie, uint64_t bytes) {}

// ---- Stage 6: clock -------------------------------------------------------------------------------------------------
static uint64_t tsc_base, scale;  // nanoseconds for each tick, with 32 bits behind the point

/// Counts the ticks of the TSC while channel 2 of the 8254 counts 50 ms, 59659 of its own at 1193182 Hz.
static void measure_clock(void) {
  out(0x61, 1, (in(0x61, 1) & ~2) | 1);
  out(0x43, 1, 0xb0);
  out(0x42, 1, 59659 & 0xff);
  out(0x42, 1, 59659 >> 8);
  tsc_base = __builtin_ia32_rdtsc();
  while (!(in(0x61, 1) & 0x20)) continue;
  scale = (50000000ull << 32) / (__builtin_ia32_rdtsc() - tsc_base);
}

static uint64_t clock_now_ns(void* host) {
  return (unsigned __int128)(__builtin_ia32_rdtsc() - tsc_base) * scale >> 32;
}

// ---- Stage 7: timer, wake -------------------------------------------------------------------------------------------
struct thread {
  struct thread* next;
  void* stack;
  uint64_t deadline_ns;
  volatile bool permit;
};
static struct thread first_thread, *threads = &first_thread, *running = &first_thread;

/// A list with one link per item, the newest first.
static void list_add(struct thread** list, struct thread* item) {
  item->next = *list;
  *list = item;
}

/// Has line 0 interrupt once, at the deadline or, since the 8254 counts no further, after 50 ms.
static void start_timer(uint64_t deadline_ns) {
  const uint64_t now = clock_now_ns(NULL), wait = deadline_ns < now ? 0 : deadline_ns - now;
  const uint32_t ticks = wait < 50000000 ? wait * 1193182 / 1000000000 + 1 : 59659;
  out(0x43, 1, 0x30);
  out(0x40, 1, ticks & 0xff);
  out(0x40, 1, ticks >> 8);
}

static void* thread_self(void* host) { return running; }

static void thread_unpark(void* host, void* thread) { ((struct thread*)thread)->permit = true; }

/// Runs another thread that has a permit or whose time has come, else lets the processor sleep.
static void thread_park(void* host, uint64_t deadline_ns) {
  struct thread *const self = running, *ready;
  self->deadline_ns = deadline_ns;
  __asm__ volatile("cli" ::: "memory");
  while (!self->permit && clock_now_ns(NULL) < deadline_ns) {
    uint64_t first_ns = GRAFT_FOREVER;
    for (ready = threads; ready != NULL && !ready->permit && clock_now_ns(NULL) < ready->deadline_ns;
         ready = ready->next)
      if (ready->deadline_ns < first_ns) first_ns = ready->deadline_ns;
    if (ready == NULL) {
      start_timer(first_ns);
      __asm__ volatile("sti; hlt; cli" ::: "memory");
    } else if (ready != self) {
      running = ready;
      switch_stack(&self->stack, ready->stack);
    }
  }
  self->permit = false;
  __asm__ volatile("sti" ::: "memory");
}

void start_thread(void (*function)(void* arg), void* arg) {
  struct thread* const thread = kmalloc(8);
  void** const top = (void**)((char*)thread + 8 * GRAFT_PAGE_BYTES) - 9;
  top[4] = arg, top[5] = function, top[6] = thread_start;  // what switch_stack() takes off: rbp, rbx, where to go on
  *thread = (struct thread){.stack = top, .permit = true};
  list_add(&threads, thread);
  thread_park(NULL, clock_now_ns(NULL) + 1000000);  // lets it begin
}

// ---- Stage 8: interrupt ---------------------------------------------------------------------------------------------
static graft_irq_t* claims[16];  // by line: inputs of the two 8259s

/// Called by machine.S with interrupts off. Vectors 0 to 31 are the processor's exceptions, then come the lines.
void interrupt(uint64_t vector) {
  if (vector < 32) panic(NULL, "a processor exception");
  if (claims[vector - 32] != NULL) graft_world_irq(claims[vector - 32]);
  if (vector >= 40) out(0xa0, 1, 0x20);
  out(0x20, 1, 0x20);  // end of interrupt
}

#define MASKS(line) ((line) < 8 ? 0x21 : 0xa1), 1
static void irq_mask(void* host, uint32_t line) { out(MASKS(line), in(MASKS(line)) | 1u << (line & 7)); }
static void irq_unmask(void* host, uint32_t line) { out(MASKS(line), in(MASKS(line)) & ~(1u << (line & 7))); }

static graft_error_t irq_route(void* host, graft_pci_address_t function, uint32_t pin, uint32_t* out_line) {
  pci_read(host, function, 0x3c, 1, out_line);  // the firmware notes there which input it connected
  return pin >= 1 && pin <= 4 && *out_line > 2 && *out_line < 16 ? GRAFT_OK : GRAFT_E_NOENT;
}

static graft_error_t irq_claim(void* host, uint32_t line, graft_irq_t* irq) {
  if (line >= 16) return GRAFT_E_INVAL;
  if (claims[line] != NULL) return GRAFT_E_EXIST;
  claims[line] = irq;
  out(0x4d0 + line / 8, 1, in(0x4d0 + line / 8, 1) | 1u << (line & 7));  // level-triggered
  irq_unmask(host, line);
  return GRAFT_OK;
}

static void irq_release(void* host, uint32_t line, graft_irq_t* irq) { irq_mask(host, line), claims[line] = NULL; }

// ---- Stage 9: entropy -----------------------------------------------------------------------------------------------
static graft_error_t entropy(void* host, void* buffer, size_t bytes) {
  uint32_t a = 1, b, c = 0, d;
  __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  if (!(c & 1u << 30)) return GRAFT_E_FAIL;  // no RDRAND
  for (uint8_t* at = buffer; bytes > 0; --bytes, *at++ = a) __asm__ volatile("1: rdrand %0; jnc 1b" : "=r"(a)::"cc");
  return GRAFT_OK;
}

// ---- The structure --------------------------------------------------------------------------------------------------
static graft_error_t not_yet(void) { return GRAFT_E_NOTIMPL; }
#define SINCE(first, name) env->name = stage >= first ? name : (__typeof__(&name))(void*)not_yet

void fill_osenv(graft_osenv_t* env, int stage) {
  find_memory();
  measure_clock();
  *env = (graft_osenv_t){.size_bytes = sizeof *env};
  if (stage == 0) return;
  const uint64_t start = first_page * GRAFT_PAGE_BYTES;
  env->mem_window = (graft_mem_window_t){(void*)start, start, end_page * GRAFT_PAGE_BYTES - start};
  SINCE(2, log), SINCE(2, panic);
  SINCE(3, page_alloc), SINCE(3, page_free);
  SINCE(4, pci_read), SINCE(4, pci_write);
  SINCE(5, mmio_map), SINCE(5, mmio_unmap);
  SINCE(6, clock_now_ns);
  SINCE(7, thread_self), SINCE(7, thread_park), SINCE(7, thread_unpark);
  SINCE(8, irq_route), SINCE(8, irq_claim), SINCE(8, irq_release), SINCE(8, irq_mask), SINCE(8, irq_unmask);
  SINCE(9, entropy);
}
