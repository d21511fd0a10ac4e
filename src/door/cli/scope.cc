#include "door/cli/scope.h"

#include "base/text.h"

namespace hansa::cli {
namespace {

std::vector<std::string> listed(const Words& words, const std::string& option) {
  std::vector<std::string> out;
  for (const std::string& given : words.all(option))
    for (const std::string_view part : split(given, ','))
      if (std::string name = trim(part); !name.empty()) out.push_back(std::move(name));
  return out;
}

// "email=hash": both sides.
Outcome<std::pair<std::string, std::string>> pair_of(const std::string& option,
                                                     const std::string& text,
                                                     const std::string& example) {
  const std::size_t at = text.find('=');
  if (at == std::string::npos || at == 0 || at + 1 == text.size())
    return usage("--" + option + " " + text + ": a name, = and a value are needed", example);
  return std::pair{trim(text.substr(0, at)), trim(text.substr(at + 1))};
}

Outcome<Mask> mask_of(const std::string& name) {
  std::vector<std::string> known;
  for (const auto& [mask, spelt] : names_of(std::type_identity<Mask>{})) {
    if (spelt == name) return mask;
    known.emplace_back(spelt);
  }
  return usage("there is no mask " + name, "one of " + join(known, ", "));
}

}  // namespace

std::vector<Option> scope_options() {
  return {{"--columns", "NAMES", "only these columns, with commas between", true},
          {"--filter", "TEXT", "only these rows: \"country = 'SE' and plays >= 10\""},
          {"--mask", "COLUMN=HOW", "a column as year, last4, hash, redact or null", true},
          {"--if", "KEY=VALUES",
           "only for callers whose principal.kind, .name, .team or .organisation is one of these",
           true}};
}

Outcome<Scope> scope_of(const Words& words) {
  Scope scope{.columns = listed(words, "columns"), .filter = {}, .masks = {}, .conditions = {}};
  if (words.has("filter")) {
    auto filter = parse_predicate(words.text("filter"));
    if (!filter) return usage("--" + filter.error().text, filter.error().next);
    scope.filter = *std::move(filter);
  }
  for (const std::string& given : listed(words, "mask")) {
    HANSA_TRY(const auto pair, pair_of("mask", given, "--mask email=hash"));
    HANSA_TRY(scope.masks[pair.first], mask_of(pair.second));
  }
  for (const std::string& given : words.all("if")) {
    HANSA_TRY(const auto pair, pair_of("if", given, "--if principal.kind=service_account"));
    for (const std::string_view value : split(pair.second, ','))
      scope.conditions[pair.first].push_back(trim(value));
  }
  return scope;
}

}  // namespace hansa::cli
