# SPDX-License-Identifier: BSD-2-Clause
# Graft @VERSION@ for a kernel that is built with make:
#
#   GRAFT_SET := default                  one of: @SETS@
#   include graft-sdk-@VERSION@/graft.mk
#   %.o: %.c
#   	$(CC) $(GRAFT_CFLAGS) -c -o $@ $<
#   kernel: $(OBJECTS) $(GRAFT_OBJECT)
#   	$(LD) -static -T kernel.ld -o $@ $^
GRAFT_DIR := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
GRAFT_VERSION := @VERSION@
GRAFT_SETS := @SETS@
GRAFT_SET ?= default

ifeq ($(filter $(GRAFT_SET),$(GRAFT_SETS)),)
$(error GRAFT_SET is '$(GRAFT_SET)', which is no driver set of this SDK; choose one of: $(GRAFT_SETS))
endif

# The headers; enough for a program that is no kernel.
GRAFT_INCLUDE := -I$(GRAFT_DIR)/include
# The headers and the flags that code of a kernel needs. README.md says why.
GRAFT_CFLAGS := $(GRAFT_INCLUDE) -ffreestanding -fno-pie -mno-red-zone -mgeneral-regs-only
# What to link.
GRAFT_OBJECT := $(GRAFT_DIR)/lib/$(GRAFT_SET).o
