// SPDX-License-Identifier: BSD-2-Clause
/// The scripted machine that the cases talk to: lines to drive, and a PCI function with MSI-X.
#ifndef GRAFT_TESTS_EMU_LAB_HPP
#define GRAFT_TESTS_EMU_LAB_HPP

#include <array>
#include <cstring>

#include "tests/emu/case.h"
#include "tests/fakes/osenv/fake_host.hpp"
#include "tests/fakes/pci/config_space.hpp"

namespace graft::emu {

class Lab {
 public:
  explicit Lab(fakes::FakeHost& host)
      : lines_(host), registers_(host), config_(LX_LAB_PCI_VENDOR, LX_LAB_PCI_DEVICE, 0xff0000) {
    host.set_mmio(LX_LAB_PHYS, LX_LAB_BYTES, &lines_);
    host.set_mmio(LX_LAB_PCI_PHYS, LX_LAB_PCI_BYTES, &registers_);
    config_.set_memory_bar(0, LX_LAB_PCI_PHYS, LX_LAB_PCI_BYTES);
    config_.set_interrupt(1, LX_LAB_PCI_LINE);
    uint8_t msix = config_.add_capability(0x11, 12);
    config_.set(msix + 2, 2, LX_LAB_PCI_MSIX_VECTORS - 1);
    config_.set_writable(msix + 2, 2, 0xc000);
    config_.set(msix + 4, 4, LX_LAB_PCI_MSIX_TABLE);
    config_.set(msix + 8, 4, LX_LAB_PCI_MSIX_TABLE + 0x800);
    host.set_pci_function(LX_LAB_PCI_ADDRESS, &config_);
    host.set_route(LX_LAB_PCI_ADDRESS, 1, LX_LAB_PCI_LINE);
  }

 private:
  /// See the LX_LAB_ offsets in case.h.
  class Lines : public fakes::RegisterModel {
   public:
    explicit Lines(fakes::FakeHost& host) : host_(host) {}
    uint64_t read(uint64_t offset, uint32_t width) override {
      if (offset == LX_LAB_MASKS) return host_.mask_calls();
      if (offset == LX_LAB_MASKED) return host_.is_masked(asked_);
      uint64_t value = 0;
      if (offset >= LX_LAB_SCRATCH && offset + width <= LX_LAB_SCRATCH + scratch_.size()) {
        std::memcpy(&value, &scratch_[offset - LX_LAB_SCRATCH], width);
      }
      return value;
    }
    void write(uint64_t offset, uint32_t width, uint64_t value) override {
      if (offset == LX_LAB_LINE) {
        host_.set_line(static_cast<uint32_t>(value >> 1), value & 1);
      } else if (offset == LX_LAB_MASKED) {
        asked_ = static_cast<uint32_t>(value);
      } else if (offset >= LX_LAB_SCRATCH && offset + width <= LX_LAB_SCRATCH + scratch_.size()) {
        std::memcpy(&scratch_[offset - LX_LAB_SCRATCH], &value, width);
      }
    }

   private:
    fakes::FakeHost& host_;
    uint32_t asked_ = 0;
    std::array<uint8_t, 64> scratch_{};
  };

  /// See the LX_LAB_PCI_ offsets. A masked vector's message waits until it is unmasked, as PCI 3.0 section 6.8.2 says.
  class Registers : public fakes::RegisterModel {
   public:
    explicit Registers(fakes::FakeHost& host) : host_(host) {
      for (unsigned i = 0; i < LX_LAB_PCI_MSIX_VECTORS; ++i) table_[i * 4 + 3] = 1;
    }
    uint64_t read(uint64_t offset, uint32_t width) override {
      uint64_t value = 0;
      if (in_table(offset, width)) std::memcpy(&value, bytes(offset), width);
      return value;
    }
    void write(uint64_t offset, uint32_t width, uint64_t value) override {
      if (offset == LX_LAB_PCI_DOORBELL) {
        if (value < LX_LAB_PCI_MSIX_VECTORS) waiting_[value] = true;
      } else if (offset == LX_LAB_PCI_PIN) {
        host_.set_line(LX_LAB_PCI_LINE, value & 1);
      } else if (in_table(offset, width)) {
        std::memcpy(bytes(offset), &value, width);
      }
      for (unsigned i = 0; i < LX_LAB_PCI_MSIX_VECTORS; ++i) send(i);
    }

   private:
    bool in_table(uint64_t offset, uint32_t width) const {
      return offset >= LX_LAB_PCI_MSIX_TABLE && offset + width <= LX_LAB_PCI_MSIX_TABLE + sizeof(table_);
    }
    char* bytes(uint64_t offset) { return reinterpret_cast<char*>(table_.data()) + (offset - LX_LAB_PCI_MSIX_TABLE); }
    void send(unsigned vector) {
      const uint32_t* entry = &table_[vector * 4];
      if (!waiting_[vector] || (entry[3] & 1) != 0) return;
      waiting_[vector] = false;
      host_.send_msi({entry[0] | static_cast<uint64_t>(entry[1]) << 32, entry[2], 0});
    }

    fakes::FakeHost& host_;
    std::array<uint32_t, 4 * LX_LAB_PCI_MSIX_VECTORS> table_{};
    std::array<bool, LX_LAB_PCI_MSIX_VECTORS> waiting_{};
  };

  Lines lines_;
  Registers registers_;
  fakes::ConfigSpace config_;
};

}  // namespace graft::emu

#endif
