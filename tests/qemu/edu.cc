// SPDX-License-Identifier: BSD-2-Clause
#include "tests/qemu/edu.hpp"

namespace graft::test {
namespace {

constexpr uint32_t kIds = 0x11e8'1234;
constexpr uint64_t kWindowBytes = 4096;

constexpr uint32_t kFactorial = 0x08;
constexpr uint32_t kStatus = 0x20;
constexpr uint32_t kStatusInterrupts = 0x80;
constexpr uint32_t kRaise = 0x60;
constexpr uint32_t kAcknowledge = 0x64;

constexpr uint32_t kCommand = 0x04;
constexpr uint32_t kCommandMemoryAndMaster = 6;
constexpr uint32_t kCapabilities = 0x34;
constexpr uint32_t kMsiCapability = 5;

Edu& of(void* arg) { return *static_cast<Edu*>(arg); }

}  // namespace

uint32_t Edu::read_config(uint32_t offset, uint32_t width) const {
  uint32_t value;
  env_->pci_read(env_->host, device_.function, offset, width, &value);
  return value;
}

void Edu::write_config(uint32_t offset, uint32_t width, uint32_t value) const {
  env_->pci_write(env_->host, device_.function, offset, width, value);
}

void Edu::write(uint32_t offset, uint32_t value) const { registers_[offset / 4] = value; }
uint32_t Edu::read(uint32_t offset) const { return registers_[offset / 4]; }

uint32_t Edu::find_msi() const {
  uint32_t at = read_config(kCapabilities, 1);
  while (at != 0 && read_config(at, 1) != kMsiCapability) at = read_config(at + 1, 1);
  return at;
}

bool Edu::init(const graft_osenv_t& env, bool raises_later) {
  env_ = &env;
  raises_later_ = raises_later;
  for (device_.function = 0; read_config(0, 4) != kIds; ++device_.function) {
    if (device_.function == 0xffff) return false;
  }
  write_config(kCommand, 2, read_config(kCommand, 2) | kCommandMemoryAndMaster);
  graft_io_cookie_t cookie;
  if (env.mmio_map(env.host, read_config(0x10, 4) & ~15u, kWindowBytes, 0, &cookie) != GRAFT_OK) return false;
  registers_ = reinterpret_cast<volatile uint32_t*>(cookie);
  msi_ = find_msi();
  device_.arg = this;
  device_.pin = read_config(0x3d, 1);
  device_.raise = [](void* arg) { of(arg).raise(); };
  device_.lower = [](void* arg) { of(arg).lower(); };
  device_.use_message = [](void* arg, const graft_msi_message_t* message) { of(arg).use_message(message); };
  device_.send_message = [](void* arg) {
    of(arg).raise();
    if (!of(arg).raises_later_) of(arg).lower();
  };
  return true;
}

void Edu::raise() {
  if (!raises_later_) return write(kRaise, 1);
  lower();
  write(kStatus, kStatusInterrupts);
  write(kFactorial, 10);
}

void Edu::lower() { write(kAcknowledge, UINT32_MAX); }

void Edu::use_message(const graft_msi_message_t* message) {
  write_config(msi_ + 2, 2, 0);
  if (message == nullptr) return;
  lower();
  write_config(msi_ + 4, 4, static_cast<uint32_t>(message->address));
  write_config(msi_ + 8, 4, static_cast<uint32_t>(message->address >> 32));
  write_config(msi_ + 12, 2, message->data);
  write_config(msi_ + 2, 2, 1);
}

}  // namespace graft::test
