// SPDX-License-Identifier: BSD-2-Clause
/// A TCG plugin that counts what a guest executes and writes the counts at every mark (tests/bench/marker.h).
///
/// Arguments: out=FILE, where a line goes per mark:
///     MARK <mark> <instructions> <of them REP iterations> <MMIO reads> <MMIO writes> <interrupt controller accesses>
/// and mmio=on, which counts the last three and makes a run two to three times slower.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/bench/counter/qemu_plugin_api.h"

enum { MARK_BYTES = 8 };

// TCG counts each iteration of a REP instruction as one instruction, so they are counted apart as well.
static uint64_t instructions, rep_iterations, mmio_reads, mmio_writes, interrupt_controller;
static bool count_mmio;
static FILE* out;

PLUGIN_EXPORT int qemu_plugin_version = PLUGIN_API_VERSION;

static bool is_mark(const uint8_t* code, size_t bytes, unsigned* out_mark) {
  static const uint8_t kBefore[] = {0x0f, 0x1f, 0x84, 0x00};
  static const uint8_t kAfter[] = {0x5a, 0xa5, 0x12};
  if (bytes != MARK_BYTES || memcmp(code, kBefore, 4) || memcmp(code + 5, kAfter, 3)) return false;
  *out_mark = code[4];
  return true;
}

static bool is_rep_string(const uint8_t* code, size_t bytes) {
  bool rep = false;
  for (size_t i = 0; i < bytes; ++i) {
    uint8_t byte = code[i];
    if (byte == 0xf2 || byte == 0xf3) {
      rep = true;
    } else if (byte != 0x66 && byte != 0x67 && (byte & 0xf0) != 0x40) {
      return rep &&
             ((byte >= 0x6c && byte <= 0x6f) || (byte >= 0xa4 && byte <= 0xa7) || (byte >= 0xaa && byte <= 0xaf));
    }
  }
  return false;
}

static void on_mark(unsigned int cpu, void* arg) {
  (void)cpu;
  fprintf(out, "MARK %u %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", (unsigned)(uintptr_t)arg,
          instructions, rep_iterations, mmio_reads, mmio_writes, interrupt_controller);
}

static void on_memory(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address, void* arg) {
  (void)cpu, (void)arg;
  struct qemu_plugin_hwaddr* place = qemu_plugin_get_hwaddr(info, address);
  if (!place || !qemu_plugin_hwaddr_is_io(place)) return;
  uint64_t page = qemu_plugin_hwaddr_phys_addr(place) >> 12;
  if (page == 0xfee00 || page == 0xfec00) {
    ++interrupt_controller;
  } else if (qemu_plugin_mem_is_store(info)) {
    ++mmio_writes;
  } else {
    ++mmio_reads;
  }
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb* block) {
  (void)id;
  for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); ++i) {
    struct qemu_plugin_insn* instruction = qemu_plugin_tb_get_insn(block, i);
    const uint8_t* code = qemu_plugin_insn_data(instruction);
    size_t bytes = qemu_plugin_insn_size(instruction);
    unsigned mark;
    // Counted one by one, not by block: a block that an exception or a device access leaves early would count too much.
    qemu_plugin_register_vcpu_insn_exec_inline(instruction, PLUGIN_INLINE_ADD_U64, &instructions, 1);
    if (is_rep_string(code, bytes)) {
      qemu_plugin_register_vcpu_insn_exec_inline(instruction, PLUGIN_INLINE_ADD_U64, &rep_iterations, 1);
    }
    if (is_mark(code, bytes, &mark)) {
      qemu_plugin_register_vcpu_insn_exec_cb(instruction, on_mark, PLUGIN_CALLBACK_NO_REGISTERS,
                                             (void*)(uintptr_t)mark);
    }
    if (count_mmio) {
      qemu_plugin_register_vcpu_mem_cb(instruction, on_memory, PLUGIN_CALLBACK_NO_REGISTERS, PLUGIN_MEMORY_READ_WRITE,
                                       NULL);
    }
  }
}

static void on_exit_of_qemu(qemu_plugin_id_t id, void* arg) {
  (void)id, (void)arg;
  fclose(out);
}

PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info* info, int argc, char** argv) {
  (void)info;
  for (int i = 0; i < argc; ++i) {
    if (!strncmp(argv[i], "out=", 4)) out = fopen(argv[i] + 4, "w");
    if (!strcmp(argv[i], "mmio=on")) count_mmio = true;
  }
  if (!out) {
    fprintf(stderr, "counter: out=FILE is missing or cannot be written\n");
    return 1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
  qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
  return 0;
}
