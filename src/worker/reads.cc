// The second half of relation.h: what a statement names and reads.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/text.h"
#include "query/lexer.h"
#include "worker/bound.h"
#include "worker/relation.h"

namespace hansa::worker {
namespace {

// Where a written name of up to three parts ends.
std::size_t end_of_name(std::string_view sql, std::size_t at) {
  query::Lexeme part = query::next_token(sql, at);
  std::size_t end = part.end;
  for (int parts = 1; parts < 3; ++parts) {
    const query::Lexeme dot = query::next_token(sql, end);
    if (dot.token != query::Token::dot) break;
    part = query::next_token(sql, dot.end);
    if (part.token != query::Token::word && part.token != query::Token::quoted) break;
    end = part.end;
  }
  return end;
}

// The statement with its parameters as literals, for a look at its plan only: a plan with open
// parameters cannot be serialised.
std::string with_literals(std::string_view sql, const std::vector<Json>& parameters) {
  std::string out;
  std::size_t copied = 0;
  std::size_t next = 0;
  for (std::size_t at = 0;;) {
    const query::Lexeme lexeme = query::next_token(sql, at);
    if (lexeme.token == query::Token::end) break;
    at = lexeme.end;
    if (lexeme.token != query::Token::parameter) continue;
    const auto written = parse_int(sql.substr(lexeme.begin + 1, lexeme.end - lexeme.begin - 1));
    const std::size_t index = written ? static_cast<std::size_t>(*written - 1) : next++;
    out += sql.substr(copied, lexeme.begin - copied);
    copied = lexeme.end;
    const Json value = index < parameters.size() ? parameters[index] : Json(nullptr);
    const auto* text = value.as_string();
    out += value.is_null() ? "NULL" : text != nullptr ? sql_literal(*text) : to_text(value);
  }
  return out + std::string(sql.substr(copied));
}

// The statement with every small number of rows (LIMIT 7, FETCH FIRST 7, SAMPLE 7) made a large
// one. DuckDB fetches few rows in two steps and cannot serialise such a plan; how many are wanted
// does not change which columns are read.
std::string with_many_rows(std::string_view sql) {
  std::string out;
  std::size_t copied = 0;
  std::string before;
  for (std::size_t at = 0;;) {
    const query::Lexeme lexeme = query::next_token(sql, at);
    if (lexeme.token == query::Token::end) break;
    at = lexeme.end;
    const std::string_view text = sql.substr(lexeme.begin, lexeme.end - lexeme.begin);
    const bool counts =
        before == "limit" || before == "first" || before == "next" || before == "sample";
    if (lexeme.token == query::Token::number && counts &&
        text.find_first_not_of("0") != text.npos) {
      out += std::string(sql.substr(copied, lexeme.begin - copied)) + "1000000000";
      copied = lexeme.end;
    }
    before = lexeme.token == query::Token::word ? lower_ascii(text) : std::string();
  }
  return out + std::string(sql.substr(copied));
}

std::vector<query::ReadColumns> everything(const query::Plan& plan) {
  std::vector<query::ReadColumns> reads;
  for (std::uint32_t i = 0; i < plan.relations.size(); ++i) {
    auto& read = reads.emplace_back();
    read.relation = i;
    for (const Column& column : plan.relations[i].columns.columns)
      read.columns.push_back(column.name);
  }
  return reads;
}

// A port that goes by two names is two relations of the same files.
std::map<std::string, std::set<std::uint32_t>> relations_by_file(const query::Plan& plan) {
  std::map<std::string, std::set<std::uint32_t>> files;
  for (std::uint32_t i = 0; i < plan.relations.size(); ++i)
    for (const query::PlanFile& file : plan.relations[i].files) files[seat_name(file)].insert(i);
  return files;
}

// The engine's plan of a statement, serialised; nothing if it cannot tell.
std::optional<std::string> plan_json(Prepared& planner, const std::string& text) {
  const std::vector<Json> parameters{Json(text)};
  auto rows = planner.texts(parameters);
  if (!rows || rows->empty() || !rows->at(0).at(0)) return {};
  std::string& json = *rows->at(0).at(0);
  if (!json.starts_with("{\"error\":false")) return {};
  return std::move(json);
}

// What a statement says in its own words, for what the engine answers from a file's statistics or
// finds to have no rows: such a plan has no scan, or one without columns, though whoever asks
// learns something of them.
struct Said {
  std::set<std::string> words;  // lower case
  bool star = false;            // outside count(*)
};
Said said_in(std::string_view sql) {
  Said out;
  std::string before, last;
  for (std::size_t at = 0;;) {
    const query::Lexeme lexeme = query::next_token(sql, at);
    if (lexeme.token == query::Token::end) return out;
    at = lexeme.end;
    std::string text(sql.substr(lexeme.begin, lexeme.end - lexeme.begin));
    if (lexeme.token == query::Token::quoted) text = text.substr(1, text.size() - 2);
    if (lexeme.token == query::Token::word || lexeme.token == query::Token::quoted) {
      text = lower_ascii(text);
      out.words.insert(text);
      out.star = out.star || text == "columns" || text == "summarize";
    }
    if (text == "*" && !(last == "(" && before == "count")) out.star = true;
    before = std::exchange(last, std::move(text));
  }
}

void add_said(const query::Plan& plan, const std::string& text,
              std::vector<query::ReadColumns>& reads) {
  const Said said = said_in(text);
  for (std::uint32_t i = 0; i < plan.relations.size(); ++i) {
    const query::Relation& relation = plan.relations[i];
    if (relation.content != query::Content::files ||
        !said.words.contains(lower_ascii(relation.name)))
      continue;
    auto found = std::ranges::find(reads, i, &query::ReadColumns::relation);
    if (found != reads.end() && !found->columns.empty()) continue;
    if (found == reads.end()) found = reads.insert(reads.end(), {.relation = i, .columns = {}});
    // FROM t alone is all of it too.
    const bool all = said.star || !said.words.contains("select") || said.words.contains("natural");
    for (const Column& column : relation.columns.columns)
      if (all || said.words.contains(lower_ascii(column.name)))
        found->columns.push_back(column.name);
  }
}

Result<std::vector<query::ReadColumns>> read_plan(Prepared& planner, const query::Plan& plan,
                                                  const std::string& text) {
  auto json = plan_json(planner, text);
  if (!json) json = plan_json(planner, with_many_rows(text));
  if (!json) return everything(plan);
  const auto files = relations_by_file(plan);
  std::map<std::uint32_t, std::set<std::uint64_t>> taken;
  std::map<std::uint32_t, std::vector<std::string>> names;
  for (const Scan& scan : scans_of(*json)) {
    for (const std::string& file : scan.files)
      if (!files.contains(file))
        return denied("the statement opens a file that is not in its plan");
    if (scan.files.empty()) continue;
    for (const std::uint32_t relation : files.at(scan.files.front())) {
      taken[relation].insert(scan.indexes.begin(), scan.indexes.end());
      names[relation] = scan.names;
    }
  }
  std::vector<query::ReadColumns> reads;
  for (const auto& [relation, indexes] : taken) {
    auto& read = reads.emplace_back();
    read.relation = relation;
    for (const std::uint64_t index : indexes)
      if (index < names[relation].size()) read.columns.push_back(names[relation][index]);
  }
  add_said(plan, text, reads);
  return reads;
}

}  // namespace

Result<std::string> engine_sql(Connection& quiet, const query::Plan& plan) {
  const std::string& sql = plan.statement.sql;
  const auto moved = [](const query::Relation& relation) {
    return engine_schema(relation.schema) != relation.schema;
  };
  if (std::ranges::none_of(plan.relations, moved)) return sql;
  const std::vector<Json> parameters{Json(sql)};
  HANSA_TRY(const auto rows,
            quiet.texts("SELECT json_serialize_sql($1::VARCHAR)::VARCHAR", parameters));
  std::map<std::size_t, std::string> replacements;
  for (const WrittenTable& table : tables_of(rows.at(0).at(0).value_or(""))) {
    const std::string catalog = table.catalog.empty() ? plan.statement.catalog : table.catalog;
    const auto found = std::ranges::find_if(plan.relations, [&](const query::Relation& relation) {
      return moved(relation) && lower_ascii(relation.catalog) == lower_ascii(catalog) &&
             lower_ascii(relation.schema) == lower_ascii(table.schema) &&
             lower_ascii(relation.name) == lower_ascii(table.name);
    });
    if (found != plan.relations.end() && table.location < sql.size())
      replacements[table.location] =
          fmt::format("{}.{}.{}", sql_identifier(found->catalog),
                      sql_identifier(engine_schema(found->schema)), sql_identifier(found->name));
  }
  std::string out;
  std::size_t copied = 0;
  for (const auto& [location, name] : replacements) {
    out += sql.substr(copied, location - copied) + name;
    copied = end_of_name(sql, location);
  }
  return out + sql.substr(copied);
}

Result<void> Reads::prepare(Connection& connection) {
  if (planner_) return {};
  HANSA_TRY(planner_, connection.prepare(
                          "SELECT json_serialize_plan($1::VARCHAR, optimize := true)::VARCHAR"));
  return {};
}

Result<std::vector<query::ReadColumns>> Reads::of(Connection& connection, const query::Plan& plan,
                                                  const std::string& sql,
                                                  const Relations& relations) {
  HANSA_CHECK(prepare(connection));
  HANSA_CHECK(use_default(connection, relations));
  return read_plan(*planner_, plan, with_literals(sql, plan.statement.parameters));
}

Result<void> Reads::use_default(Connection& connection, const Relations& relations) {
  if (default_ == relations.default_name()) return {};
  HANSA_CHECK(connection.run("USE " + relations.default_name()));
  default_ = relations.default_name();
  return {};
}

}  // namespace hansa::worker
