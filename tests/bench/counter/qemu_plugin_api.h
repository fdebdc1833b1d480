// SPDX-License-Identifier: BSD-2-Clause
/// The part of QEMU's TCG plugin interface, version 1, that the counter uses. Debian ships QEMU with plugins enabled
/// but without the header. Source: QEMU 7.2 documentation, "QEMU TCG Plugins", and the exported symbols.
#ifndef GRAFT_TESTS_BENCH_COUNTER_QEMU_PLUGIN_API_H
#define GRAFT_TESTS_BENCH_COUNTER_QEMU_PLUGIN_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLUGIN_API_VERSION 1
#define PLUGIN_EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
typedef uint32_t qemu_plugin_meminfo_t;

struct qemu_info;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_hwaddr;

enum { PLUGIN_CALLBACK_NO_REGISTERS = 0 };
enum { PLUGIN_INLINE_ADD_U64 = 0 };
enum { PLUGIN_MEMORY_READ_WRITE = 3 };

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
                                           void (*callback)(qemu_plugin_id_t id, struct qemu_plugin_tb* block));
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, void (*callback)(qemu_plugin_id_t id, void* arg), void* arg);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb* block);
struct qemu_plugin_insn* qemu_plugin_tb_get_insn(const struct qemu_plugin_tb* block, size_t index);
const void* qemu_plugin_insn_data(const struct qemu_plugin_insn* instruction);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn* instruction);

void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn* instruction, int operation, void* counter,
                                                uint64_t addend);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn* instruction,
                                            void (*callback)(unsigned int cpu, void* arg), int flags, void* arg);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn* instruction,
                                      void (*callback)(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address,
                                                       void* arg),
                                      int flags, int access, void* arg);

struct qemu_plugin_hwaddr* qemu_plugin_get_hwaddr(qemu_plugin_meminfo_t info, uint64_t address);
bool qemu_plugin_hwaddr_is_io(const struct qemu_plugin_hwaddr* place);
uint64_t qemu_plugin_hwaddr_phys_addr(const struct qemu_plugin_hwaddr* place);
bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t info);

#endif
