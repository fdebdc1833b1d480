// SPDX-License-Identifier: BSD-2-Clause
// Register names from "PC16550D Universal Asynchronous Receiver/Transmitter with FIFOs", National Semiconductor 1995,
// section 8.
#include "kernels/support/console.hpp"

#include <cstdarg>
#include <cstdio>

#include "kernels/support/cpu.hpp"

namespace graft::support {
namespace {

constexpr uint16_t kBase = 0x3f8;
constexpr uint16_t kTransmitterHolding = kBase + 0;
constexpr uint16_t kDivisorLow = kBase + 0;
constexpr uint16_t kInterruptEnable = kBase + 1;
constexpr uint16_t kDivisorHigh = kBase + 1;
constexpr uint16_t kFifoControl = kBase + 2;
constexpr uint16_t kLineControl = kBase + 3;
constexpr uint16_t kModemControl = kBase + 4;
constexpr uint16_t kLineStatus = kBase + 5;

constexpr uint8_t kDivisorLatchAccess = 0x80;
constexpr uint8_t kEightBitsNoParity = 0x03;
constexpr uint8_t kTransmitterEmpty = 0x20;
constexpr int kFifoBytes = 16;

int g_fifo_room;

void put(char c) {
  // With FIFOs on, "transmitter holding register empty" means that all 16 places are free: one status read serves 16.
  if (g_fifo_room == 0) {
    while (!(in8(kLineStatus) & kTransmitterEmpty)) relax();
    g_fifo_room = kFifoBytes;
  }
  --g_fifo_room;
  out8(kTransmitterHolding, static_cast<uint8_t>(c));
}

}  // namespace

void init_console() {
  out8(kInterruptEnable, 0);
  out8(kLineControl, kDivisorLatchAccess);
  out8(kDivisorLow, 1);  // 115200 baud
  out8(kDivisorHigh, 0);
  out8(kLineControl, kEightBitsNoParity);
  out8(kFifoControl, 0x07);   // enable and clear both FIFOs
  out8(kModemControl, 0x03);  // DTR, RTS
}

void console_write(const char* text, size_t length) {
  InterruptsOff guard;
  for (size_t i = 0; i < length; ++i) {
    if (text[i] == '\n') put('\r');
    put(text[i]);
  }
}

void console_printf(const char* format, ...) {
  char buffer[512];
  va_list args;
  va_start(args, format);
  const int length = vsnprintf(buffer, sizeof buffer, format, args);
  va_end(args);
  console_write(buffer, length < static_cast<int>(sizeof buffer) ? static_cast<size_t>(length) : sizeof buffer - 1);
}

}  // namespace graft::support
