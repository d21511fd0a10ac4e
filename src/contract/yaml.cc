#include "contract/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <unordered_set>

#include "base/limits.h"
#include "base/text.h"
#include "contract/scalar.h"

namespace hansa::contract {
namespace {

// Thrown through the library to stop it; never leaves this file.
struct Stop {};

constexpr std::size_t kNotesMax = 200;

hansa::Mark mark_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1)};
}

// True for a byte sequence at `at` that no text for people holds: control characters but tab,
// newline and carriage return, DEL, the C1 range, and U+FFFE, U+FFFF. The text is UTF-8.
bool is_control(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char c = byte(0);
  if (c < 0x20) return c != '\t' && c != '\n' && c != '\r';
  if (c == 0x7F) return true;
  if (c == 0xC2) return byte(1) < 0xA0 && byte(1) != 0x85;
  return c == 0xEF && byte(1) == 0xBF && byte(2) >= 0xBE;
}

std::string shown(std::string_view text) {
  const std::string_view cut = text.substr(0, 60);
  return is_utf8(cut) ? std::string(cut) : std::string("...");
}

// Builds our value from the library's events, and refuses what the library would let pass.
class Builder : public YAML::EventHandler {
 public:
  Builder(YamlText& out, const std::vector<std::string_view>& lines) : out_(out), lines_(lines) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    open_.clear();
    root_ = Json();
    start_ = mark_of(mark);
    // After a complete value the library takes what follows for a new document; we want the line
    // for it.
    const bool announced = start_.line == 0 || start_.line > lines_.size() ||
                           lines_[start_.line - 1].starts_with("---");
    if (!first_ && !announced)
      stop(start_, "yaml-syntax", "unexpected text after the end of a document",
           "begin another document with ---");
    first_ = false;
  }
  void OnDocumentEnd() override {
    if (!root_.is_null()) out_.documents.push_back({root_.mark, std::move(root_)});
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    if (wants_key()) return key(mark_of(mark), "", true);
    put(Json(nullptr), mark_of(mark));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    note(mark_of(mark), "yaml-alias", "aliases (*name) are not read",
         "write the value where it is needed");
    if (wants_key()) return key(mark_of(mark), "", false);
    put(Json(nullptr), mark_of(mark));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    const bool plain = tag == "?";
    if (!plain && tag != "!" && !tag.empty()) refuse_tag(mark_of(mark), tag);
    check_text_of(mark_of(mark), value);
    if (plain) note_ambiguity(mark_of(mark), value);
    if (wants_key()) return key(mark_of(mark), value, plain);
    if (!plain) return put(Json(value), mark_of(mark));
    auto resolved = plain_value(value);
    if (!resolved) note(mark_of(mark), "yaml-number", resolved.error().text, resolved.error().next);
    put(resolved ? std::move(*resolved) : Json(value), mark_of(mark));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Json(Json::Array{}));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Json(Json::Object{}));
  }
  void OnMapEnd() override { close(); }

  void note(hansa::Mark mark, std::string rule, std::string message, std::string next,
            YamlNote::Kind kind = YamlNote::Kind::fault) {
    if (out_.notes.size() < kNotesMax)
      out_.notes.push_back({kind, mark, std::move(rule), std::move(message), std::move(next),
                            out_.documents.size()});
  }

 private:
  struct Open {
    Json value;
    std::unordered_set<std::string> names;
    std::string key;
    bool has_key = false;
    bool drop = false;  // the value belongs to a key that was refused
  };

  [[noreturn]] void stop(hansa::Mark mark, std::string rule, std::string message,
                         std::string next) {
    note(mark, std::move(rule), std::move(message), std::move(next));
    throw Stop{};
  }
  bool wants_key() const {
    return !open_.empty() && open_.back().value.is_object() && !open_.back().has_key;
  }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0)
      note(mark_of(mark), "yaml-alias", "anchors (&name) are not read",
           "write the value where it is needed");
  }
  void refuse_tag(hansa::Mark mark, const std::string& tag) {
    note(mark, "yaml-tag", fmt::format("the tag {} is not read", shown(tag)),
         "leave the tag out; quote what is text");
  }
  void check_text_of(hansa::Mark mark, const std::string& value) {
    if (!is_utf8(value))
      return note(mark, "yaml-encoding", "an escape makes text that is not UTF-8", "");
    for (std::size_t at = 0; at < value.size(); ++at)
      if (is_control(value, at))
        return note(mark, "yaml-control-character", "an escape makes a control character", "");
  }
  void note_ambiguity(hansa::Mark mark, const std::string& value) {
    const std::string_view seen = ambiguity(value);
    if (seen.empty()) return;
    note(mark, "yaml-ambiguous",
         fmt::format("'{}' is text here, and {} to readers of YAML 1.1", shown(value), seen),
         fmt::format("write \"{}\" in quotes if it is text{}", shown(value),
                     seen == "true or false" ? ", else true or false" : ""),
         YamlNote::Kind::ambiguous);
  }

  void key(hansa::Mark mark, const std::string& name, bool plain) {
    Open& map = open_.back();
    map.key = name;
    map.has_key = true;
    map.drop = true;
    if (plain && name.empty())
      return note(mark, "yaml-key", "a key without a name", "name it, or quote it");
    if (plain && name == "<<")
      return note(mark, "yaml-merge", "merge keys (<<) are not read",
                  "write the members where they are needed");
    if (!map.names.insert(name).second)
      return note(mark, "yaml-duplicate-key",
                  fmt::format("'{}' stands twice in one object", shown(name)),
                  "keep one of the two");
    map.drop = false;
  }
  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Json value) {
    refuse_anchor(mark, anchor);
    if (tag != "?" && tag != "!" && !tag.empty()) refuse_tag(mark_of(mark), tag);
    if (wants_key())
      stop(mark_of(mark), "yaml-key", "a list or an object is no key", "use text as the key");
    if (open_.size() >= limits::nesting_max)
      stop(mark_of(mark), "yaml-depth", fmt::format("nested deeper than {}", limits::nesting_max),
           "");
    count(mark_of(mark));
    value.mark = mark_of(mark);
    open_.push_back({.value = std::move(value), .names = {}, .key = {}});
  }
  void close() {
    Json value = std::move(open_.back().value);
    open_.pop_back();
    add(std::move(value));
  }
  void put(Json value, hansa::Mark mark) {
    count(mark);
    value.mark = mark;
    add(std::move(value));
  }
  void add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    Open& parent = open_.back();
    if (auto* items = parent.value.as_array()) {
      items->push_back(std::move(value));
      return;
    }
    if (!parent.drop)
      parent.value.as_object()->emplace_back(std::move(parent.key), std::move(value));
    parent.has_key = false;
  }
  void count(hansa::Mark mark) {
    if (++nodes_ > limits::yaml_nodes_max)
      stop(mark, "yaml-size",
           fmt::format("more than {} values in one text", limits::yaml_nodes_max),
           "split the file");
  }

  YamlText& out_;
  const std::vector<std::string_view>& lines_;
  std::vector<Open> open_;
  Json root_;
  hansa::Mark start_;
  std::size_t nodes_ = 0;
  bool first_ = true;
};

