// SPDX-License-Identifier: BSD-2-Clause
#include "tests/bench/linux/ethernet.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/linux/common.h"

// pgctrl takes the last byte for a line end and drops it.
static const char kStart[] = "start\n";
static const char* interface;

/// Opens a socket for requests about an interface and begins one.
static int begin_request(const char* name, struct ifreq* request) {
  memset(request, 0, sizeof(*request));
  strncpy(request->ifr_name, name, IFNAMSIZ - 1);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) die(name);
  return fd;
}

static void set_flag(const char* name, short flag, bool on) {
  struct ifreq request;
  int fd = begin_request(name, &request);
  if (ioctl(fd, SIOCGIFFLAGS, &request)) die(name);
  request.ifr_flags = (short)(on ? request.ifr_flags | flag : request.ifr_flags & ~flag);
  if (ioctl(fd, SIOCSIFFLAGS, &request)) die(name);
  close(fd);
}

void bring_up(const char* name) {
  struct ifreq request;
  set_flag(name, IFF_UP, true);
  int fd = begin_request(name, &request);
  // The driver reports the carrier from a timer of its own.
  for (int i = 0; i < 100; ++i) {
    if (!ioctl(fd, SIOCGIFFLAGS, &request) && (request.ifr_flags & IFF_RUNNING)) {
      close(fd);
      return;
    }
    usleep(100000);
  }
  errno = ETIMEDOUT;
  die("no carrier");
}

void set_promiscuous(const char* name, bool on) { set_flag(name, IFF_PROMISC, on); }

void set_coalescing(const char* name, bool on) {
  struct ethtool_value value = {.cmd = ETHTOOL_SGRO, .data = on};
  struct ifreq request;
  int fd = begin_request(name, &request);
  request.ifr_data = (void*)&value;
  if (ioctl(fd, SIOCETHTOOL, &request)) die("GRO");
  close(fd);
}

long count_received(const char* name) {
  char line[512], wanted[IFNAMSIZ + 1];
  long packets = -1;
  FILE* file = fopen("/proc/net/dev", "re");
  if (!file) die("/proc/net/dev");
  snprintf(wanted, sizeof(wanted), "%s:", name);
  while (fgets(line, sizeof(line), file)) {
    const char* found = strstr(line, wanted);
    if (found && sscanf(found + strlen(wanted), "%*u %ld", &packets) != 1) packets = -1;
  }
  fclose(file);
  if (packets < 0) die(name);
  return packets;
}

static int open_control(const char* name) {
  char path[64];
  snprintf(path, sizeof(path), "/proc/net/pktgen/%s", name);
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) die(path);
  return fd;
}

__attribute__((format(printf, 2, 3))) static void control(const char* name, const char* format, ...) {
  char command[128];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(command, sizeof(command), format, arguments);
  va_end(arguments);
  int fd = open_control(name);
  if (write(fd, command, (size_t)length) != length) die(command);
  close(fd);
}

void pktgen_use(const char* name) {
  control("kpktgend_0", "rem_device_all");
  control("kpktgend_0", "add_device %s", name);
  interface = name;
}

void pktgen_configure(const pktgen_form_t* form, int packets) {
  control(interface, "count %d", packets);
  control(interface, "%s", form->clone_skb);
  control(interface, "%s", form->burst);
  control(interface, "pkt_size %d", form->packet_bytes);
  control(interface, "delay 0");
  control(interface, "dst_mac %s", form->destination ? form->destination : "02:00:00:00:00:01");
  if (form->more) control(interface, "%s", form->more);
}

int pktgen_open_start(void) { return open_control("pgctrl"); }

void pktgen_run(int start) {
  if (write(start, kStart, sizeof(kStart) - 1) != sizeof(kStart) - 1) die("pgctrl");
}

int pktgen_count_sent(int least) {
  char text[4096], path[64];
  snprintf(path, sizeof(path), "/proc/net/pktgen/%s", interface);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
  if (length < 0) die(path);
  close(fd);
  text[length] = 0;
  const char* sofar = strstr(text, "pkts-sofar: ");
  const char* errors = strstr(text, "errors: ");
  int sent = sofar ? atoi(sofar + strlen("pkts-sofar: ")) : 0;
  if (sent < least || !errors || atoi(errors + strlen("errors: ")) != 0) {
    printf("%s\n", text);
    errno = EIO;
    die("pktgen did not send every packet");
  }
  return sent;
}
