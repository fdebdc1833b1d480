// SPDX-License-Identifier: BSD-2-Clause
/// The ChaCha20 block function (RFC 8439, section 2.3).
#ifndef GRAFT_KERNELS_SUPPORT_CHACHA_HPP
#define GRAFT_KERNELS_SUPPORT_CHACHA_HPP

#include <cstdint>

namespace graft::support {

struct ChachaBlock {
  uint32_t words[16];
};

namespace chacha_detail {

constexpr uint32_t rotate(uint32_t value, int by) { return value << by | value >> (32 - by); }

constexpr void quarter_round(uint32_t* s, int a, int b, int c, int d) {
  s[a] += s[b], s[d] = rotate(s[d] ^ s[a], 16);
  s[c] += s[d], s[b] = rotate(s[b] ^ s[c], 12);
  s[a] += s[b], s[d] = rotate(s[d] ^ s[a], 8);
  s[c] += s[d], s[b] = rotate(s[b] ^ s[c], 7);
}

}  // namespace chacha_detail

constexpr ChachaBlock chacha_block(const uint32_t (&key)[8], uint32_t counter, const uint32_t (&nonce)[3]) {
  uint32_t input[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
  for (int i = 0; i < 8; ++i) input[4 + i] = key[i];
  input[12] = counter;
  for (int i = 0; i < 3; ++i) input[13 + i] = nonce[i];

  ChachaBlock block{};
  for (int i = 0; i < 16; ++i) block.words[i] = input[i];
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 4; ++i) chacha_detail::quarter_round(block.words, i, 4 + i, 8 + i, 12 + i);
    for (int i = 0; i < 4; ++i) {
      chacha_detail::quarter_round(block.words, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
    }
  }
  for (int i = 0; i < 16; ++i) block.words[i] += input[i];
  return block;
}

}  // namespace graft::support

#endif
