#include "model/standard.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/name_pattern.h"

namespace hansa {
namespace {

void check_words(Fields& f, std::string_view what, const std::vector<std::string>& words) {
  f.rule(words.size() <= standard_words_max,
         fmt::format("{}: at most {}", what, standard_words_max));
  for (const std::string& word : words)
    f.rule(!word.empty() && word.size() <= 100 && check_text(what, word),
           fmt::format("{}: words of 1 to 100 characters", what));
}

void check_patterns(Fields& f, std::string_view what, const std::vector<std::string>& patterns) {
  f.rule(patterns.size() <= standard_words_max,
         fmt::format("{}: at most {}", what, standard_words_max));
  for (const std::string& pattern : patterns)
    if (const auto parsed = NamePattern::parse(pattern); !parsed)
      f.rule(false, fmt::format("{}: {}; {}", what, parsed.error().text, parsed.error().next));
}

}  // namespace

void describe(Fields& f, Requirement& v) {
  using Kind = Requirement::Kind;
  f.required("rule", v.rule, "what products must have");
  f.required("severity", v.severity, "warn, or block: what plan and apply then refuse");
  f.optional("of", v.of, "description: product, ports, columns; absent: all of them");
  f.optional("share", v.share, "description: of a port's columns, in percent; absent: 100");
  f.optional("properties", v.properties, "slo: latency, frequency, ...; absent: any");
  f.optional("products", v.products, "naming: patterns, of which one must fit the whole name");
  f.optional("ports", v.ports, "naming: the same for ports");
  f.optional("columns", v.columns, "naming: the same for columns");
  f.optional("days", v.days, "notice: between the announcement of a version's end and its date");
  if (f.mode() != Fields::Mode::read) return;
  const auto only = [&](std::string_view member, bool said, Kind kind, std::string_view of) {
    f.rule(!said || v.rule == kind, fmt::format("'{}' belongs to rule: {}", member, of));
  };
  only("of", !v.of.empty(), Kind::description, "description");
  only("share", v.share.has_value(), Kind::description, "description");
  only("properties", !v.properties.empty(), Kind::slo, "slo");
  only("products", !v.products.empty(), Kind::naming, "naming");
  only("ports", !v.ports.empty(), Kind::naming, "naming");
  only("columns", !v.columns.empty(), Kind::naming, "naming");
  only("days", v.days.has_value(), Kind::notice, "notice");
  const bool of_columns =
      v.of.empty() || std::ranges::find(v.of, Requirement::Part::columns) != v.of.end();
  f.rule(!v.share || (*v.share >= 1 && *v.share <= 100 && of_columns),
         "share: from 1 to 100, of the columns");
  f.rule(v.rule != Kind::notice || (v.days && *v.days >= 1 && *v.days <= notice_days_max),
         fmt::format("notice needs days: from 1 to {}", notice_days_max));
  f.rule(v.rule != Kind::naming || !(v.products.empty() && v.ports.empty() && v.columns.empty()),
         "naming needs patterns of products, ports or columns");
  f.rule(v.of.size() <= 3, "of: product, ports and columns, each once");
  check_words(f, "properties", v.properties);
  check_patterns(f, "products", v.products);
  check_patterns(f, "ports", v.ports);
  check_patterns(f, "columns", v.columns);
}

}  // namespace hansa
