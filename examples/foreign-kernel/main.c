// SPDX-License-Identifier: BSD-2-Clause
// The main program: climbs the ladder, starts the kit, climbs again with a disk and a card, reads a block,
// answers ping.
#include <graft/kit.h>
#include <graft/ladder.h>

#include "kernel.h"

static graft_osenv_t env;

void printk(const char* text, size_t bytes) {
  for (; bytes > 0; --bytes, ++text) {
    while (!(in(0x3f8 + 5, 1) & 0x20)) continue;
    out(0x3f8, 1, *text);
  }
}

void print(const char* text, const char* more) {
  for (; *text != 0; ++text) printk(text, 1);
  if (*more != 0) print(more, "");
}

static void report(void* arg, const graft_ladder_result_t* result) {
  static const char* const words[] = {NULL, "PASS ladder.", "SKIP ladder.", "FAIL ladder."};
  if (result->status == GRAFT_LADDER_BEGUN) return;
  print(words[result->status], result->rung);
  if (result->callback != NULL) print(": ", result->callback);
  if (result->text != NULL) print(": ", result->text);
  print("\n", "");
}

static void serve(void* world) { graft_world_serve(world); }

/// QEMU's edu device interrupts on request, which is what the rung "interrupt" needs.
static volatile uint32_t* edu_registers;
static void raise(void* arg) { edu_registers[0x60 / 4] = 1; }
static void lower(void* arg) { edu_registers[0x64 / 4] = ~0u; }

static const graft_ladder_device_t* find_edu(void) {
  static graft_ladder_device_t edu = {.pin = 1, .raise = raise, .lower = lower};
  for (uint32_t value = 0; edu.function < 256; ++edu.function) {
    if (env.pci_read(NULL, edu.function, 0, 4, &value) != GRAFT_OK || value != 0x11e81234) continue;
    env.pci_read(NULL, edu.function, 0x10, 4, &value);
    edu_registers = (volatile uint32_t*)(uint64_t)(value & ~15u);
    return &edu;
  }
  return NULL;
}

/// Prints the FNV-1a checksum of the first block.
static void read_block(graft_blkio_t* disk) {
  uint8_t* const block = kmalloc(1);
  uint32_t checksum = 2166136261;
  const size_t bytes = graft_blkio_get_block_size(disk);
  if (bytes > GRAFT_PAGE_BYTES || graft_blkio_read(disk, block, 0, bytes) != GRAFT_OK)
    panic(NULL, "the disk cannot be read");
  for (size_t i = 0; i < bytes; ++i) checksum = (checksum ^ block[i]) * 16777619;
  print("disk: the first block's checksum is ", "");
  for (int shift = 28; shift >= 0; shift -= 4) printk(&"0123456789abcdef"[checksum >> shift & 15], 1);
  print("\n", "");
}

/// Who has 10.0.2.2? 10.0.2.15 asks.
static const uint8_t request[42] =
    "\xff\xff\xff\xff\xff\xff      \x08\x06\0\1\x08\0\6\4\0\1      \x0a\0\2\x0f\0\0\0\0\0\0\x0a\0\2\2";

void kernel_main(void) {
  fill_osenv(&env, STAGE);
  graft_ladder_options_t options = {.size_bytes = sizeof options, .device = STAGE >= 4 ? find_edu() : NULL};
  if (graft_ladder_run(&env, &options, report, NULL) != GRAFT_OK) panic(NULL, "the ladder names what is wrong");
  if (STAGE < 10) panic(NULL, "this stage ends here");

  graft_kit_t* kit;
  uint32_t attached;
  if (graft_kit_create(&env, NULL, &kit) != GRAFT_OK) panic(NULL, "no kit");
  start_thread(serve, graft_kit_world(kit));
  graft_bus_probe(graft_kit_pci_bus(kit), &attached);

  options = (graft_ladder_options_t){.size_bytes = sizeof options, .request = request, .request_bytes = sizeof request};
  graft_services_lookup(graft_kit_services(kit), &graft_iid_blkio, 0, (void**)&options.blkio);
  graft_services_lookup(graft_kit_services(kit), &graft_iid_etherdev, 0, (void**)&options.etherdev);
  if (graft_ladder_run(&env, &options, report, NULL) != GRAFT_OK) panic(NULL, "the ladder names what is wrong");
  if (options.blkio != NULL) read_block(options.blkio);
  if (options.etherdev != NULL && answer_ping(options.etherdev)) print("net: 10.0.2.15 answers ping\n", "");
  for (;;) env.thread_park(NULL, GRAFT_FOREVER);
}
