// SPDX-License-Identifier: BSD-2-Clause
#include "tests/bench/linux/filter.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/bench/linux/common.h"

/// Loads "return `verdict`".
static int load_program(enum bpf_prog_type type, int verdict) {
  struct bpf_insn code[] = {
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = verdict},
      {.code = BPF_JMP | BPF_EXIT},
  };
  union bpf_attr attribute;
  memset(&attribute, 0, sizeof(attribute));
  attribute.prog_type = type;
  attribute.insns = (uint64_t)(uintptr_t)code;
  attribute.insn_cnt = sizeof(code) / sizeof(code[0]);
  attribute.license = (uint64_t)(uintptr_t) "GPL";
  int fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attribute, sizeof(attribute));
  if (fd < 0) die("BPF_PROG_LOAD");
  return fd;
}

typedef struct request {
  struct nlmsghdr head;
  union {
    struct ifinfomsg link;
    struct tcmsg control;
  };
  char attributes[256];
} request_t;

/// Appends an attribute and returns it, so that one made without content can be closed around those that follow.
static struct rtattr* append(request_t* request, unsigned short type, const void* content, size_t bytes) {
  struct rtattr* attribute = (struct rtattr*)((char*)request + NLMSG_ALIGN(request->head.nlmsg_len));
  attribute->rta_type = type;
  attribute->rta_len = (unsigned short)RTA_LENGTH(bytes);
  if (bytes) memcpy(RTA_DATA(attribute), content, bytes);
  request->head.nlmsg_len = (uint32_t)(NLMSG_ALIGN(request->head.nlmsg_len) + RTA_ALIGN(attribute->rta_len));
  return attribute;
}

static void close_nested(request_t* request, struct rtattr* attribute) {
  attribute->rta_len = (unsigned short)((char*)request + request->head.nlmsg_len - (char*)attribute);
}

/// Sends the request and waits for the kernel's answer.
static void carry_out(request_t* request, const char* what) {
  struct {
    struct nlmsghdr head;
    struct nlmsgerr error;
    char rest[512];
  } answer;
  request->head.nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0 || send(fd, request, request->head.nlmsg_len, 0) < 0 || recv(fd, &answer, sizeof(answer), 0) < 0)
    die(what);
  close(fd);
  if (answer.head.nlmsg_type == NLMSG_ERROR && answer.error.error == 0) return;
  errno = -answer.error.error;
  die(what);
}

void set_xdp_drop(const char* name, bool on) {
  int program = on ? load_program(BPF_PROG_TYPE_XDP, XDP_DROP) : -1;
  uint32_t flags = XDP_FLAGS_SKB_MODE;
  request_t request = {.head = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)), .nlmsg_type = RTM_SETLINK}};
  request.link.ifi_index = (int)if_nametoindex(name);
  struct rtattr* nested = append(&request, IFLA_XDP | NLA_F_NESTED, NULL, 0);
  append(&request, IFLA_XDP_FD, &program, sizeof(program));
  append(&request, IFLA_XDP_FLAGS, &flags, sizeof(flags));
  close_nested(&request, nested);
  carry_out(&request, "XDP");
  if (on) close(program);
}

void set_ingress_drop(const char* name, bool on) {
  request_t queue = {.head = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct tcmsg)),
                              .nlmsg_type = on ? RTM_NEWQDISC : RTM_DELQDISC,
                              .nlmsg_flags = on ? NLM_F_CREATE | NLM_F_EXCL : 0}};
  queue.control.tcm_ifindex = (int)if_nametoindex(name);
  queue.control.tcm_parent = TC_H_INGRESS;
  queue.control.tcm_handle = TC_H_MAKE(TC_H_INGRESS, 0);
  append(&queue, TCA_KIND, "ingress", sizeof("ingress"));
  carry_out(&queue, "ingress queue");
  // The filter goes away with the queue.
  if (!on) return;

  int program = load_program(BPF_PROG_TYPE_SCHED_CLS, TC_ACT_SHOT);
  uint32_t flags = TCA_BPF_FLAG_ACT_DIRECT;
  request_t filter = {.head = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct tcmsg)),
                               .nlmsg_type = RTM_NEWTFILTER,
                               .nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL}};
  filter.control.tcm_ifindex = queue.control.tcm_ifindex;
  filter.control.tcm_parent = TC_H_MAKE(TC_H_INGRESS, 0);
  filter.control.tcm_info = TC_H_MAKE(1 << 16, __builtin_bswap16(ETH_P_ALL));
  append(&filter, TCA_KIND, "bpf", sizeof("bpf"));
  struct rtattr* nested = append(&filter, TCA_OPTIONS | NLA_F_NESTED, NULL, 0);
  append(&filter, TCA_BPF_FD, &program, sizeof(program));
  append(&filter, TCA_BPF_NAME, "drop", sizeof("drop"));
  append(&filter, TCA_BPF_FLAGS, &flags, sizeof(flags));
  close_nested(&filter, nested);
  carry_out(&filter, "ingress filter");
  close(program);
}
