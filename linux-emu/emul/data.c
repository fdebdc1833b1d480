// SPDX-License-Identifier: GPL-2.0-only
// Data that donors refer to and functions whose whole effect is a constant, where the constant is right: there is no
// user space, no sysfs, no socket, no second namespace.
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/filter.h>
#include <linux/ioprio.h>
#include <linux/jump_label.h>
#include <linux/kobject.h>
#include <linux/mm.h>
#include <linux/stringhash.h>
#include <linux/trace_events.h>
#include <linux/user_namespace.h>
#include <linux/writeback.h>

#include "mm/internal.h"

// kstrdup_const() never sees memory that outlives its user: every string is copied.
char __start_rodata[1];
asm(".globl __end_rodata\n.set __end_rodata, __start_rodata");

// A donor that is compiled as a module refers to it; modules cannot be unloaded.
char __this_module[64];

struct user_namespace init_user_ns = {.ns.count = REFCOUNT_INIT(1)};
struct kobject* kernel_kobj;
int laptop_mode;

DEFINE_STATIC_KEY_FALSE(memalloc_socks_key);

// Names of flags, for %pG in vsprintf: the numbers serve.
const struct trace_print_flags pageflag_names[] = {{0, NULL}};
const struct trace_print_flags gfpflag_names[] = {{0, NULL}};
const struct trace_print_flags vmaflag_names[] = {{0, NULL}};

bool gfp_pfmemalloc_allowed(gfp_t gfp) { return false; }

bool file_ns_capable(const struct file* file, struct user_namespace* ns, int capability) { return true; }

// Nobody listens to device events.
int kobject_uevent(struct kobject* object, enum kobject_action action) { return 0; }

int kobject_uevent_env(struct kobject* object, enum kobject_action action, char* env[]) { return 0; }

int kobject_synth_uevent(struct kobject* object, const char* text, size_t bytes) { return 0; }

int add_uevent_var(struct kobj_uevent_env* env, const char* format, ...) { return 0; }

/// FNV-1a; names are few and short.
unsigned int full_name_hash(const void* salt, const char* name, unsigned int length) {
  u64 hash = 0xcbf29ce484222325ull ^ (unsigned long)salt;

  while (length--) hash = (hash ^ (u8)*name++) * 0x100000001b3ull;
  return (u32)(hash ^ hash >> 32);
}

int __get_task_ioprio(struct task_struct* task) { return IOPRIO_DEFAULT; }

void laptop_io_completion(struct backing_dev_info* info) {}
