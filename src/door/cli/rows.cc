#include "door/cli/rows.h"

#include <tuple>
#include <utility>

namespace hansa::cli {
namespace {

auto broken(std::string_view what) {
  return corrupt("the server's answer is not what was expected: " + std::string(what));
}

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// How far brackets, strings and escapes have been followed.
struct Nesting {
  int depth = 0;
  bool quoted = false;
  bool escaped = false;

  void pass(char c) {
    if (quoted) {
      if (escaped) escaped = false;
      else if (c == '\\') escaped = true;
      else if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  bool inside() const { return quoted || depth > 0; }
};

}  // namespace

Result<void> RowSplitter::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    HANSA_TRY(const std::size_t taken, step(bytes));
    bytes.remove_prefix(taken);
  }
  return {};
}

Result<void> RowSplitter::finish() const {
  if (state_ != State::done) return broken("it ended in the middle");
  return {};
}

Result<std::size_t> RowSplitter::step(std::string_view bytes) {
  const bool in_value =
      !text_.empty() && (state_ == State::name || state_ == State::value || state_ == State::row);
  if (in_value) return take_value(bytes);
  if (is_blank(bytes[0])) return std::size_t{1};
  if (state_ == State::name || state_ == State::value || state_ == State::row) {
    HANSA_CHECK(first_of_value(bytes[0]));
  } else {
    HANSA_CHECK(structural(bytes[0]));
  }
  return std::size_t{1};
}

// A character between values.
Result<void> RowSplitter::structural(char c) {
  switch (state_) {
    case State::before:
      if (c != '{') return broken("no object");
      state_ = State::name;
      return {};
    case State::colon:
      if (c != ':') return broken("no colon");
      state_ = State::value;
      return {};
    case State::after_row:
      if (c != ',' && c != ']') return broken("no comma between rows");
      state_ = c == ',' ? State::row : State::comma;
      return {};
    case State::comma:
      if (c != ',' && c != '}') return broken("no comma between members");
      state_ = c == ',' ? State::name : State::done;
      return {};
    case State::rows:
      if (c == ']') state_ = State::comma;
      else return (state_ = State::row, first_of_value(c));
      return {};
    case State::name:
    case State::value:
    case State::row:
    case State::done: break;
  }
  return broken("more than one object");
}

Result<void> RowSplitter::first_of_value(char c) {
  const bool opens = c == '[' || c == '{';
  if (state_ == State::name && c != '"') return broken("a member without a name");
  if (state_ == State::row && c != '[') return broken("a row that is no list");
  if (state_ == State::value && name_ == "rows") {
    if (c != '[') return broken("rows that are no list");
    state_ = State::rows;
    return {};
  }
  bare_ = !opens && c != '"';
  if (bare_ && (c == ',' || c == ']' || c == '}' || c == ':'))
    return broken("a member without a value");
  text_ = c;
  depth_ = opens ? 1 : 0;
  quoted_ = c == '"';
  escaped_ = false;
  return {};
}

// The rest of a value, or as much of it as there is.
Result<std::size_t> RowSplitter::take_value(std::string_view bytes) {
  Nesting nesting{depth_, quoted_, escaped_};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (bare_ && (c == ',' || c == '}' || c == ']' || is_blank(c))) {
      HANSA_CHECK(grow(bytes.substr(0, i)));
      HANSA_CHECK(end_value());
      return i;
    }
    nesting.pass(c);
    if (bare_ || nesting.inside()) continue;
    HANSA_CHECK(grow(bytes.substr(0, i + 1)));
    HANSA_CHECK(end_value());
    return i + 1;
  }
  std::tie(depth_, quoted_, escaped_) = std::tuple(nesting.depth, nesting.quoted, nesting.escaped);
  HANSA_CHECK(grow(bytes));
  return bytes.size();
}

Result<void> RowSplitter::grow(std::string_view bytes) {
  const std::size_t bytes_max = state_ == State::row ? kRowBytesMax : kMemberBytesMax;
  if (text_.size() + bytes.size() > bytes_max)
    return exhausted("one value of the answer is too large");
  text_ += bytes;
  return {};
}

Result<void> RowSplitter::end_value() {
  const std::string text = std::exchange(text_, {});
  if (state_ == State::row) {
    state_ = State::after_row;
    return handler_.row(text);
  }
  auto value = parse_json(text);
  if (!value) return broken(value.error().text);
  if (state_ == State::name) {
    name_ = *value->as_string();
    state_ = State::colon;
    return {};
  }
  state_ = State::comma;
  return handler_.member(name_, *value);
}

Result<std::vector<std::string_view>> split_row(std::string_view row) {
  if (row.size() < 2 || row.front() != '[' || row.back() != ']')
    return broken("a row that is no list");
  std::vector<std::string_view> out;
  const std::string_view inner = row.substr(1, row.size() - 2);
  std::size_t start = 0;
  Nesting nesting;
  const auto take = [&](std::size_t end) -> bool {
    std::string_view value = inner.substr(start, end - start);
    while (!value.empty() && is_blank(value.front())) value.remove_prefix(1);
    while (!value.empty() && is_blank(value.back())) value.remove_suffix(1);
    if (!value.empty()) out.push_back(value);
    return !value.empty();
  };
  for (std::size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] == ',' && !nesting.inside()) {
      if (!take(i)) return broken("an empty value in a row");
      start = i + 1;
    } else {
      nesting.pass(inner[i]);
      if (nesting.depth < 0) return broken("brackets that do not match");
    }
  }
  if (nesting.inside()) return broken("brackets that do not match");
  if (!take(inner.size()) && !out.empty()) return broken("an empty value in a row");
  return out;
}

Result<std::string> cell_of(std::string_view value) {
  if (value == "null") return "NULL";
  if (!value.starts_with('"')) return std::string(value);
  // Most text needs no reader.
  const std::string_view inner = value.substr(1, value.size() - 2);
  if (value.size() >= 2 && value.ends_with('"') &&
      inner.find_first_of("\\\"") == std::string_view::npos)
    return std::string(inner);
  auto text = parse_json(value);
  if (!text || !text->is_string()) return broken("a text that is none");
  return *text->as_string();
}

}  // namespace hansa::cli
