#include "contract/shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "base/limits.h"
#include "base/text.h"
#include "contract/syntax.h"

namespace hansa::contract {
namespace {

struct Member {
  std::string_view name;
  std::string_view type;
  int since = 0;
  int until = 1'000;
  bool must = false;
  bool holds(int version) const { return since <= version && version < until; }
};

struct Shape {
  int closed_since = 0;
  std::vector<Member> members;
};

using Shapes = std::map<std::string_view, Shape>;

int number_in(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// name!:type@since<until
Member read_member(std::string_view word) {
  Member member;
  if (const auto at = word.find('<'); at != std::string_view::npos) {
    member.until = number_in(word.substr(at + 1));
    word = word.substr(0, at);
  }
  if (const auto at = word.find('@'); at != std::string_view::npos) {
    member.since = number_in(word.substr(at + 1));
    word = word.substr(0, at);
  }
  const auto colon = word.find(':');
  member.type = colon == std::string_view::npos ? "text" : word.substr(colon + 1);
  member.name = word.substr(0, colon);
  member.must = member.name.ends_with('!');
  if (member.must) member.name.remove_suffix(1);
  return member;
}

Shapes compile(const Specification& standard) {
  Shapes shapes;
  for (const ShapeLine& line : standard.shapes) {
    Shape& shape = shapes[line.name];
    shape.closed_since = line.closed_since;
    for (const std::string_view word : split(line.members, ' '))
      if (!word.empty()) shape.members.push_back(read_member(word));
  }
  return shapes;
}

const Shapes& compiled(const Specification& standard) {
  static const Shapes odcs = compile(odcs_standard());
  static const Shapes odps = compile(odps_standard());
  return &standard == &odcs_standard() ? odcs : odps;
}

bool is_whole(const Json& node) {
  const auto number = node.as_double();
  return number && std::floor(*number) == *number;
}

// One walk over a document. Depth is that of the document, which its reader has bounded.
class Checker {
 public:
  Checker(const Specification& standard, int version)
      : standard_(standard), shapes_(compiled(standard)), version_(version) {}

  Deviations out;

  void object(const Json& node, std::string_view name) {
    if (full()) return;
    std::vector<const Shape*> shapes;
    std::vector<std::string> names = standard_.parts(name, node, version_);
    names.insert(names.begin(), std::string(name));
    for (const std::string& part : names)
      if (const auto found = shapes_.find(part); found != shapes_.end())
        shapes.push_back(&found->second);
    if (shapes.empty()) return;
    for (const auto& [key, value] : *node.as_object()) member(key, value, shapes);
    missing(node, shapes);
    standard_.rules(name, node, version_, out);
  }

 private:
  bool full() const { return out.size() >= limits::findings_max; }
  void report(Mark mark, std::string rule, std::string message, std::string next = {}) {
    if (!full()) out.push_back({mark, std::move(rule), std::move(message), std::move(next)});
  }

  void member(const std::string& name, const Json& value, const std::vector<const Shape*>& shapes) {
    // The last shape is the most particular one. Of two alternatives, the one whose kind fits
    // counts.
    const Member* best = nullptr;
    for (const Shape* shape : shapes) {
      const Member* here = nullptr;
      for (const Member& candidate : shape->members)
        if (candidate.name == name && candidate.holds(version_) &&
            (here == nullptr || fits_kind(value, candidate.type)))
          here = &candidate;
      if (here != nullptr) best = here;
    }
    if (best == nullptr) return unknown(name, value, shapes);
    hold(name, value, best->type);
  }

  void unknown(const std::string& name, const Json& value,
               const std::vector<const Shape*>& shapes) {
    if (version_ < shapes.front()->closed_since) return;
    std::vector<std::string> known;
    for (const Shape* shape : shapes)
      for (const Member& member : shape->members) {
        if (member.name == "*") return;  // not described: anything may stand there
        if (member.name != name) {
          if (member.holds(version_)) known.emplace_back(member.name);
          continue;
        }
        const bool later = member.since > version_;
        return report(
            value.mark, "wrong-version",
            later ? fmt::format("'{}' came with {}, and this document says {}", name,
                                version_text(member.since), version_text(version_))
                  : fmt::format("'{}' ended with {}, and this document says {}", name,
                                version_text(member.until), version_text(version_)),
            later ? fmt::format("say apiVersion: {}, or leave it out", version_text(member.since))
                  : "");
      }
    const auto near = suggestions(name, known, 1);
    report(value.mark, "unknown-field", fmt::format("unknown field '{}'", name.substr(0, 80)),
           near.empty() ? "extensions belong in customProperties"
                        : fmt::format("did you mean '{}'?", near.front()));
  }

  void missing(const Json& node, const std::vector<const Shape*>& shapes) {
    std::string_view last;
    for (const Shape* shape : shapes)
      for (const Member& member : shape->members) {
        if (!member.must || !member.holds(version_) || member.name == last ||
            node.find(member.name))
          continue;
        last = member.name;
        report(node.mark, "missing-field", fmt::format("'{}' is missing", member.name));
      }
  }

  static bool fits_kind(const Json& value, std::string_view type) {
    if (type.front() == '{') return value.is_object();
    if (type.front() == '[' || type == "list" || type == "texts" || type == "pair")
      return value.is_array();
    if (type == "flag") return value.is_bool();
    if (type == "any") return true;
    return !value.is_object() && !value.is_array();
  }

  void hold(const std::string& name, const Json& value, std::string_view type) {
    if (type.front() == '{' && value.is_object())
      return object(value, type.substr(1, type.size() - 2));
    if (type.front() == '[' && value.is_array())
      return list(name, *value.as_array(), type.substr(1, type.size() - 2));
    if (type.front() == '(') return choice(name, value, type.substr(1, type.size() - 2));
    const std::string wanted = wanted_instead(value, type);
    if (!wanted.empty())
      report(value.mark, "wrong-type",
             fmt::format("'{}' is {}, not {}", name, wanted, what(value)));
  }

  static std::string what(const Json& value) {
    const auto* text = value.as_string();
    if (value.is_array()) return "this list";
    if (text == nullptr) return std::string(value.kind());
    return fmt::format("'{}'", is_utf8(text->substr(0, 60)) ? text->substr(0, 60) : "...");
  }

  void list(const std::string& name, const Json::Array& items, std::string_view shape) {
    for (const Json& item : items) {
      if (full()) return;
      if (item.is_object()) object(item, shape);
      else
        report(item.mark, "wrong-type",
               fmt::format("an item of '{}' is an object, not {}", name, item.kind()));
    }
  }

  void choice(const std::string& name, const Json& value, std::string_view choices) {
    std::vector<std::string> words;
    for (const std::string_view word : split(choices, '|')) words.emplace_back(word);
    const auto* text = value.as_string();
    if (text != nullptr && std::ranges::find(words, *text) != words.end()) return;
    const auto near = text == nullptr ? std::vector<std::string>{} : suggestions(*text, words, 1);
    report(value.mark, "wrong-value",
           fmt::format("'{}' is one of {}, not {}", name, join(words, ", "), what(value)),
           near.empty() ? "" : fmt::format("did you mean '{}'?", near.front()));
  }

  // What should have stood there, or empty if all is well.
  std::string wanted_instead(const Json& value, std::string_view type) const {
    const auto* text = value.as_string();
    const auto number = value.as_double();
    const auto unless = [](bool well, std::string_view wanted) {
      return std::string(well ? "" : wanted);
    };
    if (type == "text") return unless(text != nullptr, "text");
    if (type == "any") return {};
    if (type == "flag") return unless(value.is_bool(), "true or false");
    if (type == "int") return unless(is_whole(value), "a whole number");
    if (type == "size") return unless(is_whole(value) && *number >= 0, "a whole number from 0");
    if (type == "num") return unless(number.has_value(), "a number");
    if (type == "positive") return unless(number && *number > 0, "a number above 0");
    if (type == "scalar") return unless(!value.is_array() && !value.is_object(), "a single value");
    if (type == "list") return unless(value.is_array(), "a list");
    if (type == "texts") return unless(is_texts(value), "a list of texts");
    if (type == "pair") return unless(is_pair(value), "a list of two different numbers");
    if (type == "uri") return unless(text && is_uri(*text), "an absolute URI");
    if (type == "date") return unless(text && is_date(*text), "a date such as 2026-11-22");
    if (type == "datetime")
      return unless(text && is_date_time(*text), "a time such as 2026-11-22T09:00:00Z");
    if (type == "id")
      return unless(text && is_stable_id(*text), "an id of letters, digits, '_' and '-'");
    if (type == "reference")
      return unless(is_reference_list(value), "a reference such as table.column");
    return type.front() == '[' ? "a list" : "an object";
  }

  static bool is_texts(const Json& value) {
    const auto* items = value.as_array();
    return items != nullptr && std::ranges::all_of(*items, &Json::is_string);
  }
  static bool is_pair(const Json& value) {
    const auto* items = value.as_array();
    if (items == nullptr || items->size() != 2) return false;
    const auto first = items->front().as_double();
    const auto second = items->back().as_double();
    return first && second && *first != *second;
  }
  bool is_reference_list(const Json& value) const {
    const auto fits = [&](const Json& item) {
      return item.is_string() && is_reference(*item.as_string(), version_ >= 320);
    };
    const auto* items = value.as_array();
    return items == nullptr ? fits(value) : !items->empty() && std::ranges::all_of(*items, fits);
  }

  const Specification& standard_;
  const Shapes& shapes_;
  int version_;
};

}  // namespace

std::string version_text(int version) {
  return fmt::format("v{}.{}.{}", version / 100, version / 10 % 10, version % 10);
}

Deviations check_shape(const Specification& standard, const Json& document, int version) {
  Checker checker(standard, version);
  if (document.is_object()) checker.object(document, standard.root);
  else checker.out.push_back({document.mark, "wrong-type", "a document is an object", ""});
  return std::move(checker.out);
}

}  // namespace hansa::contract
