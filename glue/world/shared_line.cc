// SPDX-License-Identifier: BSD-2-Clause
#include "glue/world/shared_line.hpp"

namespace graft {

struct SharedLine::Table {
  boost::intrusive::list<SharedLine, boost::intrusive::constant_time_size<false>> lines;
};

SharedLine::Table* SharedLine::table_of(World& world) {
  World::LocalSlot& slot = world.local(World::Local::kInterruptLines);
  if (slot.value == nullptr) {
    auto* table = world.heap().make<Table>();
    if (table == nullptr) return nullptr;
    slot = {table, [](World& w, void* value) { w.heap().destroy_object(static_cast<Table*>(value)); }};
  }
  return static_cast<Table*>(slot.value);
}

bool SharedLine::handle(void* self) {
  bool claimed = false;
  for (LineAction& action : static_cast<SharedLine*>(self)->actions_) claimed |= action.handler_(action.arg_);
  return claimed;
}

graft_error_t SharedLine::add(World& world, uint32_t line, LineAction& action) {
  WorldScope scope(world);
  Table* table = table_of(world);
  if (table == nullptr) return GRAFT_E_NOMEM;
  SharedLine* shared = nullptr;
  for (SharedLine& known : table->lines) {
    if (known.source_.line == line) shared = &known;
  }
  bool is_new = shared == nullptr;
  if (is_new) {
    shared = world.heap().make<SharedLine>(world);
    if (shared == nullptr) return GRAFT_E_NOMEM;
    table->lines.push_back(*shared);
  }
  // In the list before the claim: a level that is asserted already interrupts during it.
  shared->actions_.push_back(action);
  action.line_ = shared;
  if (!is_new) return GRAFT_OK;
  graft_error_t error = shared->source_.claim_line(line);
  if (error != GRAFT_OK) {
    shared->actions_.clear();
    action.line_ = nullptr;
    table->lines.erase(table->lines.iterator_to(*shared));
    world.heap().destroy_object(shared);
  }
  return error;
}

void SharedLine::disable(LineAction& action) {
  SharedLine* shared = action.line_;
  if (shared == nullptr || action.disabled_) return;
  action.disabled_ = true;
  if (shared->disabled_count_++ == 0) shared->source_.disable();
}

void SharedLine::enable(LineAction& action) {
  SharedLine* shared = action.line_;
  if (shared == nullptr || !action.disabled_) return;
  action.disabled_ = false;
  if (--shared->disabled_count_ == 0) shared->source_.enable();
}

void SharedLine::remove(World& world, LineAction& action) {
  WorldScope scope(world);
  SharedLine* shared = action.line_;
  if (shared == nullptr) return;
  enable(action);
  action.line_ = nullptr;
  shared->actions_.erase(shared->actions_.iterator_to(action));
  if (!shared->actions_.empty()) return;
  // Off the table first: whoever comes for the line while the host lets go of it makes a claim of its own.
  Table* table = table_of(world);
  table->lines.erase(table->lines.iterator_to(*shared));
  shared->source_.release_line();
  world.heap().destroy_object(shared);
}

}  // namespace graft
