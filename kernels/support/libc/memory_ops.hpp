// SPDX-License-Identifier: BSD-2-Clause
/// Copying and filling with 8-byte moves.
///
/// Neither "rep movsb" nor "rep movsq": under an instruction-counting emulator every iteration counts, and short copies
/// pay the microcode's start-up on hardware.
#ifndef GRAFT_KERNELS_SUPPORT_LIBC_MEMORY_OPS_HPP
#define GRAFT_KERNELS_SUPPORT_LIBC_MEMORY_OPS_HPP

#include <cstddef>
#include <cstdint>

namespace graft::support {

// Unaligned, and allowed to alias anything.
struct [[gnu::packed, gnu::may_alias]] Word8 {
  uint64_t value;
};
struct [[gnu::packed, gnu::may_alias]] Word4 {
  uint32_t value;
};
struct [[gnu::packed, gnu::may_alias]] Word2 {
  uint16_t value;
};

template <typename Word>
inline auto load(const char* from) {
  return reinterpret_cast<const Word*>(from)->value;
}

template <typename Word, typename Value>
inline void store(char* to, Value value) {
  reinterpret_cast<Word*>(to)->value = static_cast<decltype(Word::value)>(value);
}

/// Up to 16 bytes, read in full before anything is written: right for overlapping areas too.
inline void copy_short(char* to, const char* from, size_t n) {
  if (n >= 8) {
    const auto head = load<Word8>(from), tail = load<Word8>(from + n - 8);
    store<Word8>(to, head);
    store<Word8>(to + n - 8, tail);
  } else if (n >= 4) {
    const auto head = load<Word4>(from), tail = load<Word4>(from + n - 4);
    store<Word4>(to, head);
    store<Word4>(to + n - 4, tail);
  } else if (n >= 2) {
    const auto head = load<Word2>(from), tail = load<Word2>(from + n - 2);
    store<Word2>(to, head);
    store<Word2>(to + n - 2, tail);
  } else if (n == 1) {
    *to = *from;
  }
}

/// 8 * kWords to 16 * kWords bytes, read in full before anything is written.
template <int kWords>
inline void copy_halves(char* to, const char* from, size_t n) {
  uint64_t head[kWords], tail[kWords];
  for (int i = 0; i < kWords; ++i) head[i] = load<Word8>(from + 8 * i);
  for (int i = 0; i < kWords; ++i) tail[i] = load<Word8>(from + n - 8 * (kWords - i));
  for (int i = 0; i < kWords; ++i) store<Word8>(to + 8 * i, head[i]);
  for (int i = 0; i < kWords; ++i) store<Word8>(to + n - 8 * (kWords - i), tail[i]);
}

/// Right if the areas are apart or `to` lies below `from`.
inline void copy_forward(char* to, const char* from, size_t n) {
  if (n <= 16) return copy_short(to, from, n);
  if (n <= 32) return copy_halves<2>(to, from, n);
  if (n <= 64) return copy_halves<4>(to, from, n);
  // The last 8 bytes are read first: with overlap the loop may overwrite them.
  const auto tail = load<Word8>(from + n - 8);
  char* const tail_to = to + n - 8;
  size_t words = (n - 1) / 8;
  for (; words >= 8; words -= 8, to += 64, from += 64) {
    for (int i = 0; i < 8; ++i) store<Word8>(to + 8 * i, load<Word8>(from + 8 * i));
  }
  for (; words > 0; --words, to += 8, from += 8) store<Word8>(to, load<Word8>(from));
  store<Word8>(tail_to, tail);
}

/// Right if the areas are apart or `to` lies above `from`.
inline void copy_backward(char* to, const char* from, size_t n) {
  if (n <= 16) return copy_short(to, from, n);
  const auto head = load<Word8>(from);
  char* const head_to = to;
  const char* from_end = from + n;
  char* to_end = to + n;
  for (size_t words = (n - 1) / 8; words > 0; --words) {
    from_end -= 8;
    to_end -= 8;
    store<Word8>(to_end, load<Word8>(from_end));
  }
  store<Word8>(head_to, head);
}

inline void fill(char* to, uint8_t byte, size_t n) {
  const uint64_t word = byte * uint64_t{0x0101'0101'0101'0101};
  if (n < 8) {
    for (size_t i = 0; i < n; ++i) to[i] = static_cast<char>(byte);
    return;
  }
  char* const tail = to + n - 8;
  size_t words = n / 8;
  for (; words >= 8; words -= 8, to += 64) {
    for (int i = 0; i < 8; ++i) store<Word8>(to + 8 * i, word);
  }
  for (; words > 0; --words, to += 8) store<Word8>(to, word);
  store<Word8>(tail, word);
}

inline int compare(const unsigned char* a, const unsigned char* b, size_t n) {
  const auto *x = reinterpret_cast<const char*>(a), *y = reinterpret_cast<const char*>(b);
  size_t i = 0;
  while (i + 8 <= n && load<Word8>(x + i) == load<Word8>(y + i)) i += 8;
  for (; i < n; ++i) {
    if (a[i] != b[i]) return a[i] - b[i];
  }
  return 0;
}

}  // namespace graft::support

#endif