// What is wrong with the bytes, before the library sees them.
bool check_bytes(std::string_view text, YamlText& out) {
  const auto fault = [&](hansa::Mark mark, std::string rule, std::string message,
                         std::string next) {
    out.notes.push_back(
        {YamlNote::Kind::fault, mark, std::move(rule), std::move(message), std::move(next), 0});
    return false;
  };
  if (text.size() > limits::yaml_bytes_max)
    return fault({}, "yaml-size",
                 fmt::format("the text is longer than {}", human_bytes(limits::yaml_bytes_max)),
                 "split the file");
  hansa::Mark mark{1, 1};
  std::size_t structure = 0;
  const bool utf8 = is_utf8(text);
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (!utf8 && !is_utf8(text.substr(at, 1)) && !is_utf8(text.substr(at, 2)) &&
        !is_utf8(text.substr(at, 3)) && !is_utf8(text.substr(at, 4)) &&
        (static_cast<unsigned char>(c) & 0xC0) != 0x80)
      return fault(mark, "yaml-encoding", "the text is not UTF-8", "save the file as UTF-8");
    if (utf8 && is_control(text, at))
      return fault(mark, "yaml-control-character", "a control character", "remove it");
    if (c == '[' || c == '{' || c == ',' || c == '\n') ++structure;
    if (c == '\n') mark = {mark.line + 1, 0};
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) ++mark.column;
  }
  if (!utf8) return fault({}, "yaml-encoding", "the text is not UTF-8", "save the file as UTF-8");
  // The library holds every token of a bracket until it closes.
  if (structure > limits::yaml_nodes_max)
    return fault({}, "yaml-size",
                 fmt::format("more than {} values in one text", limits::yaml_nodes_max),
                 "split the file");
  return true;
}

// A directive changes what the following lines mean. Only before a document, where it would be one.
void refuse_directives(const std::vector<std::string_view>& lines, Builder& builder) {
  bool between = true;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = lines[i];
    if (between && line.starts_with('%'))
      builder.note({static_cast<std::uint32_t>(i + 1), 1}, "yaml-directive",
                   "directives (%) are not read", "leave the line out");
    if (line.starts_with("...")) between = true;
    else if (!line.empty() && !line.starts_with('#') && !line.starts_with('%')) between = false;
  }
}

void parse(std::string_view text, Builder& builder) {
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Stop&) {
    // Noted where it was thrown.
  } catch (const YAML::Exception& error) {
    builder.note(mark_of(error.mark), "yaml-syntax", fmt::format("not YAML: {}", error.msg), "");
  } catch (const std::exception& error) {
    builder.note({}, "yaml-syntax", fmt::format("not YAML: {}", error.what()), "");
  }
}

}  // namespace

YamlText read_yaml(std::string_view text) {
  YamlText out;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (!check_bytes(text, out)) return out;
  const std::vector<std::string_view> lines = split(text, '\n');
  Builder builder(out, lines);
  refuse_directives(lines, builder);
  parse(text, builder);
  return out;
}

Result<Json> parse_yaml(std::string_view text) {
  YamlText read = read_yaml(text);
  if (!read.notes.empty()) {
    const YamlNote& note = read.notes.front();
    return invalid(
        fmt::format("line {}, column {}: {}", note.mark.line, note.mark.column, note.message),
        note.next);
  }
  if (read.documents.size() > 1) return invalid("more than one document", "keep one");
  if (read.documents.empty()) return Json();
  return std::move(read.documents.front().root);
}

}  // namespace hansa::contract
