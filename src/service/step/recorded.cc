#include "service/step/recorded.h"

#include <algorithm>

#include "model/keys.h"

namespace hansa::service {
namespace {

constexpr std::string_view kParameters = "\n-- parameters: ";

std::string text_of(const Json& facts, std::string_view name) {
  const Json* found = facts.find(name);
  return found != nullptr && found->is_string() ? *found->as_string() : "";
}

}  // namespace

std::string recorded_text(RecordedStatement whole, Json& facts) {
  query::Statement& statement = whole.statement;
  if (!statement.catalog.empty() && statement.catalog != kMeshCatalog)
    facts.set("catalog", statement.catalog);
  if (!statement.schema.empty()) facts.set("schema", statement.schema);
  if (!whole.place.empty()) facts.set("place", whole.place);
  const std::size_t bytes = statement.sql.size();
  if (!statement.parameters.empty()) {
    facts.set("parameters", static_cast<std::uint64_t>(statement.parameters.size()));
    statement.sql.append(kParameters).append(to_text(Json(statement.parameters)));
  }
  if (statement.sql.size() > statement_recorded_max) {
    facts.set("cut", true);
    statement.sql.resize(std::min(bytes, statement_recorded_max));
  }
  return std::move(statement.sql);
}

std::optional<RecordedStatement> recorded_statement(const Json& facts, const std::string& text) {
  if (const Json* cut = facts.find("cut"); cut != nullptr) return std::nullopt;
  RecordedStatement out{.statement = {.sql = text,
                                      .parameters = {},
                                      .catalog = text_of(facts, "catalog"),
                                      .schema = text_of(facts, "schema")},
                        .place = text_of(facts, "place")};
  if (out.statement.catalog.empty()) out.statement.catalog = kMeshCatalog;
  if (facts.find("parameters") == nullptr) return out;
  const auto at = text.rfind(kParameters);
  if (at == std::string::npos) return std::nullopt;
  const auto given = parse_json(std::string_view(text).substr(at + kParameters.size()));
  if (!given || !given->is_array()) return std::nullopt;
  out.statement.sql.resize(at);
  out.statement.parameters = *given->as_array();
  return out;
}

}  // namespace hansa::service
