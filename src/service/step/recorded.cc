#include "service/step/recorded.h"

#include <algorithm>

#include "base/fields.h"
#include "model/keys.h"

namespace hansa::service {
namespace {

// Begins the comment behind a text: what else replaying it takes, as JSON.
constexpr std::string_view kBeside = "\n-- asked with: ";

struct Beside {
  std::string catalog;
  std::string schema;
  std::string place;
  std::vector<Json> parameters;
  friend bool operator==(const Beside&, const Beside&) = default;
};
void describe(Fields& f, Beside& v) {
  f.optional("catalog", v.catalog);
  f.optional("schema", v.schema);
  f.optional("place", v.place);
  f.optional("parameters", v.parameters);
}

}  // namespace

std::string recorded_text(RecordedStatement whole, Json& facts) {
  query::Statement& statement = whole.statement;
  if (statement.catalog == kMeshCatalog) statement.catalog.clear();
  const std::size_t bytes = statement.sql.size();
  Beside beside{std::move(statement.catalog), std::move(statement.schema), std::move(whole.place),
                std::move(statement.parameters)};
  if (beside != Beside{}) {
    facts.set("asked_with", true);
    statement.sql.append(kBeside).append(to_text(to_json(beside)));
  }
  if (statement.sql.size() > statement_recorded_max) {
    facts.set("cut", true);
    statement.sql.resize(std::min(bytes, statement_recorded_max));
  }
  return std::move(statement.sql);
}

std::optional<RecordedStatement> recorded_statement(const Json& facts, const std::string& text) {
  if (facts.find("cut") != nullptr) return std::nullopt;
  RecordedStatement out{.statement = {.sql = text,
                                      .parameters = {},
                                      .catalog = std::string(kMeshCatalog),
                                      .schema = {}},
                        .place = {}};
  if (facts.find("asked_with") == nullptr) return out;
  const auto at = text.rfind(kBeside);
  if (at == std::string::npos) return std::nullopt;
  const auto json = parse_json(std::string_view(text).substr(at + kBeside.size()));
  const auto beside = json ? from_json<Beside>(*json) : std::unexpected(json.error());
  if (!beside) return std::nullopt;
  out.statement.sql.resize(at);
  out.statement.parameters = beside->parameters;
  if (!beside->catalog.empty()) out.statement.catalog = beside->catalog;
  out.statement.schema = beside->schema;
  out.place = beside->place;
  return out;
}

}  // namespace hansa::service
