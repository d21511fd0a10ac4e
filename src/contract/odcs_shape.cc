// ODCS v3.0 to v3.2, member by member. v3.0.1 and v3.0.2 only completed v3.0.0, so the three are
// one here.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "contract/shape.h"

namespace hansa::contract {
namespace {

constexpr int kNever = 1'000;  // closed never: any member may stand there

constexpr std::array kShapes{
    ShapeLine{"contract", 300,
              "apiVersion!:any kind!:(DataContract) id! version! name tenant tags:texts "
              "status!<320 status@320 "
              "servers:[server] dataProduct description:{description} domain context@320 "
              "context:{context}@320 "
              "schema:[object] support:[support] price:{price} team:[member] team:{team}@310 "
              "roles:[role] "
              "slaDefaultElement slaProperties:[sla] authoritativeDefinitions:[definition] "
              "customProperties:[custom] contractCreatedTs:datetime"},
    ShapeLine{"description", kNever,
              "usage purpose limitations authoritativeDefinitions:[definition] "
              "customProperties:[custom]"},
    ShapeLine{
        "server", 310,
        "id:id@310 server! type! description environment roles:[role] customProperties:[custom]"},
    ShapeLine{
        "object", 300,
        "id:id@310 name! physicalName physicalType description businessName logicalType:(object) "
        "authoritativeDefinitions:[definition] tags:texts customProperties:[custom] "
        "quality:[quality] "
        "dataGranularityDescription properties:[property] relationships:[relation]@310 "
        "synonyms:[synonym]@320 context@320 context:{context}@320 deprecated:flag@320"},
    ShapeLine{"property", 300, "name!"},
    ShapeLine{"item", 300, "name properties:[property]"},
    ShapeLine{
        "base", 300,
        "id:id@310 physicalName physicalType description businessName tags:texts classification "
        "encryptedName "
        "authoritativeDefinitions:[definition] customProperties:[custom] primaryKey:flag "
        "primaryKeyPosition:int "
        "logicalType:(string|date|number|integer|object|array|boolean)<310 "
        "logicalType:(string|date|timestamp|time|number|integer|object|array|boolean)@310<320 "
        "logicalType:(string|date|timestamp|time|number|integer|object|array|boolean|map|vector)@"
        "320 "
        "logicalTypeOptions:{any} required:flag unique:flag partitioned:flag "
        "partitionKeyPosition:int "
        "transformSourceObjects:texts transformLogic transformDescription examples:list "
        "criticalDataElement:flag relationships:[relation_here]@310 quality:[quality] "
        "synonyms:[synonym]@320 enum:[enum]@320 semanticType:(column|measure|dimension)@320 "
        "deprecated:flag@320"},
    ShapeLine{"type/string", 300, "logicalTypeOptions:{options/string}"},
    ShapeLine{"type/date", 300, "logicalTypeOptions:{options/date}"},
    ShapeLine{"type/timestamp", 300, "logicalTypeOptions:{options/timestamp}"},
    ShapeLine{"type/integer", 300, "logicalTypeOptions:{options/integer}"},
    ShapeLine{"type/number", 300, "logicalTypeOptions:{options/number}"},
    ShapeLine{"type/object", 300, "logicalTypeOptions:{options/object} properties:[property]"},
    ShapeLine{"type/array", 300, "logicalTypeOptions:{options/array} items:{item}"},
    ShapeLine{"type/map", 300, "map!:{map}"},
    ShapeLine{"type/none", 300,
              "logicalTypeOptions:{options/none} properties:[property] items:{item} map:{map}@320"},
    ShapeLine{"options/none", 300, ""},
    ShapeLine{"options/string", 300, "minLength:size maxLength:size pattern format"},
    ShapeLine{"options/date", 300,
              "format maximum minimum exclusiveMaximum:flag<310 exclusiveMaximum@310 "
              "exclusiveMinimum:flag<310 "
              "exclusiveMinimum@310"},
    ShapeLine{
        "options/timestamp", 300,
        "format maximum minimum exclusiveMaximum exclusiveMinimum timezone:flag defaultTimezone"},
    ShapeLine{"options/integer", 300,
              "multipleOf:positive maximum:num minimum:num exclusiveMaximum:flag<310 "
              "exclusiveMaximum:num@310 "
              "exclusiveMinimum:flag<310 exclusiveMinimum:num@310 "
              "format:(i8|i16|i32|i64|i128|u8|u16|u32|u64|u128)"},
    ShapeLine{"options/number", 300,
              "multipleOf:positive maximum:num minimum:num exclusiveMaximum:flag<310 "
              "exclusiveMaximum:num@310 "
              "exclusiveMinimum:flag<310 exclusiveMinimum:num@310 format:(f32|f64)"},
    ShapeLine{"options/object", 300, "maxProperties:size minProperties:size required:texts"},
    ShapeLine{"options/array", 300, "maxItems:size minItems:size uniqueItems:flag"},
    ShapeLine{"map", 320, "key!:{item} value!:{item}"},
    ShapeLine{"enum", 320,
              "id:id value!:scalar label description tags:texts customProperties:[custom] "
              "authoritativeDefinitions:[definition]"},
    ShapeLine{
        "quality", 310,
        "id:id@310 type:(text|library|sql|custom) name description businessImpact method severity "
        "unit schedule "
        "scheduler tags:texts authoritativeDefinitions:[definition] customProperties:[custom] "
        "dimension:(accuracy|completeness|conformity|consistency|coverage|timeliness|uniqueness)"},
    ShapeLine{"quality/rule", 300, "rule!"},
    ShapeLine{"quality/library", 310,
              "metric!:(nullValues|missingValues|invalidValues|duplicateValues|rowCount) rule "
              "arguments:{any}"},
    ShapeLine{"quality/sql", 300, "query!"},
    ShapeLine{"quality/custom", 300, "engine! implementation! implementation!:{any}"},
    ShapeLine{"operators", 300,
              "mustBe:any mustNotBe:any mustBeGreaterThan:num mustBeGreaterOrEqualTo:num "
              "mustBeLessThan:num "
              "mustBeLessOrEqualTo:num mustBeBetween:pair mustNotBeBetween:pair"},
    ShapeLine{"relation", 310,
              "type:(foreignKey) from!:reference to!:reference customProperties:[custom]"},
    ShapeLine{"relation_here", 310, "type:(foreignKey) to!:reference customProperties:[custom]"},
    ShapeLine{"definition", 310, "id:id@310 url! type! description@310"},
    ShapeLine{"custom", 310,
              "id:id@310 property!@310 property<310 value!:any@310 value:any<310 description@310"},
    ShapeLine{"support", 310,
              "id:id@310 channel! url!<310 url@310 description tool scope invitationUrl "
              "customProperties:[custom]@310"},
    ShapeLine{"price", 310, "id:id@310 priceAmount:num priceCurrency priceUnit"},
    ShapeLine{"team", 310,
              "id:id name description members:[member] tags:texts customProperties:[custom] "
              "authoritativeDefinitions:[definition]"},
    ShapeLine{
        "member", 310,
        "id:id@310 username!@310 username<310 name description role dateIn:date dateOut:date "
        "replacedByUsername "
        "tags:texts@310 customProperties:[custom]@310 authoritativeDefinitions:[definition]@310"},
    ShapeLine{"role", 310,
              "id:id@310 role! description access firstLevelApprovers secondLevelApprovers "
              "customProperties:[custom]"},
    ShapeLine{"sla", 310,
              "id:id@310 property! value!:scalar valueExt:scalar unit element driver "
              "description@310 scheduler@310 "
              "schedule@310"},
    ShapeLine{"synonym", 320,
              "id:id synonym! description locale source status customProperties:[custom]"},
    ShapeLine{"context", 320,
              "instructions verifiedStatements:[statement] constraints:[constraint]"},
    ShapeLine{"statement", 320,
              "id question! answer tags:texts authoritativeDefinitions:[definition] "
              "customProperties:[custom]"},
    ShapeLine{"constraint", 320,
              "id constraint! tags:texts authoritativeDefinitions:[definition] "
              "customProperties:[custom]"},
    // Where the data lies, by the type of the server.
    ShapeLine{"server/api", 300, "location!:uri"},
    ShapeLine{"server/athena", 300,
              "stagingDir!:uri<320 stagingDir:uri@320 schema! catalog regionName workgroup@320"},
    ShapeLine{"server/azure", 300,
              "location!:uri format!:(parquet|delta|json|csv)<310 format!@310 "
              "delimiter:(new_line|array)<310 "
              "delimiter@310"},
    ShapeLine{"server/bigquery", 300, "project! dataset!"},
    ShapeLine{"server/clickhouse", 300, "host! port!:int database!"},
    ShapeLine{"server/cloudsql", 300, "host! port!:int database! schema!"},
    ShapeLine{"server/custom", 300,
              "account catalog database dataset delimiter endpointUrl:uri format host location:uri "
              "path port:int "
              "project region regionName schema serviceName stagingDir warehouse stream@310"},
    ShapeLine{"server/databricks", 300, "host catalog! schema!"},
    ShapeLine{"server/db2", 300, "host! port!:int database! schema"},
    ShapeLine{"server/denodo", 300, "host! port!:int database"},
    ShapeLine{"server/dremio", 300, "host! port!:int schema"},
    ShapeLine{"server/duckdb", 300, "database! schema:int<310 schema@310"},
    ShapeLine{"server/exasol", 320, "*"},
    ShapeLine{"server/glue", 300, "account! database! location:uri format"},
    ShapeLine{"server/hana", 320, "*"},
    ShapeLine{"server/hive", 310, "host! port:int database!"},
    ShapeLine{"server/iceberg", 320, "catalog catalogUrl:uri namespace warehouse"},
    ShapeLine{"server/impala", 310, "host! port:int database!"},
    ShapeLine{"server/informix", 300, "host! port:int database!"},
    ShapeLine{"server/kafka", 300, "host! format"},
    ShapeLine{"server/kinesis", 300, "region format"},
    ShapeLine{"server/local", 300, "path! format!"},
    ShapeLine{"server/mysql", 300, "host! port!:int database!"},
    ShapeLine{"server/oracle", 300, "host! port!:int serviceName!"},
    ShapeLine{"server/postgres", 300, "host! port!:int database! schema!"},
    ShapeLine{"server/postgresql", 300, "host! port!:int database! schema!"},
    ShapeLine{"server/presto", 300, "host! catalog schema"},
    ShapeLine{"server/pubsub", 300, "project!"},
    ShapeLine{"server/redshift", 300, "host database! schema! region account"},
    ShapeLine{"server/s3", 300,
              "location!:uri endpointUrl:uri format:(parquet|delta|json|csv)<310 format@310 "
              "delimiter:(new_line|array)<310 delimiter@310"},
    ShapeLine{"server/sftp", 300,
              "location!:uri format:(parquet|delta|json|csv)<310 format@310 "
              "delimiter:(new_line|array)<310 "
              "delimiter@310"},
    ShapeLine{"server/snowflake", 300, "host port:int account! database! schema! warehouse"},
    ShapeLine{"server/sqlserver", 300, "host! port:int database! schema!"},
    ShapeLine{"server/synapse", 300, "host! port!:int database!"},
    ShapeLine{"server/teradata", 320, "*"},
    ShapeLine{"server/trino", 300, "host! port!:int catalog! schema!"},
    ShapeLine{"server/vertica", 300, "host! port!:int database! schema!"},
    ShapeLine{"server/zen", 310, "host! port:int database!"},
};

std::string text_in(const Json& node, std::string_view name) {
  const Json* found = node.find(name);
  return found != nullptr && found->is_string() ? *found->as_string() : std::string();
}

std::vector<std::string> property_parts(const Json& node) {
  const std::string type = text_in(node, "logicalType");
  if (node.find("logicalType") == nullptr) return {"base", "type/none"};
  return {"base", type == "time" ? "type/timestamp" : "type/" + type};
}

std::vector<std::string> quality_parts(const Json& node, int version) {
  const std::string type = text_in(node, "type");
  const bool says_type = node.find("type") != nullptr;
  if (version < 310) {
    if (!says_type || type == "library") return {"quality/rule", "operators"};
    return {"quality/" + type};
  }
  std::vector<std::string> parts;
  const Json* metric = node.find("metric");
  if (type == "library" || (metric != nullptr && metric->is_string()))
    parts = {"quality/library", "operators"};
  if (type == "sql") parts.insert(parts.end(), {"quality/sql", "operators"});
  if (type == "custom") parts.push_back("quality/custom");
  return parts;
}

std::vector<std::string> parts(std::string_view shape, const Json& node, int version) {
  if (shape == "property" || shape == "item") return property_parts(node);
  if (shape == "server") return {"server/" + text_in(node, "type")};
  if (shape == "quality") return quality_parts(node, version);
  return {};
}

void server_rules(const Json& node, int version, Deviations& out) {
  const std::string type = text_in(node, "type");
  const std::string location = text_in(node, "location");
  if (type == "sftp" && !location.empty() && !location.starts_with("sftp://"))
    out.push_back({node.find("location")->mark, "wrong-value",
                   "the location of an sftp server begins with sftp://", ""});
  const auto known =
      std::ranges::find(kShapes, "server/" + type, [](const ShapeLine& s) { return s.name; });
  if (known != kShapes.end() && known->closed_since <= version) return;
  std::vector<std::string> types;
  for (const ShapeLine& line : kShapes)
    if (line.name.starts_with("server/") && line.closed_since <= version)
      types.emplace_back(line.name.substr(7));
  const auto near = suggestions(type, types, 1);
  const Json* said = node.find("type");
  if (said == nullptr) return;  // already missed
  out.push_back(
      {said->mark, "wrong-value",
       fmt::format("'{}' is no type of server in {}", type.substr(0, 60), version_text(version)),
       near.empty() ? "use 'custom' for what the standard does not know"
                    : fmt::format("did you mean '{}'?", near.front())});
}

// A check compares in exactly one way.
void quality_rules(const Json& node, int version, Deviations& out) {
  const auto parts = quality_parts(node, version);
  if (version < 310 || std::ranges::find(parts, "operators") == parts.end()) return;
  const auto count = std::ranges::count_if(*node.as_object(), [](const auto& member) {
    return member.first.starts_with("mustBe") || member.first.starts_with("mustNotBe");
  });
  if (count != 1)
    out.push_back(
        {node.mark, "wrong-value",
         fmt::format("a check has one of mustBe, mustBeLessThan, ...; this has {}", count), ""});
}

void relation_rules(const Json& node, Deviations& out) {
  const Json* from = node.find("from");
  const Json* to = node.find("to");
  if (from != nullptr && to != nullptr && from->is_array() != to->is_array())
    out.push_back(
        {to->mark, "wrong-type", "'from' and 'to' are both one reference or both a list", ""});
}

void rules(std::string_view shape, const Json& node, int version, Deviations& out) {
  if (shape == "server") server_rules(node, version, out);
  if (shape == "quality") quality_rules(node, version, out);
  if (shape == "relation") relation_rules(node, out);
}

}  // namespace

const Specification& odcs_standard() {
  static constexpr Specification standard{kShapes, "contract", parts, rules};
  return standard;
}

}  // namespace hansa::contract
