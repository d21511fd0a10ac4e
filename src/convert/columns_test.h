// Memory for a table's rows without an engine, and the rows as text again.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "convert/table.h"

namespace hansa::convert {

class Columns : public Memory {
 public:
  Columns(const Schema& schema, std::uint64_t rows) {
    for (const Column& column : schema.columns) slots_.push_back(make(column.type, rows));
  }
  std::vector<Slot>& slots() { return slots_; }

  void put_text(Slot& slot, std::uint64_t row, std::string_view text) override {
    texts_.emplace_back(text);
    slot.set(row, static_cast<const std::string*>(&texts_.back()));
  }
  void grow(Slot& slot, std::uint64_t entries) override {
    if (entries <= slot.room) return;
    slot.room = 2 * entries + 4;
    for (Slot& child : slot.children) widen(child, slot.room);
  }

  // "NULL", "12", "[1, NULL]", "{a: 1}": of tests alone.
  static std::string text_of(const Slot& slot, std::uint64_t row) {
    if ((slot.valid[row / 64] >> (row % 64) & 1) == 0) return "NULL";
    const auto get = [&]<class T>(T) { return static_cast<const T*>(slot.data)[row]; };
    switch (slot.type->kind) {
      case TypeKind::boolean: return get(std::uint8_t{}) != 0 ? "true" : "false";
      case TypeKind::int32:
      case TypeKind::date: return std::to_string(get(std::int32_t{}));
      case TypeKind::float32: return fmt::format("{}", get(float{}));
      case TypeKind::float64: return fmt::format("{}", get(double{}));
      case TypeKind::decimal: return std::to_string(decimal(slot, row));
      case TypeKind::string:
      case TypeKind::binary: return *get(static_cast<const std::string*>(nullptr));
      case TypeKind::structure:
      case TypeKind::list:
      case TypeKind::map: return nested(slot, row);
      case TypeKind::int64:
      case TypeKind::time:
      case TypeKind::timestamp:
      case TypeKind::timestamptz:
      case TypeKind::uuid:
      case TypeKind::fixed: break;
    }
    return std::to_string(get(std::int64_t{}));
  }

 private:
  struct Place {
    std::uint64_t offset, length;
  };
  static std::string nested(const Slot& slot, std::uint64_t row) {
    std::string out;
    if (slot.type->kind == TypeKind::structure) {
      for (std::size_t i = 0; i < slot.children.size(); ++i)
        out += (i == 0 ? "{" : ", ") + slot.type->fields[i].name + ": " +
               text_of(slot.children[i], row);
      return out + "}";
    }
    const Place place = static_cast<const Place*>(slot.data)[row];
    for (std::uint64_t i = place.offset; i < place.offset + place.length; ++i) {
      out += (i == place.offset ? "" : ", ") + text_of(slot.children[0], i);
      if (slot.type->kind == TypeKind::map) out += ": " + text_of(slot.children[1], i);
    }
    return "[" + out + "]";
  }
  static std::int64_t decimal(const Slot& slot, std::uint64_t row) {
    const unsigned precision = slot.type->precision;
    if (precision <= 4) return static_cast<const std::int16_t*>(slot.data)[row];
    if (precision <= 9) return static_cast<const std::int32_t*>(slot.data)[row];
    return static_cast<const std::int64_t*>(slot.data)[precision <= 18 ? row : 2 * row];
  }
  Slot make(const Type& type, std::uint64_t rows) {
    Slot slot;
    slot.type = &type;
    widen(slot, rows);
    const bool is_list = type.kind == TypeKind::list || type.kind == TypeKind::map;
    for (const Column& field : type.fields)
      slot.children.push_back(make(field.type, is_list ? 0 : rows));
    return slot;
  }
  void widen(Slot& slot, std::uint64_t rows) {
    const std::size_t old = slot.data == nullptr ? 0 : rows_.at(slot.data);
    auto& data = blocks_.emplace_back(16 * (rows + 1));
    auto& valid = blocks_.emplace_back(8 * (rows / 64 + 1), '\xff');
    if (old > 0) {
      std::copy_n(static_cast<char*>(slot.data), 16 * old, data.data());
      std::copy_n(reinterpret_cast<char*>(slot.valid), 8 * (old / 64 + 1), valid.data());
    }
    slot.data = data.data();
    slot.valid = reinterpret_cast<std::uint64_t*>(valid.data());
    rows_[slot.data] = rows;
    if (slot.type->kind == TypeKind::structure)
      for (Slot& child : slot.children) widen(child, rows);
  }

  std::vector<Slot> slots_;
  std::deque<std::string> texts_;
  std::deque<std::vector<char>> blocks_;
  std::map<const void*, std::size_t> rows_;  // room of each slot's data
};

}  // namespace hansa::convert
