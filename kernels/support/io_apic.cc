// SPDX-License-Identifier: BSD-2-Clause
// Registers: Intel "82093AA I/O Advanced Programmable Interrupt Controller (IOAPIC)", 290566-001, chapter 3.
#include "kernels/support/io_apic.hpp"

#include "kernels/support/acpi.hpp"
#include "kernels/support/cpu.hpp"
#include "kernels/support/local_apic.hpp"
#include "kernels/support/paging.hpp"
#include "kernels/support/panic.hpp"

namespace graft::support {
namespace {

constexpr uint32_t kVersion = 0x01;
constexpr uint32_t kRedirection = 0x10;
constexpr uint32_t kActiveLow = 1 << 13;
constexpr uint32_t kLevel = 1 << 15;
constexpr uint32_t kMasked = 1 << 16;
/// Lines below this are the ISA ones, active high; the rest carry PCI pins, active low.
constexpr uint32_t kIsaLines = 16;

struct Line {
  volatile uint32_t* registers;  // of its I/O APIC; null: there is no such line
  uint32_t index;                // within it
  InterruptHandler handler;
  void* context;
  uint8_t vector;  // 0: not claimed
  bool is_masked;
};

constexpr uint32_t kLinesMax = 256;
Line g_lines[kLinesMax];

uint32_t read(volatile uint32_t* registers, uint32_t index) {
  registers[0] = index;  // IOREGSEL
  return registers[4];   // IOWIN
}

void write(volatile uint32_t* registers, uint32_t index, uint32_t value) {
  registers[0] = index;
  registers[4] = value;
}

void write_entry(const Line& line, uint32_t line_number) {
  const uint32_t polarity = line_number < kIsaLines ? 0 : kActiveLow;
  write(line.registers, kRedirection + 2 * line.index,
        line.vector | kLevel | polarity | (line.is_masked ? kMasked : 0));
}

void run_line(void* context) {
  const Line& line = *static_cast<Line*>(context);
  if (!line.is_masked) line.handler(line.context);
}

Line& claimed(uint32_t line_number, const char* caller) {
  if (line_number >= kLinesMax || g_lines[line_number].vector == 0)
    panic("%s: line %u is not claimed", caller, line_number);
  return g_lines[line_number];
}

}  // namespace

void init_io_apics() {
  const AcpiInfo& acpi = acpi_info();
  for (size_t i = 0; i < acpi.io_apic_count; ++i) {
    void* va;
    if (map_device(acpi.io_apics[i].phys, kPageBytes, false, &va) != GRAFT_OK) panic("no page for an I/O APIC");
    auto* registers = static_cast<volatile uint32_t*>(va);
    const uint32_t count = (read(registers, kVersion) >> 16 & 0xff) + 1;
    for (uint32_t index = 0; index < count; ++index) {
      write(registers, kRedirection + 2 * index, kMasked);
      const uint32_t line = acpi.io_apics[i].first_line + index;
      if (line < kLinesMax) g_lines[line] = {registers, index, nullptr, nullptr, 0, true};
    }
  }
}

graft_error_t claim_line(uint32_t line_number, InterruptHandler handler, void* context) {
  if (line_number >= kLinesMax || g_lines[line_number].registers == nullptr) return GRAFT_E_INVAL;
  InterruptsOff guard;
  Line& line = g_lines[line_number];
  if (line.vector != 0) return GRAFT_E_EXIST;
  const uint8_t vector = allocate_vectors(1);
  if (vector == 0) return GRAFT_E_NOSPC;
  line.handler = handler;
  line.context = context;
  line.vector = vector;
  line.is_masked = false;
  set_vector_handler(vector, run_line, &line);
  write(line.registers, kRedirection + 2 * line.index + 1, uint32_t{local_apic_id()} << 24);
  write_entry(line, line_number);
  return GRAFT_OK;
}

void release_line(uint32_t line_number) {
  InterruptsOff guard;
  Line& line = claimed(line_number, "irq_release");
  line.is_masked = true;
  write_entry(line, line_number);
  free_vectors(line.vector, 1);
  line.vector = 0;
}

void mask_line(uint32_t line_number) {
  InterruptsOff guard;
  Line& line = claimed(line_number, "irq_mask");
  if (line.is_masked) return;
  line.is_masked = true;
  write_entry(line, line_number);
}

void unmask_line(uint32_t line_number) {
  InterruptsOff guard;
  Line& line = claimed(line_number, "irq_unmask");
  if (!line.is_masked) return;
  line.is_masked = false;
  write_entry(line, line_number);
}

}  // namespace graft::support
