// SPDX-License-Identifier: BSD-2-Clause
/// The only process of the baseline: loads modules, lets pktgen send, marks the measured regions, stops the machine.
///
/// Every argument "module=PATH" is loaded in order. The transmit forms and their regions are in kForms.
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/bench/marker.h"

enum { PACKETS = 10000, WARM_UP_PACKETS = 2000, SAMPLES = 5, EXIT_PORT = 0xf4, EXIT_GOOD = 0x10, EXIT_BAD = 0x20 };

typedef struct form {
  const char* name;
  int packet_bytes;
  const char* clone_skb;
  const char* burst;
} form_t;

// clone_skb 0 makes a new buffer for each packet, 100000 sends one again and again; a burst has one doorbell.
static const form_t kForms[] = {
    {"60B,clone_skb=0,burst=1", 60, "clone_skb 0", "burst 1"},
    {"60B,clone_skb=100000,burst=1", 60, "clone_skb 100000", "burst 1"},
    {"60B,clone_skb=100000,burst=32", 60, "clone_skb 100000", "burst 32"},
    {"1514B,clone_skb=0,burst=1", 1514, "clone_skb 0", "burst 1"},
    {"1514B,clone_skb=100000,burst=1", 1514, "clone_skb 100000", "burst 1"},
};

// pgctrl takes the last byte for a line end and drops it.
static const char kStart[] = "start\n";

enum { FORMS = sizeof(kForms) / sizeof(kForms[0]) };

_Noreturn static void stop(int code) {
  sync();
  if (!ioperm(EXIT_PORT, 4, 1)) outl((unsigned)code, EXIT_PORT);
  reboot(RB_POWER_OFF);
  for (;;) pause();
}

_Noreturn static void die(const char* what) {
  printf("init: %s: %s\n", what, strerror(errno));
  stop(EXIT_BAD);
}

static void load_module(const char* path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || syscall(SYS_finit_module, fd, "", 0)) die(path);
  close(fd);
}

static void bring_up(const char* name) {
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

static void control(const char* name, const char* format, ...) {
  char command[128];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(command, sizeof(command), format, arguments);
  va_end(arguments);
  int fd = open_control(name);
  if (write(fd, command, (size_t)length) != length) die(command);
  close(fd);
}

static void configure(const form_t* form, int packets) {
  control("eth0", "count %d", packets);
  control("eth0", "%s", form->clone_skb);
  control("eth0", "%s", form->burst);
  control("eth0", "pkt_size %d", form->packet_bytes);
  control("eth0", "delay 0");
  control("eth0", "dst_mac 02:00:00:00:00:01");
}

/// Returns how many packets pktgen really sent, a few more than asked for if the last burst was larger; a run with
/// errors measures something else and ends here.
static int count_sent(void) {
  char text[4096];
  int fd = open("/proc/net/pktgen/eth0", O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
  if (length < 0) die("/proc/net/pktgen/eth0");
  close(fd);
  text[length] = 0;
  const char* sofar = strstr(text, "pkts-sofar: ");
  const char* errors = strstr(text, "errors: ");
  int sent = sofar ? atoi(sofar + strlen("pkts-sofar: ")) : 0;
  if (sent < PACKETS || !errors || atoi(errors + strlen("errors: ")) != 0) {
    printf("%s\n", text);
    errno = EIO;
    die("pktgen did not send every packet");
  }
  return sent;
}

// A mark is a constant in the code, so each form needs passes of its own.
#define PASS(region)                                            \
  do {                                                          \
    GRAFT_BENCH_BEGIN(region);                                  \
    ssize_t written = write(start, kStart, sizeof(kStart) - 1); \
    GRAFT_BENCH_END(region);                                    \
    if (written != sizeof(kStart) - 1) die("pgctrl");           \
  } while (0)

static void pass(int form, int start) {
  if (form == 0) PASS(0);
  if (form == 1) PASS(1);
  if (form == 2) PASS(2);
  if (form == 3) PASS(3);
  if (form == 4) PASS(4);
}

static void measure(int form) {
  int start = open_control("pgctrl");
  configure(&kForms[form], WARM_UP_PACKETS);
  if (write(start, kStart, sizeof(kStart) - 1) < 0) die("pgctrl");
  configure(&kForms[form], PACKETS);
  for (int i = 0; i < SAMPLES; ++i) {
    pass(form, start);
    printf("[BENCH] region=%d units=%d name=%s\n", form, count_sent(), kForms[form].name);
  }
  close(start);
}

int main(int argc, char** argv) {
  mkdir("/proc", 0555);
  if (mount("proc", "/proc", "proc", 0, NULL)) die("/proc");
  for (int i = 1; i < argc; ++i) {
    if (!strncmp(argv[i], "module=", 7)) load_module(argv[i] + 7);
  }
  bring_up("eth0");
  control("kpktgend_0", "rem_device_all");
  control("kpktgend_0", "add_device eth0");
  for (int form = 0; form < FORMS; ++form) measure(form);
  stop(EXIT_GOOD);
}
