// SPDX-License-Identifier: BSD-2-Clause
/// What the files of the kernel have in common. kmalloc, printk, panic and list_add are this kernel's own: in Linux,
/// whose drivers it links, functions of these names take other arguments and do other things.
#pragma once
#include <graft/etherdev.h>
#include <graft/osenv.h>

/// machine.S. Port I/O is 1, 2 or 4 bytes wide; memcpy and its like are what every freestanding compiler expects.
void out(uint16_t port, uint32_t width, uint32_t value);
uint32_t in(uint16_t port, uint32_t width);
void* memcpy(void* to, const void* from, size_t bytes);
void* memset(void* to, int value, size_t bytes);
int memcmp(const void* a, const void* b, size_t bytes);
void switch_stack(void** save, void* load);
void thread_start(void);

/// main.c. printk() puts out bytes as they are, print() two strings.
void printk(const char* text, size_t bytes);
void print(const char* text, const char* more);

/// osenv.c. panic() is a callback too; kmalloc() gives pages.
void panic(void* host, const char* text);
void* kmalloc(size_t pages);
void start_thread(void (*function)(void* arg), void* arg);
void fill_osenv(graft_osenv_t* env, int stage);

/// net.c
bool answer_ping(graft_etherdev_t* card);
