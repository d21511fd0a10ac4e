#include "worker/relation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "query/lexer.h"

namespace hansa::worker {
namespace {

constexpr std::size_t kRowsPerInsert = 500;
// Views are kept for a principal's next plan up to here.
constexpr std::size_t kViewsMax = 2 * limits::relations_per_query_max;
// A look at a file takes 0.2 ms, once; where there are more, they are told what to be.
constexpr std::size_t kFilesLookedAtMax = 16;

// No file has as many rows, and no relation as many files.
constexpr std::int64_t kPlacesOfAFile = std::int64_t{1} << 40;
constexpr std::int64_t kPlacesOfAKind = std::int64_t{1} << 60;

std::string qualified(const query::Relation& relation) {
  return fmt::format("{}.{}.{}", sql_identifier(relation.catalog),
                     sql_identifier(engine_schema(relation.schema)), sql_identifier(relation.name));
}

// Every column of the relation with the type it must come out in; one that a file lacks reads as
// NULL.
std::string parquet_schema(const Schema& schema, bool by_id) {
  std::vector<std::string> entries;
  for (const Column& column : schema.columns)
    entries.push_back(fmt::format("{}: {{name: {}, type: {}, default_value: NULL}}",
                                  by_id ? std::to_string(column.id) : sql_literal(column.name),
                                  sql_literal(column.name), sql_literal(sql_type(column.type))));
  return fmt::format("MAP {{{}}}", join(entries, ", "));
}

// Files whose columns are the relation's need no schema: told none, DuckDB knows how many rows
// there are and between which bounds their values lie, and plans accordingly.
enum class Match { as_it_is, by_name, by_id };

std::string scan(const query::Relation& relation, Match match) {
  std::vector<std::string> names;
  std::uint64_t rows = 0;
  for (const query::PlanFile& file : relation.files) {
    if (file.by_id != (match == Match::by_id)) continue;
    names.push_back(sql_literal(seat_name(file)));
    rows += file.rows;
  }
  if (names.empty()) return {};
  std::vector<std::string> columns;
  for (const Column& column : relation.columns.columns)
    columns.push_back(sql_identifier(column.name));
  // Files that are matched by id come last: rows_of.
  if (!relation.place.empty())
    columns.push_back(fmt::format("({} + {} * file_index::BIGINT + file_row_number) AS {}",
                                  match == Match::by_id ? kPlacesOfAKind : 0, kPlacesOfAFile,
                                  sql_identifier(relation.place)));
  std::string options;
  if (match != Match::as_it_is) {
    options = ", schema = " + parquet_schema(relation.columns, match == Match::by_id);
    // With a schema DuckDB takes a table to be empty, and plans joins for that.
    if (rows > 0) options += fmt::format(", explicit_cardinality = {}", rows);
  }
  return fmt::format("SELECT {} FROM system.main.read_parquet([{}]{})", join(columns, ", "),
                     join(names, ", "), options);
}

std::string empty(const query::Relation& relation) {
  std::vector<std::string> columns;
  for (const Column& column : relation.columns.columns)
    columns.push_back(
        fmt::format("CAST(NULL AS {}) AS {}", sql_type(column.type), sql_identifier(column.name)));
  if (!relation.place.empty())
    columns.push_back("CAST(NULL AS BIGINT) AS " + sql_identifier(relation.place));
  return fmt::format("SELECT {} WHERE false", join(columns, ", "));
}

std::string rows_of(const query::Relation& relation, bool fits) {
  std::vector<std::string> scans;
  for (const Match match : {fits ? Match::as_it_is : Match::by_name, Match::by_id})
    if (std::string part = scan(relation, match); !part.empty()) scans.push_back(std::move(part));
  if (relation.content == query::Content::shape || scans.empty()) scans = {empty(relation)};
  return join(scans, " UNION ALL ");
}

bool is_looked_at(const query::Relation& relation) {
  return relation.content == query::Content::files && relation.files.size() <= kFilesLookedAtMax;
}

// The columns of files, by number; none of a file that cannot be read.
void look(Connection& connection, const std::vector<std::uint32_t>& files,
          std::map<std::uint32_t, std::optional<Types>>& seen) {
  for (const std::uint32_t number : files) {
    auto& types = seen[number];
    const auto all = connection.prepare(fmt::format("FROM system.main.read_parquet([{}])",
                                                    sql_literal(seat_name({.number = number}))));
    if (!all) continue;
    types.emplace();
    for (const ColumnType& column : all->columns()) types->emplace(column.name, column.type.name);
  }
}

Result<std::string> literal(const Json& value) {
  if (value.is_null()) return std::string("NULL");
  if (const auto* text = value.as_string()) return sql_literal(*text);
  if (value.is_bool() || value.as_double()) return to_text(value);
  return invalid("an inline row holds a list or an object");
}

Result<void> insert(Connection& connection, const query::Relation& relation, std::size_t first) {
  std::vector<std::string> rows;
  const std::size_t last = std::min(first + kRowsPerInsert, relation.rows.size());
  for (std::size_t i = first; i < last; ++i) {
    std::vector<std::string> cells;
    for (const Json& value : relation.rows[i]) {
      HANSA_TRY(cells.emplace_back(), literal(value));
    }
    rows.push_back(fmt::format("({})", join(cells, ", ")));
  }
  return connection.run(
      fmt::format("INSERT INTO {} VALUES {}", qualified(relation), join(rows, ", ")));
}

}  // namespace

std::string seat_name(const query::PlanFile& file) {
  return fmt::format("in/{}.parquet", file.number);
}

std::string engine_schema(std::string_view schema) {
  const std::string lower = lower_ascii(schema);
  return lower == "information_schema" || lower == "pg_catalog" ? "hansa_" + lower
                                                                : std::string(schema);
}

std::string sql_type(const Type& type) {
  switch (type.kind) {
    case TypeKind::boolean: return "BOOLEAN";
    case TypeKind::int32: return "INTEGER";
    case TypeKind::int64: return "BIGINT";
    case TypeKind::float32: return "FLOAT";
    case TypeKind::float64: return "DOUBLE";
    case TypeKind::decimal: return fmt::format("DECIMAL({},{})", type.precision, type.scale);
    case TypeKind::date: return "DATE";
    case TypeKind::time: return "TIME";
    case TypeKind::timestamp: return "TIMESTAMP";
    case TypeKind::timestamptz: return "TIMESTAMP WITH TIME ZONE";
    case TypeKind::string: return "VARCHAR";
    case TypeKind::uuid: return "UUID";
    case TypeKind::fixed:
    case TypeKind::binary: return "BLOB";
    case TypeKind::structure: {
      std::vector<std::string> fields;
      for (const Column& field : type.fields)
        fields.push_back(sql_identifier(field.name) + " " + sql_type(field.type));
      return fmt::format("STRUCT({})", join(fields, ", "));
    }
    case TypeKind::list:
      return type.fields.empty() ? "VARCHAR[]" : sql_type(type.fields[0].type) + "[]";
    case TypeKind::map:
      if (type.fields.size() != 2) return "MAP(VARCHAR, VARCHAR)";
      return fmt::format("MAP({}, {})", sql_type(type.fields[0].type),
                         sql_type(type.fields[1].type));
  }
  return "VARCHAR";
}

Result<void> Relations::make(Connection& connection, const query::Plan& plan, Connection& beside,
                             Aside& aside) {
  HANSA_CHECK(make_room(connection, plan));
  HANSA_CHECK(make_folders(connection, plan));
  std::set<std::string> names;
  for (const query::Relation& relation : plan.relations)
    if (!names.insert(lower_ascii(qualified(relation))).second)
      return invalid(fmt::format("{}.{} stands twice in the plan", relation.schema, relation.name));
  HANSA_CHECK(make_views(connection, plan, beside, aside));
  for (const query::Relation& relation : plan.relations) {
    if (relation.content != query::Content::inline_rows) continue;
    if (auto made = make_table(connection, relation); !made)
      return in_context(relation.schema + "." + relation.name, made.error());
  }
  return use(connection, plan.statement.catalog, plan.statement.schema);
}

Result<void> Relations::expect(Connection& connection, std::string_view catalog) {
  HANSA_CHECK(make_folder(connection, std::string(catalog), {}));
  return use(connection, std::string(catalog), {});
}

Result<void> Relations::drop(Connection& quiet) {
  for (const std::string& catalog : catalogs_) HANSA_CHECK(quiet.run("DETACH " + catalog));
  *this = {};
  return {};
}

// Tables hold what the server said for one plan only. Views are many only for somebody who reads
// everything.
Result<void> Relations::make_room(Connection& connection, const query::Plan& plan) {
  for (const std::string& table : std::exchange(tables_, {})) {
    ++changes_;
    HANSA_CHECK(connection.run("DROP TABLE IF EXISTS " + table));
  }
  if (views_.size() + plan.relations.size() <= kViewsMax) return {};
  ++changes_;
  HANSA_CHECK(connection.run("USE memory.main"));
  for (const std::string& catalog : std::exchange(catalogs_, {}))
    HANSA_CHECK(connection.run("DETACH " + catalog));
  schemas_.clear();
  views_.clear();
  types_.clear();
  default_.clear();
  return {};
}

Result<void> Relations::make_folder(Connection& connection, const std::string& catalog_name,
                                    const std::string& schema_name) {
  if (catalog_name.empty()) return {};
  const std::string catalog = sql_identifier(catalog_name);
  if (!catalogs_.contains(catalog)) {
    HANSA_CHECK(connection.run("ATTACH ':memory:' AS " + catalog));
    catalogs_.insert(catalog);
  }
  if (schema_name.empty()) return {};
  const std::string schema =
      fmt::format("{}.{}", catalog, sql_identifier(engine_schema(schema_name)));
  if (schemas_.contains(schema)) return {};
  HANSA_CHECK(connection.run("CREATE SCHEMA IF NOT EXISTS " + schema));
  schemas_.insert(schema);
  return {};
}

Result<void> Relations::make_folders(Connection& connection, const query::Plan& plan) {
  HANSA_CHECK(make_folder(connection, plan.statement.catalog, plan.statement.schema));
  for (const query::Relation& relation : plan.relations)
    HANSA_CHECK(make_folder(connection, relation.catalog, relation.schema));
  return {};
}

Result<void> Relations::make_view(Connection& connection, const query::Relation& relation,
                                  std::string rows) {
  const std::string name = qualified(relation);
  const auto known = views_.find(name);
  if (known != views_.end() && known->second == rows) return {};
  ++changes_;
  if (known != views_.end()) views_.erase(known);
  HANSA_CHECK(connection.run(fmt::format("CREATE OR REPLACE VIEW {} AS {}", name, rows)));
  views_.insert_or_assign(name, std::move(rows));
  return {};
}

// Most files fit: while those that nobody knows are looked at, the views are made as if they did,
// and then again where one does not.
Result<void> Relations::make_views(Connection& connection, const query::Plan& plan,
                                   Connection& beside, Aside& aside) {
  std::vector<std::uint32_t> unknown;
  std::map<std::uint32_t, std::optional<Types>> seen;
  std::vector<const query::Relation*> guessed;
  for (const query::Relation& relation : plan.relations) {
    const auto more = strangers(relation);
    if (more.empty()) continue;
    unknown.insert(unknown.end(), more.begin(), more.end());
    guessed.push_back(&relation);
  }
  if (!unknown.empty()) {
    const Waiting waiting(aside);
    aside.add([&] { look(beside, unknown, seen); });
    for (const query::Relation* relation : guessed)
      (void)make_view(connection, *relation, rows_of(*relation, true));
  }
  types_.merge(seen);
  for (const query::Relation& relation : plan.relations) {
    if (relation.content == query::Content::inline_rows) continue;
    if (auto made = make_view(connection, relation, rows_of(relation, fits(relation))); !made)
      return in_context(relation.schema + "." + relation.name, made.error());
  }
  return {};
}

Result<void> Relations::make_table(Connection& connection, const query::Relation& relation) {
  const std::string name = qualified(relation);
  ++changes_;
  if (views_.erase(name) != 0) HANSA_CHECK(connection.run("DROP VIEW " + name));
  std::vector<std::string> columns;
  for (const Column& column : relation.columns.columns)
    columns.push_back(fmt::format("{} {}", sql_identifier(column.name), sql_type(column.type)));
  HANSA_CHECK(connection.run(fmt::format("CREATE TABLE {} ({})", name, join(columns, ", "))));
  tables_.push_back(name);
  for (std::size_t first = 0; first < relation.rows.size(); first += kRowsPerInsert)
    HANSA_CHECK(insert(connection, relation, first));
  return {};
}

Result<void> Relations::use(Connection& connection, const std::string& catalog,
                            const std::string& schema_name) {
  if (catalog.empty()) return {};
  const std::string schema = schema_name.empty() ? "main" : engine_schema(schema_name);
  const std::string wanted = fmt::format("{}.{}", sql_identifier(catalog), sql_identifier(schema));
  if (wanted == default_) return {};
  ++changes_;
  HANSA_CHECK(connection.run("USE " + wanted));
  default_ = wanted;
  return {};
}

// Of its files those that are matched by name and were not looked at yet.
std::vector<std::uint32_t> Relations::strangers(const query::Relation& relation) const {
  std::vector<std::uint32_t> unknown;
  if (!is_looked_at(relation)) return unknown;
  for (const query::PlanFile& file : relation.files)
    if (!file.by_id && !types_.contains(file.number)) unknown.push_back(file.number);
  return unknown;
}

// Whether every file (of those that are matched by name) has the relation's columns just as it
// shows them.
bool Relations::fits(const query::Relation& relation) const {
  if (!is_looked_at(relation)) return false;
  for (const query::PlanFile& file : relation.files) {
    if (file.by_id) continue;
    const auto types = types_.find(file.number);
    // The scan that is told what to expect says best what is wrong with a file.
    if (types == types_.end() || !types->second) return false;
    for (const Column& column : relation.columns.columns) {
      const auto type = types->second->find(column.name);
      if (type == types->second->end() || type->second != sql_type(column.type)) return false;
    }
  }
  return true;
}

Error for_people(Error error, const std::vector<const query::PlanFile*>& files) {
  std::string text;
  std::string_view rest = error.text;
  for (std::size_t at = 0; (at = rest.find("in/")) != std::string_view::npos;) {
    std::size_t end = at + 3;
    while (end < rest.size() && rest[end] >= '0' && rest[end] <= '9') ++end;
    const auto number = parse_int(rest.substr(at + 3, end - at - 3));
    const auto file = std::ranges::find_if(files, [&](const query::PlanFile* f) {
      return number && static_cast<std::int64_t>(f->number) == *number &&
             rest.substr(end).starts_with(".parquet");
    });
    if (file == files.end()) {
      text += rest.substr(0, at + 3);
      rest.remove_prefix(at + 3);
      continue;
    }
    text += rest.substr(0, at);
    text += (*file)->label;
    rest.remove_prefix(end + std::string_view(".parquet").size());
    // What a plan's files contradict is the file's fault, not the statement's.
    if (error.code == Code::invalid) error.code = Code::corrupt;
  }
  const bool named = !text.empty();
  error.text = text + std::string(rest);
  // The engine's decoders do not say which file they were in.
  const bool decoding =
      error.text.starts_with("Invalid Error: ") || error.text.starts_with("INTERNAL Error: ");
  if (decoding && !named && !files.empty()) {
    const std::string where = files.size() == 1 ? files[0]->label
                                                : fmt::format("one of {} files, {} and others",
                                                              files.size(), files[0]->label);
    error = {Code::corrupt, fmt::format("{}: {}", where, error.text),
             "publish files that other readers can read"};
  }
  if (error.code == Code::corrupt && error.text.find("spill") != std::string::npos) {
    error = {Code::exhausted, "the query needs more room on disk than it may use",
             "read fewer columns or rows at once"};
  }
  if (error.code == Code::exhausted && error.next.empty()) {
    error.text = "the query needs more memory than it may use";
    error.next = "read fewer columns or rows at once";
  }
  return error;
}

}  // namespace hansa::worker
