// SPDX-License-Identifier: BSD-2-Clause
#include "tests/bench/linux/ethernet.h"

#include <errno.h>
#include <fcntl.h>
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

void bring_up(const char* name) {
  struct ifreq request;
  memset(&request, 0, sizeof(request));
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request)) die(name);
  request.ifr_flags |= IFF_UP;
  if (ioctl(fd, SIOCSIFFLAGS, &request)) die(name);
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
  control(interface, "dst_mac 02:00:00:00:00:01");
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
