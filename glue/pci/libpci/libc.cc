// SPDX-License-Identifier: BSD-2-Clause
// What rename.h makes of libpci's calls into a C library and to I/O ports.
#include <stdarg.h>
#include <string.h>

#include "glue/pci/libpci/format.hpp"
#include "glue/pci/libpci/session.hpp"
#include "glue/world/asan.hpp"

namespace graft::libpci {
namespace {

constinit Session* the_session = nullptr;

// Bits of the address register at 0xcf8.
constexpr uint32_t kAddressPort = 0xcf8;
constexpr uint32_t kDataPort = 0xcfc;
constexpr uint32_t kEnable = 1u << 31;

}  // namespace

Session& Session::current() { return *the_session; }

Session::~Session() {
  while (blocks_ != nullptr) {
    Block* block = blocks_;
    blocks_ = block->next;
    heap_.deallocate(block, block->bytes);
  }
}

__attribute__((noinline)) graft_error_t Session::run(void (*fn)(void*), void* arg) {
  the_session = this;
  if (__builtin_setjmp(way_out_) != 0) {
    the_session = nullptr;
    return GRAFT_E_NOMEM;
  }
  fn(arg);
  the_session = nullptr;
  return GRAFT_OK;
}

__attribute__((noinline)) void Session::fail() {
  asan::handle_no_return();
  __builtin_longjmp(way_out_, 1);
}

void* Session::allocate(size_t bytes) {
  bytes += sizeof(Block);
  auto* block = static_cast<Block*>(heap_.allocate(bytes));
  if (block == nullptr) return nullptr;
  *block = {blocks_, bytes};
  blocks_ = block;
  return block + 1;
}

uint32_t Session::read_port(uint32_t port, uint32_t width) {
  if (port == kAddressPort) return address_register_;
  uint32_t value = UINT32_MAX;
  if (port < kDataPort || port > kDataPort + 3 || (address_register_ & kEnable) == 0) return value;
  graft_pci_address_t function = (address_register_ >> 8) & 0xffff;
  uint32_t offset = (address_register_ & 0xfc) + (port - kDataPort);
  if (host_.pci_read(function, offset, width, &value) != GRAFT_OK) return UINT32_MAX;
  return value;
}

void Session::write_port(uint32_t port, uint32_t width, uint32_t value) {
  if (port == kAddressPort) {
    address_register_ = value;
    return;
  }
  if (port < kDataPort || port > kDataPort + 3 || (address_register_ & kEnable) == 0) return;
  const graft_osenv_t& env = host_.env();
  graft_pci_address_t function = (address_register_ >> 8) & 0xffff;
  // A write that the host refuses is lost, as on a bus where nobody answers.
  (void)env.pci_write(env.host, function, (address_register_ & 0xfc) + (port - kDataPort), width, value);
}

}  // namespace graft::libpci

using graft::libpci::Session;

extern "C" {

int libpci_c_read_isa_io(int, void* port, int width) {
  return static_cast<int>(Session::current().read_port(static_cast<uint32_t>(reinterpret_cast<uintptr_t>(port)),
                                                       static_cast<uint32_t>(width)));
}

int libpci_c_write_isa_io(int, void* port, int width, uint32_t value) {
  Session::current().write_port(static_cast<uint32_t>(reinterpret_cast<uintptr_t>(port)), static_cast<uint32_t>(width),
                                value);
  return 0;
}

void* libpci_c_malloc(size_t bytes) { return Session::current().allocate(bytes); }
// The session frees everything at its end.
void libpci_c_free(void*) {}
[[noreturn]] void libpci_c_exit(int) { Session::current().fail(); }

size_t libpci_c_strlen(const char* text) {
  size_t length = 0;
  while (text[length] != 0) ++length;
  return length;
}

char* libpci_c_strcpy(char* to, const char* from) {
  memcpy(to, from, libpci_c_strlen(from) + 1);
  return to;
}

int libpci_c_strcmp(const char* a, const char* b) {
  for (; *a != 0 && *a == *b; ++a, ++b) {
  }
  return static_cast<unsigned char>(*a) - static_cast<unsigned char>(*b);
}

int libpci_c_vfprintf(void*, const char* text, va_list args) {
  char line[160];
  int length = graft::libpci::format(line, sizeof(line), text, args);
  Session::current().host().log(GRAFT_LOG_WARNING, "pci: ", line);
  return length;
}

int libpci_c_snprintf(char* out, size_t capacity, const char* text, ...) {
  va_list args;
  va_start(args, text);
  int length = graft::libpci::format(out, capacity, text, args);
  va_end(args);
  return length;
}

int libpci_c_sprintf(char* out, const char* text, ...) {
  va_list args;
  va_start(args, text);
  int length = graft::libpci::format(out, SIZE_MAX, text, args);
  va_end(args);
  return length;
}

// Pieces of messages whose text comes through vfprintf().
int libpci_c_fputs(const char*, void*) { return 0; }
int libpci_c_fputc(int character, void*) { return character; }
size_t libpci_c_fwrite(const void*, size_t, size_t count, void*) { return count; }

// There are no files: the list of names is never found.
void* libpci_c_fopen(const char*, const char*) { return nullptr; }
int libpci_c_fclose(void*) { return 0; }
int libpci_c_feof(void*) { return 1; }
int libpci_c_ferror(void*) { return 0; }
char* libpci_c_fgets(char*, int, void*) { return nullptr; }
}
