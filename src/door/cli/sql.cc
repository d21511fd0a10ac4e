// sql: rows as they arrive, as a table, JSON, CSV or Parquet.
#include "door/cli/sql.h"

#include <fmt/format.h>

#include "api/query.h"
#include "api/rows.h"
#include "base/text.h"
#include "door/cli/ports.h"
#include "door/cli/result.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"

namespace hansa::cli {
namespace {

Outcome<std::string> statement_of(Session& session, const Words& words) {
  if (words.has("command") && words.has("file"))
    return usage("-c and -f are given both", "give one of them");
  if (words.has("command")) return words.text("command");
  const std::string path = words.text("file", "-");
  if (path != "-") {
    HANSA_TRY(std::string sql, read_file(path, limits::sql_bytes_max));
    return sql;
  }
  if (!words.has("file") && session.console().in_is_terminal())
    return usage("there is no SQL",
                 "hansa sql -c \"select 1\", hansa sql -f query.sql, or pipe it in");
  HANSA_TRY(std::string sql, session.console().read_all(limits::sql_bytes_max));
  return sql;
}

// A number, true, false, null or a quoted text as JSON has them; anything else is text.
Json parameter_of(const std::string& word) {
  auto json = parse_json(word);
  return json && !json->is_object() && !json->is_array() ? *std::move(json) : Json(word);
}

Outcome<api::RunQuery> ask_of(Session& session, const Words& words) {
  api::RunQuery ask;
  HANSA_TRY(ask.sql, statement_of(session, words));
  if (trim(ask.sql).empty()) return usage("the SQL is empty", "hansa sql -c \"select 1\"");
  for (const std::string& word : words.all("param")) ask.parameters.push_back(parameter_of(word));
  ask.catalog = words.text("catalog");
  ask.schema = words.text("schema");
  if (const Format format = session.settings().format;
      format == Format::csv || format == Format::parquet)
    ask.format = std::string(name_of(format));
  if (words.has("rows")) {
    const auto rows = parse_int(words.text("rows"));
    if (!rows || *rows < 1)
      return usage("--rows must be a whole number from 1", "for example --rows 1000");
    ask.rows_max = static_cast<std::uint64_t>(*rows);
  }
  if (session.settings().timeout)
    ask.seconds_max = static_cast<std::uint32_t>(session.settings().timeout->count());
  return ask;
}

Done sql(Session& session, const Words& words) {
  const bool talks = !words.has("command") && !words.has("file") && !words.has("out") &&
                     session.console().in_is_terminal() && session.console().out_is_terminal();
  if (talks) return talk_sql(session, words);
  HANSA_TRY(const api::RunQuery ask, ask_of(session, words));
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(Destination out, Destination::open(session.console(), words.text("out")));
  HANSA_TRY(const api::Exit exit, run_query(session, *client, ask, out));
  if (words.has("out")) session.say("wrote " + words.text("out"));
  return exit;
}

Outcome<std::uint64_t> rows_of(const Words& words) {
  const auto rows = parse_int(words.text("rows", "10"));
  if (rows && *rows >= 1 && static_cast<std::uint64_t>(*rows) <= api::rows_page_max)
    return static_cast<std::uint64_t>(*rows);
  return usage("--rows must be a whole number from 1 to 100000", "for example --rows 20");
}

// Rows by the route that needs no SQL.
Done sample(Session& session, const Words& words) {
  const auto ref = parse_port_ref(words.text("PORT"));
  if (!ref) return usage(ref.error().text, "for example: hansa sample audience/daily_plays");
  HANSA_TRY(const std::uint64_t rows, rows_of(words));
  const Format format = session.settings().format;
  const bool bytes = format == Format::csv || format == Format::parquet;
  Json ask = to_json(api::ReadRows{.domain = ref->domain,
                                   .port = port_name(*ref),
                                   .columns = words.all("COLUMN"),
                                   .filter = words.text("where"),
                                   .order = words.all("order"),
                                   .limit = rows,
                                   .format = bytes ? std::string(name_of(format)) : "json",
                                   .kind = "preview"});
  const std::string address = api::address_of(api::Method::get, api::read_rows.path, ask);
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(Destination out, Destination::open(session.console(), {}));
  Call call{.method = api::Method::get, .timeout = Seconds(0)};
  return bytes ? pass_rows(session, *client, std::move(call), address, out)
               : print_rows(session, *client, std::move(call), address, out);
}

}  // namespace

Done run_query(Session& session, Client& client, const api::RunQuery& ask, Destination& out) {
  // The server ends a query that takes too long, so the call itself has no limit.
  Call call{.method = api::run_query.method, .body = to_text(to_json(ask)), .timeout = Seconds(0)};
  return ask.format == "json"
             ? print_rows(session, client, std::move(call), api::run_query.path, out)
             : pass_rows(session, client, std::move(call), api::run_query.path, out);
}

void add_sql(Verbs& verbs) {
  verbs.push_back(
      {.path = "sql",
       .says = "Query data products in SQL, across domains",
       .examples =
           {{"Talk to it: history, completion, \\d, Ctrl-C", "hansa sql"},
            {"Ask",
             "hansa sql -c \"select show_id, sum(plays) from audience.daily_plays group by 1\""},
            {"What is there, and what a table looks like",
             "hansa sql -c \"describe shows.episodes\""},
            {"A file with a parameter, as CSV",
             "hansa sql -f q.sql --param 2026-11-01 -o csv --out plays.csv"},
            {"Through an account's own mounts",
             "hansa sql --catalog ads-prod -c \"from listening.plays limit 5\""}},
       .options = {{"-c,--command", "SQL", "the statement"},
                   {"-f,--file", "FILE", "a file that holds it; - is standard input"},
                   {"-p,--param", "VALUE",
                    "for $1, $2, ... in their order: a number, true, null, or text", true},
                   {"--catalog", "NAME", "the default catalog; without it: mesh"},
                   {"--schema", "NAME", "the default schema"},
                   {"--rows", "N", "refuse to give more rows than this"},
                   {"--out", "FILE", "write the result here; it appears once it is whole"}},
       .outputs = "table json yaml csv parquet",
       .run = sql});
  verbs.push_back(
      {.path = "sample",
       .says = "Some rows of a port, without SQL",
       .examples = {{"Its first rows", "hansa sample audience/daily_plays"},
                    {"Two columns of the largest ones",
                     "hansa sample audience/daily_plays day plays --order -plays --rows 5"},
                    {"Those of one country",
                     "hansa sample audience/daily_plays --where \"country = 'SE'\""}},
       .operands = {{"PORT", "DOMAIN/PORT"}, {"COLUMN", "only these", false, true}},
       .options = {{"--where", "FILTER", "which rows: a comparison, joined by and, or, not"},
                   {"--order", "COLUMN", "by this column; -COLUMN falls", true},
                   {"--rows", "N", "so many; without it: 10"}},
       .outputs = "table json yaml csv parquet",
       .run = sample});
}

}  // namespace hansa::cli
