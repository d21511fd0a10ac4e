#include "iceberg/avro_schema.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <utility>

#include "base/json.h"
#include "base/limits.h"

namespace hansa::iceberg::avro {
namespace {

constexpr std::array<std::pair<std::string_view, Kind>, 8> kPrimitives{{
    {"null", Kind::null},
    {"boolean", Kind::boolean},
    {"int", Kind::int32},
    {"long", Kind::int64},
    {"float", Kind::float32},
    {"double", Kind::float64},
    {"bytes", Kind::bytes},
    {"string", Kind::string},
}};
// A fixed value longer than this is no partition value, and would be allocated at once.
constexpr std::int64_t kFixedBytesMax = 1024 * 1024;

std::unexpected<Error> bad(std::string_view why) {
  return corrupt(fmt::format("Avro schema: {}", why));
}

// The JSON reader bounds the depth of the recursion.
class Parser {
 public:
  Result<std::uint32_t> parse(const Json& json) {
    if (json.as_array() != nullptr) return parse_choice(json);
    if (json.as_object() != nullptr) return parse_object(json);
    if (const std::string* name = json.as_string()) return parse_name(*name);
    return bad(fmt::format("expected a type, found {}", json.kind()));
  }
  std::vector<Node> nodes;

 private:
  Result<std::uint32_t> add(Kind kind) {
    if (nodes.size() >= limits::avro_schema_nodes_max)
      return bad(fmt::format("more than {} types", limits::avro_schema_nodes_max));
    nodes.push_back({.kind = kind});
    return static_cast<std::uint32_t>(nodes.size() - 1);
  }

  Result<std::uint32_t> parse_name(const std::string& name) {
    for (const auto& [word, kind] : kPrimitives)
      if (word == name) return add(kind);
    if (const auto found = named_.find(unqualified(name)); found != named_.end())
      return found->second;
    return bad(fmt::format("'{}' is not defined", name.substr(0, 80)));
  }

  Result<std::uint32_t> parse_choice(const Json& json) {
    HANSA_TRY(const std::uint32_t at, add(Kind::choice));
    if (json.as_array()->empty()) return bad("a union without branches");
    for (const Json& branch : *json.as_array()) {
      HANSA_TRY(const std::uint32_t part, parse(branch));
      if (nodes[part].kind == Kind::choice) return bad("a union directly inside a union");
      nodes[at].parts.push_back(part);
    }
    return at;
  }

  Result<std::uint32_t> parse_object(const Json& json) {
    const Json* type = json.find("type");
    if (type == nullptr) return bad("a type without \"type\"");
    const std::string* name = type->as_string();
    if (name == nullptr) return parse(*type);  // {"type": {"type": "long", ...}}
    if (*name == "record" || *name == "error") return parse_record(json);
    if (*name == "array") return parse_of(json, Kind::array, "items");
    if (*name == "map") return parse_of(json, Kind::map, "values");
    if (*name == "fixed") return parse_fixed(json);
    if (*name == "enum") return parse_enumeration(json);
    return parse_name(*name);  // a primitive with a logical type
  }

  Result<std::uint32_t> parse_of(const Json& json, Kind kind, std::string_view member) {
    HANSA_TRY(const std::uint32_t at, add(kind));
    const Json* inner = json.find(member);
    if (inner == nullptr) return bad(fmt::format("a type without \"{}\"", member));
    HANSA_TRY(const std::uint32_t part, parse(*inner));
    nodes[at].parts.push_back(part);
    return at;
  }

  Result<std::uint32_t> parse_fixed(const Json& json) {
    HANSA_TRY(const std::uint32_t at, add(Kind::fixed));
    const Json* size = json.find("size");
    const auto bytes = size == nullptr ? Result<std::int64_t>(-1) : size->as_int();
    if (!bytes || *bytes < 0 || *bytes > kFixedBytesMax)
      return bad("a fixed type of no sensible size");
    nodes[at].size = static_cast<std::size_t>(*bytes);
    HANSA_CHECK(define(json, at));
    return at;
  }

  Result<std::uint32_t> parse_enumeration(const Json& json) {
    HANSA_TRY(const std::uint32_t at, add(Kind::enumeration));
    const Json* symbols = json.find("symbols");
    if (symbols == nullptr || symbols->as_array() == nullptr) return bad("an enum without symbols");
    nodes[at].size = symbols->as_array()->size();
    HANSA_CHECK(define(json, at));
    return at;
  }

  Result<std::uint32_t> parse_record(const Json& json) {
    HANSA_TRY(const std::uint32_t at, add(Kind::record));
    HANSA_CHECK(define(json, at));
    const Json* fields = json.find("fields");
    if (fields == nullptr || fields->as_array() == nullptr) return bad("a record without fields");
    for (const Json& json_field : *fields->as_array()) {
      const Json* name = json_field.find("name");
      const Json* type = json_field.find("type");
      if (name == nullptr || name->as_string() == nullptr || type == nullptr)
        return bad("a field without name or type");
      Field field{.name = *name->as_string(), .id = std::nullopt};
      if (const Json* id = json_field.find("field-id")) {
        const auto number = id->as_int();
        if (!number || !std::in_range<std::int32_t>(*number))
          return bad("a field-id that is no number");
        field.id = static_cast<std::int32_t>(*number);
      }
      HANSA_TRY(field.type, parse(*type));
      nodes[at].fields.push_back(std::move(field));
    }
    return at;
  }

  Result<void> define(const Json& json, std::uint32_t at) {
    const Json* name = json.find("name");
    if (name == nullptr || name->as_string() == nullptr) return bad("a named type without a name");
    if (!named_.emplace(unqualified(*name->as_string()), at).second)
      return bad(fmt::format("'{}' is defined twice", name->as_string()->substr(0, 80)));
    return {};
  }

  // Namespaces do not matter to one file's values: nobody defines a.x and b.x in one manifest.
  static std::string unqualified(const std::string& name) {
    return name.substr(name.rfind('.') + 1);
  }

  std::map<std::string, std::uint32_t> named_;
};

}  // namespace

const Node* Schema::without_null(std::uint32_t index) const {
  const Node& found = node(index);
  if (found.kind != Kind::choice) return &found;
  const Node* only = nullptr;
  for (const std::uint32_t part : found.parts) {
    if (node(part).kind == Kind::null) continue;
    if (only != nullptr) return nullptr;
    only = &node(part);
  }
  return only;
}

Result<Schema> parse_schema(std::string_view text) {
  auto json = parse_json(text);
  if (!json) return bad(json.error().text);
  Parser parser;
  HANSA_TRY(const std::uint32_t root, parser.parse(*json));
  return Schema{std::move(parser.nodes), root};
}

}  // namespace hansa::iceberg::avro
