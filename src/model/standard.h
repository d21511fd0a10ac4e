// What products must have, as the organisation or a domain asks it. contract/standard holds
// products against it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/fields.h"
#include "model/domain.h"
#include "model/ids.h"

namespace hansa {

struct Requirement {
  enum class Kind { owner, channel, description, classification, slo, tests, naming, notice };
  enum class Severity { warn, block };
  enum class Part { product, ports, columns };  // that is described
  Kind rule = Kind::owner;
  Severity severity = Severity::warn;
  std::vector<Part> of = {};                 // description; none: all of them
  std::optional<std::uint32_t> share = {};   // description: of the columns of a port, in percent
  std::vector<std::string> properties = {};  // slo; none: any
  // naming: patterns (name_pattern.h), of which one must fit; none: any name does
  std::vector<std::string> products = {};
  std::vector<std::string> ports = {};
  std::vector<std::string> columns = {};
  std::optional<std::uint32_t> days = {};  // notice
  friend bool operator==(const Requirement&, const Requirement&) = default;
};
constexpr auto names_of(std::type_identity<Requirement::Kind>) {
  using Kind = Requirement::Kind;
  using Row = std::pair<Kind, std::string_view>;
  return std::array{Row{Kind::owner, "owner"},
                    Row{Kind::channel, "channel"},
                    Row{Kind::description, "description"},
                    Row{Kind::classification, "classification"},
                    Row{Kind::slo, "slo"},
                    Row{Kind::tests, "tests"},
                    Row{Kind::naming, "naming"},
                    Row{Kind::notice, "notice"}};
}
constexpr auto names_of(std::type_identity<Requirement::Severity>) {
  using Severity = Requirement::Severity;
  return std::array{std::pair{Severity::warn, std::string_view("warn")},
                    std::pair{Severity::block, std::string_view("block")}};
}
constexpr auto names_of(std::type_identity<Requirement::Part>) {
  using Part = Requirement::Part;
  return std::array{std::pair{Part::product, std::string_view("product")},
                    std::pair{Part::ports, std::string_view("ports")},
                    std::pair{Part::columns, std::string_view("columns")}};
}

// As people write it: what does not belong to its rule is an error.
void describe(Fields& f, Requirement& requirement);

struct Standard {
  StandardId id;
  std::string name;  // unique
  std::string title;
  std::string description;
  std::vector<DomainId> domains;         // none: the whole organisation
  std::optional<Visibility> visibility;  // none: any; what is hidden is restricted
  std::vector<std::string> tags;         // one of them; none: any product
  std::vector<Requirement> requirements;
  friend bool operator==(const Standard&, const Standard&) = default;
};

// A product is held against all of those that speak of it, so there are not too many.
inline constexpr std::size_t standards_of_organisation_max = 100;
inline constexpr std::size_t standards_of_domain_max = 50;
inline constexpr std::uint32_t notice_days_max = 730;
inline constexpr std::size_t standard_words_max = 20;  // of one list in it

}  // namespace hansa
