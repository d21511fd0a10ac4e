#include "query/tree_json.h"

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"

namespace hansa::query {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append_utf8(std::vector<char>& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  const auto tail = [&](int shift) { put(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12));
    tail(6);
    tail(0);
  } else {
    put(0xF0 | (code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace

class TreeReader {
 public:
  explicit TreeReader(std::string_view json) : json_(json) {}

  Result<TreeJson> read() {
    while (true) {
      skip_space();
      if (open_.empty() && !tree_.values_.empty()) break;
      HANSA_CHECK(open_.empty() ? read_value({}) : read_inside());
    }
    if (at_ != json_.size()) return bad("text after the end");
    return std::move(tree_);
  }

 private:
  struct Open {
    std::uint32_t index;
    std::uint32_t last = 0;  // the child read last
    std::uint32_t children = 0;
  };

  std::unexpected<Error> bad(std::string_view what) const {
    return corrupt(fmt::format("the parse tree is not JSON: {} at byte {}", what, at_));
  }
  char peek() const { return at_ < json_.size() ? json_[at_] : '\0'; }
  bool take(std::string_view word) {
    if (!json_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void skip_space() {
    while (at_ < json_.size() && std::string_view(" \t\r\n").contains(json_[at_])) ++at_;
  }

  // The next member or item of the innermost list or object, or its end.
  Result<void> read_inside() {
    Open& open = open_.back();
    const bool object = tree_.values_[open.index].kind == TreeJson::Kind::object;
    if (take(object ? "}" : "]")) {
      open_.pop_back();
      return {};
    }
    if (open.children > 0) {
      if (!take(",")) return bad("a missing comma");
      skip_space();
    }
    if (!object) return read_value({});
    if (open.children >= TreeJson::members_max) return bad("an object with too many members");
    if (peek() != '"') return bad("a member without a name");
    HANSA_TRY(const std::string_view name, read_text());
    const TreeJson::Value& parent = tree_.values_[open.index];
    for (const auto* sibling = tree_.first(parent); sibling != nullptr;
         sibling = tree_.next(*sibling))
      if (sibling->name == name) return bad("a member that stands twice");
    skip_space();
    if (!take(":")) return bad("a missing colon");
    skip_space();
    return read_value(name);
  }

  Result<void> read_value(std::string_view name) {
    if (tree_.values_.size() >= TreeJson::values_max)
      return invalid("the statement is too large",
                     "split it, or publish a part of it as a product");
    TreeJson::Value value{.name = name};
    bool opens = false;
    if (take("null")) {
    } else if (take("true")) {
      value.kind = TreeJson::Kind::flag;
      value.truth = true;
    } else if (take("false")) {
      value.kind = TreeJson::Kind::flag;
    } else if (peek() == '"') {
      value.kind = TreeJson::Kind::text;
      HANSA_TRY(value.text, read_text());
    } else if (take("{")) {
      value.kind = TreeJson::Kind::object;
      opens = true;
    } else if (take("[")) {
      value.kind = TreeJson::Kind::list;
      opens = true;
    } else {
      value.kind = TreeJson::Kind::number;
      HANSA_TRY(value.text, read_number());
    }
    return put(value, opens);
  }

  Result<void> put(const TreeJson::Value& value, bool opens) {
    const auto index = static_cast<std::uint32_t>(tree_.values_.size());
    if (!open_.empty()) {
      Open& open = open_.back();
      (open.last == 0 ? tree_.values_[open.index].first : tree_.values_[open.last].next) = index;
      open.last = index;
      ++open.children;
    }
    tree_.values_.push_back(value);
    if (!opens) return {};
    if (open_.size() >= TreeJson::depth_max)
      return invalid("the statement nests too deeply", "move inner parts into WITH");
    open_.push_back({.index = index});
    return {};
  }

  Result<std::string_view> read_number() {
    const std::size_t begin = at_;
    take("-");
    if (!take("Infinity") && !take("NaN")) {
      if (!take("0")) HANSA_CHECK(skip_digits());
      if (take(".")) HANSA_CHECK(skip_digits());
      if (take("e") || take("E")) {
        if (!take("+")) take("-");
        HANSA_CHECK(skip_digits());
      }
    }
    return json_.substr(begin, at_ - begin);
  }
  Result<void> skip_digits() {
    if (!is_digit(peek())) return bad("neither a value nor an end");
    while (is_digit(peek())) ++at_;
    return {};
  }

  Result<std::string_view> read_text() {
    const std::size_t begin = ++at_;
    while (at_ < json_.size() && json_[at_] != '"' && json_[at_] != '\\') {
      if (static_cast<unsigned char>(json_[at_]) < 0x20) return bad("a control character");
      ++at_;
    }
    if (peek() == '\\') return read_escaped(begin);
    if (at_ == json_.size()) return bad("a text without an end");
    return json_.substr(begin, at_++ - begin);
  }

  // A text that holds an escape from `at_` on. Unescaped it is never longer, so that one
  // reservation serves for all of them and no view into it moves.
  Result<std::string_view> read_escaped(std::size_t begin) {
    std::vector<char>& out = tree_.unescaped_;
    if (out.capacity() == 0) out.reserve(json_.size());
    const std::size_t start = out.size();
    out.insert(out.end(), json_.begin() + static_cast<std::ptrdiff_t>(begin),
               json_.begin() + static_cast<std::ptrdiff_t>(at_));
    while (at_ < json_.size() && json_[at_] != '"') {
      const char c = json_[at_++];
      if (static_cast<unsigned char>(c) < 0x20) return bad("a control character");
      if (c != '\\') out.push_back(c);
      else HANSA_CHECK(read_escape(out));
    }
    if (!take("\"")) return bad("a text without an end");
    return std::string_view(out.data() + start, out.size() - start);
  }

  Result<void> read_escape(std::vector<char>& out) {
    static constexpr std::string_view letters = "\"\\/bfnrt";
    static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const char c = peek();
    if (const auto found = letters.find(c); found != std::string_view::npos) {
      ++at_;
      out.push_back(meanings[found]);
      return {};
    }
    HANSA_TRY(std::uint32_t code, read_unit());
    if (code >= 0xD800 && code < 0xDC00) {
      if (peek() != '\\') return bad("half a surrogate pair");
      ++at_;
      HANSA_TRY(const std::uint32_t low, read_unit());
      if (low < 0xDC00 || low > 0xDFFF) return bad("half a surrogate pair");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xDC00 && code <= 0xDFFF) {
      return bad("half a surrogate pair");
    }
    append_utf8(out, code);
    return {};
  }

  // The uXXXX behind a backslash.
  Result<std::uint32_t> read_unit() {
    if (!take("u")) return bad("an unknown escape");
    std::uint32_t code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = peek();
      if (is_digit(c)) code = code * 16 + static_cast<std::uint32_t>(c - '0');
      else if (c >= 'a' && c <= 'f') code = code * 16 + static_cast<std::uint32_t>(c - 'a' + 10);
      else if (c >= 'A' && c <= 'F') code = code * 16 + static_cast<std::uint32_t>(c - 'A' + 10);
      else return bad("an unknown escape");
    }
    return code;
  }

  std::string_view json_;
  std::size_t at_ = 0;
  std::vector<Open> open_;
  TreeJson tree_;
};

Result<TreeJson> TreeJson::read(std::string_view json) {
  if (json.size() > limits::tree_bytes_max)
    return invalid(fmt::format("the statement is too large: its parse tree exceeds {}",
                               human_bytes(limits::tree_bytes_max)),
                   "split it, or publish a part of it as a product");
  if (!is_utf8(json)) return corrupt("the parse tree is not UTF-8");
  return TreeReader(json).read();
}

const TreeJson::Value* TreeJson::find(const Value& object, std::string_view name) const {
  if (object.kind != Kind::object) return nullptr;
  for (const Value* member = first(object); member != nullptr; member = next(*member))
    if (member->name == name) return member->kind == Kind::null ? nullptr : member;
  return nullptr;
}

std::string_view TreeJson::text(const Value& object, std::string_view name) const {
  const Value* member = find(object, name);
  return member != nullptr && member->kind == Kind::text ? member->text : std::string_view{};
}

}  // namespace hansa::query
