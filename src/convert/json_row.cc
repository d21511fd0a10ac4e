#include "convert/json_row.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/limits.h"

namespace hansa::convert {
namespace {

struct ListPlace {
  std::uint64_t offset, length;
};

}  // namespace

Result<Cell> cell_of(const Column& column, const Dialect& dialect, std::string_view format) {
  if (const std::string type = unreadable(column.type); !type.empty())
    return invalid(fmt::format("column {}: {} cannot be read from text", column.name, type),
                   "publish Parquet, or declare it binary");
  Cell cell{.name = column.name, .required = column.required, .how = {}, .parts = {}};
  auto how = reading_of(column.type, dialect, format);
  if (!how) return in_context(fmt::format("column {}", column.name), std::move(how).error());
  cell.how = *std::move(how);
  for (const Column& field : column.type.fields) {
    HANSA_TRY(cell.parts.emplace_back(), cell_of(field, dialect, {}));
  }
  return cell;
}

void put_null(Slot& slot, std::uint64_t row) {
  slot.set_valid(row, false);
  if (slot.type->kind == TypeKind::structure)
    for (Slot& field : slot.children) put_null(field, row);
  if (slot.type->kind == TypeKind::list || slot.type->kind == TypeKind::map)
    slot.set(row, ListPlace{slot.used, 0});
}

bool JsonRow::wrong(std::string reason) {
  if (!problem_.reason.empty()) return false;
  problem_.reason = std::move(reason);
  for (const std::string_view part : path_)
    problem_.column += (problem_.column.empty() ? "" : ".") + std::string(part);
  return false;
}

bool JsonRow::wrong_at(const Cell& cell, std::string reason) {
  path_.push_back(cell.name);
  return wrong(std::move(reason));
}

bool JsonRow::missing(const Cell& cell, Slot& slot, std::uint64_t row) {
  if (cell.required) return wrong_at(cell, "it is required and there is no value");
  put_null(slot, row);
  return true;
}

Problem JsonRow::put(std::string_view line, std::span<Slot> slots, std::uint64_t row) {
  JsonText in(line);
  in_ = &in;
  problem_ = {};
  path_.clear();
  if (in.peek() != '{') {
    wrong("the line is no JSON object");
  } else if (object(cells_, slots, row, 0) && !in.done()) {
    wrong("something stands behind the JSON object");
  }
  if (!problem_.reason.empty() && problem_.reason.starts_with("the JSON is broken"))
    problem_.column.clear();
  return std::move(problem_);
}

Problem JsonRow::put_one(std::string_view text, const Cell& cell, Slot& slot, std::uint64_t row) {
  JsonText in(text);
  in_ = &in;
  problem_ = {};
  path_.assign(1, cell.name);
  if (value(cell, slot, row, 0) && !in.done()) wrong("something stands behind the JSON value");
  return std::move(problem_);
}

bool JsonRow::object(std::span<const Cell> cells, std::span<Slot> slots, std::uint64_t row,
                     std::size_t depth) {
  if (depth >= limits::nesting_max) return wrong("the JSON is nested too deeply");
  if (!in_->take('{')) return wrong("the JSON is broken");
  std::vector<bool> seen(cells.size());
  std::string scratch;
  std::size_t next = 0;  // members mostly come in the order of the columns
  for (bool first = true; !in_->take('}'); first = false) {
    if (!first && !in_->take(','))
      return wrong(fmt::format("the JSON is broken at byte {}", in_->column()));
    std::string_view name;
    if (!in_->string(name, scratch) || !in_->take(':'))
      return wrong(fmt::format("the JSON is broken at byte {}", in_->column()));
    std::size_t at = next;
    if (at >= cells.size() || cells[at].name != name)
      at = static_cast<std::size_t>(std::ranges::find(cells, name, &Cell::name) - cells.begin());
    if (at == cells.size())
      return wrong(fmt::format("there is no column '{}'", name.substr(0, 80)));
    if (seen[at]) return wrong(fmt::format("the member '{}' stands twice", name.substr(0, 80)));
    seen[at] = true;
    next = at + 1;
    path_.push_back(cells[at].name);
    if (!value(cells[at], slots[at], row, depth + 1)) return false;
    path_.pop_back();
  }
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (!seen[i] && !missing(cells[i], slots[i], row)) return false;
  return true;
}

bool JsonRow::value(const Cell& cell, Slot& slot, std::uint64_t row, std::size_t depth) {
  if (in_->peek() == 'n') {
    if (!in_->word("null")) return wrong("the JSON is broken");
    if (cell.required) return wrong("it is required and there is no value");
    put_null(slot, row);
    return true;
  }
  slot.set_valid(row, true);
  const TypeKind kind = cell.how.type.kind;
  if (kind == TypeKind::list) return list(cell, slot, row, depth);
  if (kind == TypeKind::map) return map(cell, slot, row, depth);
  if (kind != TypeKind::structure) return primitive(cell, slot, row, depth);
  if (in_->peek() != '{') return wrong("it is no JSON object");
  return object(cell.parts, slot.children, row, depth);
}

bool JsonRow::put_text(std::string_view text, const Cell& cell, Slot& slot, std::uint64_t row) {
  const Fault fault = put_value(text, cell.how, slot, row, memory_);
  return fault == Fault::none || wrong(words_of(fault, text, cell.how.type));
}

bool JsonRow::primitive(const Cell& cell, Slot& slot, std::uint64_t row, std::size_t depth) {
  const TypeKind kind = cell.how.type.kind;
  std::string scratch;
  std::string_view text;
  const char c = in_->peek();
  if (c == '"') {
    if (!in_->string(text, scratch))
      return wrong(fmt::format("the JSON is broken at byte {}", in_->column()));
    if (text.contains('\0')) return wrong("the text holds a NUL");
    return put_text(text, cell, slot, row);
  }
  if (!in_->skip(text, depth))
    return wrong(fmt::format("the JSON is broken at byte {}", in_->column()));
  // Text keeps any other value as it is written.
  if (kind == TypeKind::string) return memory_.put_text(slot, row, text), true;
  const bool is_number = c == '-' || (c >= '0' && c <= '9');
  const bool takes_numbers = kind == TypeKind::int32 || kind == TypeKind::int64 ||
                             kind == TypeKind::float32 || kind == TypeKind::float64 ||
                             kind == TypeKind::decimal;
  const bool takes_words = kind == TypeKind::boolean;
  const bool is_word = c == 't' || c == 'f';
  if (!(is_number && takes_numbers) && !(is_word && takes_words))
    return wrong(words_of(Fault::spelling, text, cell.how.type));
  if (!is_number || cell.how.point == '.') return put_text(text, cell, slot, row);
  Reading with_point = cell.how;  // JSON has no other
  with_point.point = '.';
  const Fault fault = put_value(text, with_point, slot, row, memory_);
  return fault == Fault::none || wrong(words_of(fault, text, cell.how.type));
}

bool JsonRow::list(const Cell& cell, Slot& slot, std::uint64_t row, std::size_t depth) {
  if (depth >= limits::nesting_max) return wrong("the JSON is nested too deeply");
  if (!in_->take('[')) return wrong("it is no JSON list");
  const std::uint64_t first = slot.used;
  std::uint64_t count = 0;
  // Lists inside this one put their own entries elsewhere: these lie side by side.
  for (bool ended = in_->take(']'); !ended;) {
    memory_.grow(slot, first + count + 1);
    if (!value(cell.parts[0], slot.children[0], first + count, depth + 1)) return false;
    ++count;
    ended = in_->take(']');
    if (!ended && !in_->take(','))
      return wrong(fmt::format("the JSON is broken at byte {}", in_->column()));
  }
  slot.used = first + count;
  slot.set(row, ListPlace{first, count});
  return true;
}

bool JsonRow::map(const Cell& cell, Slot& slot, std::uint64_t row, std::size_t depth) {
  if (depth >= limits::nesting_max) return wrong("the JSON is nested too deeply");
  if (!in_->take('{')) return wrong("it is no JSON object");
  const std::uint64_t first = slot.used;
  std::uint64_t count = 0;
  std::set<std::string, std::less<>> keys;
  std::string scratch;
  for (bool ended = in_->take('}'); !ended;) {
    std::string_view key;
    if (!in_->string(key, scratch) || !in_->take(':'))
      return wrong(fmt::format("the JSON is broken at byte {}", in_->column()));
    if (!keys.emplace(key).second)
      return wrong(fmt::format("the member '{}' stands twice", key.substr(0, 80)));
    memory_.grow(slot, first + count + 1);
    slot.children[0].set_valid(first + count, true);
    if (!put_text(key, cell.parts[0], slot.children[0], first + count)) return false;
    if (!value(cell.parts[1], slot.children[1], first + count, depth + 1)) return false;
    ++count;
    ended = in_->take('}');
    if (!ended && !in_->take(','))
      return wrong(fmt::format("the JSON is broken at byte {}", in_->column()));
  }
  slot.used = first + count;
  slot.set(row, ListPlace{first, count});
  return true;
}

}  // namespace hansa::convert
