// SPDX-License-Identifier: BSD-2-Clause
#include "kernels/support/entropy.hpp"

#include <cstring>

#include "kernels/support/chacha.hpp"
#include "kernels/support/cpu.hpp"

namespace graft::support {
namespace {

uint64_t g_samples[4];
size_t g_next_sample;
uint32_t g_key[8];
uint32_t g_generation;

bool read_hardware(uint64_t* out) {
  static const bool has_rdrand = cpuid(1).ecx & (1 << 30);
  if (!has_rdrand) return false;
  for (int attempt = 0; attempt < 10; ++attempt) {
    bool ok;
    asm volatile("rdrand %0" : "=r"(*out), "=@ccc"(ok));
    if (ok) return true;
  }
  return false;
}

/// Makes the next key from the current one and everything collected since: knowing it later does not give output
/// handed out before.
void rekey() {
  uint32_t samples[8];
  memcpy(samples, g_samples, sizeof samples);
  for (int i = 0; i < 8; ++i) g_key[i] ^= samples[i];
  uint64_t hardware;
  if (read_hardware(&hardware)) {
    g_key[0] ^= static_cast<uint32_t>(hardware);
    g_key[1] ^= static_cast<uint32_t>(hardware >> 32);
  }
  const uint64_t now = read_tsc();
  const ChachaBlock block =
      chacha_block(g_key, 0, {static_cast<uint32_t>(now), static_cast<uint32_t>(now >> 32), ++g_generation});
  memcpy(g_key, block.words, sizeof g_key);
}

uint8_t read_cmos(uint8_t index) {
  out8(0x70, index);
  return in8(0x71);
}

}  // namespace

void stir_entropy(uint64_t sample) {
  InterruptsOff guard;
  uint64_t& word = g_samples[g_next_sample++ % 4];
  word = (word << 7 | word >> 57) ^ sample;
}

void init_entropy() {
  for (uint8_t index = 0; index < 10; ++index) stir_entropy(read_cmos(index));  // the date and time
  for (int i = 0; i < 64; ++i) {
    in8(0x61);  // leaves the processor, which takes a varying time
    stir_entropy(read_tsc());
    if (i % 4 == 3) rekey();
  }
  uint64_t hardware;
  for (int i = 0; i < 4 && read_hardware(&hardware); ++i) stir_entropy(hardware);
  rekey();
}

void fill_random(void* buffer, size_t bytes) {
  auto* to = static_cast<char*>(buffer);
  InterruptsOff guard;
  rekey();
  for (uint32_t counter = 1; bytes > 0; ++counter) {
    const ChachaBlock block = chacha_block(g_key, counter, {0, 0, g_generation});
    const size_t part = bytes < sizeof block ? bytes : sizeof block;
    memcpy(to, block.words, part);
    to += part;
    bytes -= part;
  }
  rekey();
}

}  // namespace graft::support
