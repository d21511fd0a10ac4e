#include "model/states.h"

#include <algorithm>
#include <map>

namespace hansa {
namespace {

void merge(std::vector<MadeOf>& into, const std::vector<MadeOf>& more) {
  for (const MadeOf& each : more) {
    const auto known = std::ranges::find(into, each.port, &MadeOf::port);
    if (known == into.end()) {
      into.push_back(each);
      continue;
    }
    known->state = each.state;
    known->demands = highest(known->demands, each.demands);
  }
}

// What a rollback takes back came, and went.
void note_data(Table& table, const TableState& next) {
  if (next.operation == "replace") return;
  if (next.operation != "append" && table.current() != nullptr) table.replaced_at = next.at;
  if (next.operation != "rollback") {
    table.data_at.push_back(next.at);
    if (table.data_at.size() > table_states_max) table.data_at.erase(table.data_at.begin());
    return;
  }
  const auto back_to = std::ranges::find(table.states, next.snapshot, &TableState::snapshot);
  if (back_to == table.states.end()) return;
  std::erase_if(table.data_at, [at = back_to->at](Time each) { return each > at; });
}

bool is_readable(const Table& table, std::size_t state, Time since) {
  return state + 1 == table.states.size() || table.states[state + 1].at > since;
}

}  // namespace

Protection highest(Protection a, Protection b) {
  return {.level = std::max(a.level, b.level), .closed = std::max(a.closed, b.closed)};
}

bool keeps_rows(const TableState& state) {
  return state.operation == "append" || state.operation == "replace";
}

void add_state(Table& table, TableState next) {
  note_data(table, next);
  if (next.operation == "rollback") {
    next.made_of = made_of(table, next.snapshot);
  } else if (keeps_rows(next) && table.current() != nullptr) {
    std::vector<MadeOf> all = table.current()->made_of;
    merge(all, next.made_of);
    next.made_of = std::move(all);
  }
  table.states.push_back(std::move(next));
  if (table.states.size() <= table_states_max) return;
  merge(table.earlier, table.states.front().made_of);
  table.states.erase(table.states.begin());
}

void drop_states(Table& table, const std::set<std::int64_t>& snapshots) {
  std::erase_if(table.states, [&](const TableState& state) {
    if (!snapshots.contains(state.snapshot)) return false;
    merge(table.earlier, state.made_of);
    return true;
  });
}

std::vector<MadeOf> made_of(const Table& table, std::int64_t snapshot) {
  const auto state = std::ranges::find(table.states, snapshot, &TableState::snapshot);
  return state == table.states.end() ? table.earlier : state->made_of;
}

std::vector<MadeOf> readable_rows(const Table& table, Time since) {
  std::vector<MadeOf> out;
  for (std::size_t i = 0; i < table.states.size(); ++i)
    if (is_readable(table, i, since)) merge(out, table.states[i].made_of);
  return out;
}

const TableState* pinned_state(const Table& table, std::int64_t snapshot, Time since) {
  std::map<std::int64_t, std::int64_t> came_from;
  std::int64_t at = 0;
  for (const TableState& state : table.states) {
    if (state.operation != "rollback") came_from.emplace(state.snapshot, at);
    at = state.snapshot;
  }
  // Each step leads to a state before, so that it ends.
  while (at != snapshot) {
    const auto before = came_from.find(at);
    if (before == came_from.end() || before->second == 0) return nullptr;
    at = before->second;
  }
  for (std::size_t i = table.states.size(); i-- > 0;)
    if (table.states[i].snapshot == snapshot)
      return is_readable(table, i, since) ? &table.states[i] : nullptr;
  return nullptr;
}

}  // namespace hansa
