// sql: rows as they arrive, as a table, JSON, CSV or Parquet.
#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "api/query.h"
#include "base/text.h"
#include "contract/yaml.h"
#include "door/cli/rows.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"
#include "door/cli/width.h"

namespace hansa::cli {
namespace {

using Write = std::function<Result<void>(std::string_view)>;

// Where rows go: standard output, or a file that appears once it is whole.
class Destination {
 public:
  static Result<Destination> open(Console& console, const std::string& path) {
    Destination out(console, path);
    if (path.empty()) return out;
    HANSA_TRY(out.file_, open_file(path + ".part", O_WRONLY | O_CREAT | O_TRUNC, 0666));
    return out;
  }
  Destination(Destination&&) = default;
  ~Destination() {
    if (file_) ::unlink((path_ + ".part").c_str());
  }

  bool is_terminal() const { return path_.empty() && console_.out_is_terminal(); }
  Result<void> write(std::string_view bytes) {
    return file_ ? file_.write(bytes) : console_.out(bytes);
  }
  Result<void> finish() {
    if (!file_) return console_.flush();
    HANSA_CHECK(file_.sync());
    file_.close();
    if (::rename((path_ + ".part").c_str(), path_.c_str()) != 0)
      return system_error("the result cannot be put in place", errno);
    return {};
  }

 private:
  Destination(Console& console, std::string path) : console_(console), path_(std::move(path)) {}
  Console& console_;
  std::string path_;
  File file_;
};

// DuckDB's types whose values are read from the right.
bool is_number(std::string_view type) {
  static constexpr std::string_view kNumbers[] = {"TINYINT", "SMALLINT", "INTEGER",   "BIGINT",
                                                  "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
                                                  "UBIGINT", "UHUGEINT", "FLOAT",     "DOUBLE"};
  return type.starts_with("DECIMAL") || std::ranges::find(kNumbers, type) != std::end(kNumbers);
}

// Prints the rows of the JSON stream in one of two forms.
struct Printer {
  virtual ~Printer() = default;
  virtual Result<void> begin(const std::vector<TableColumn>& columns) = 0;
  virtual Result<void> row(const std::vector<std::string_view>& values) = 0;
  virtual Result<void> end() = 0;
};

class TablePrinter : public Printer {
 public:
  TablePrinter(Destination& out, std::size_t columns_max) : out_(out), columns_max_(columns_max) {}

  Result<void> begin(const std::vector<TableColumn>& columns) override {
    table_.emplace(columns, TableStyle{.box = true, .columns_max = columns_max_},
                   [this](std::string_view bytes) { return out_.write(bytes); });
    return {};
  }
  Result<void> row(const std::vector<std::string_view>& values) override {
    std::vector<std::string> cells;
    for (const std::string_view value : values) {
      HANSA_TRY(std::string cell, cell_of(value));
      cells.push_back(std::move(cell));
    }
    return table_->add(std::move(cells));
  }
  Result<void> end() override { return table_ ? table_->finish() : Result<void>{}; }
  std::size_t hidden() const { return table_ ? table_->hidden() : 0; }

 private:
  Destination& out_;
  std::size_t columns_max_;
  std::optional<Table> table_;
};

// Names as keys: of columns that are called the same, each gets its own.
std::vector<std::string> keys_of(const std::vector<TableColumn>& columns) {
  std::map<std::string, std::size_t> seen;
  std::vector<std::string> keys;
  for (const TableColumn& column : columns) {
    std::string name = column.title;
    while (seen.contains(name)) name = column.title + "_" + std::to_string(seen[column.title]++);
    seen.emplace(name, 1);
    keys.push_back(std::move(name));
  }
  return keys;
}

// A list of objects. After a failure the list stays open, so that no reader takes a part for the
// whole.
class JsonPrinter : public Printer {
 public:
  JsonPrinter(Destination& out, bool terminal) : out_(out), terminal_(terminal) {}

  Result<void> begin(const std::vector<TableColumn>& columns) override {
    for (const std::string& name : keys_of(columns)) {
      std::string& key = keys_.emplace_back();
      append_json_string(key, name);
      key += ":";
    }
    return out_.write("[");
  }
  Result<void> row(const std::vector<std::string_view>& values) override {
    line_ = first_ ? "\n{" : ",\n{";
    first_ = false;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) line_ += ',';
      line_ += keys_[i];
      line_ += values[i];
    }
    line_ += '}';
    return out_.write(terminal_ ? safe_json(line_) : line_);
  }
  Result<void> end() override { return out_.write(first_ ? "]\n" : "\n]\n"); }

 private:
  Destination& out_;
  bool terminal_;
  std::vector<std::string> keys_;
  std::string line_;
  bool first_ = true;
};

// A YAML list with one entry a row.
class YamlPrinter : public Printer {
 public:
  YamlPrinter(Destination& out, bool terminal) : out_(out), terminal_(terminal) {}

  Result<void> begin(const std::vector<TableColumn>& columns) override {
    names_ = keys_of(columns);
    return {};
  }
  Result<void> row(const std::vector<std::string_view>& values) override {
    Json::Object members;
    for (std::size_t i = 0; i < values.size(); ++i) {
      HANSA_TRY(Json value, parse_json(values[i]));
      members.emplace_back(names_[i], std::move(value));
    }
    empty_ = false;
    const std::string text = contract::to_yaml(Json(Json::Array{Json(std::move(members))}));
    return out_.write(terminal_ ? visible_lines(text) : text);
  }
  Result<void> end() override { return empty_ ? out_.write("[]\n") : Result<void>{}; }

 private:
  Destination& out_;
  bool terminal_;
  std::vector<std::string> names_;
  bool empty_ = true;
};

// One answer, put together from its stream.
class Answer {
 public:
  Answer(Printer& printer)
      : printer_(printer),
        splitter_({.member = [this](const std::string& name,
                                    const Json& value) { return member(name, value); },
                   .row = [this](std::string_view text) { return row(text); }}) {}
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;

  Result<void> feed(std::string_view bytes) { return splitter_.feed(bytes); }

  // What the tail of the stream says. Errors: the query's own.
  Outcome<Json> finish(const std::string& request_id) {
    HANSA_CHECK(splitter_.finish());
    const Json* status = outcome_.find("status");
    if (status == nullptr || status->as_string() == nullptr)
      return std::unexpected(
          Failure(Error{Code::corrupt, "the server did not say how the query ended", {}}));
    if (*status->as_string() == "ok") {
      HANSA_CHECK(printer_.end());
      return outcome_;
    }
    const Json* problem = outcome_.find("problem");
    auto read = read_answer<api::Problem>(problem ? *problem : Json(Json::Object{}));
    if (!read)
      return std::unexpected(
          Failure(Error{Code::internal, "the query failed, and the server did not say why", {}}));
    // The first rows were printed already: whatever went wrong, the verb failed.
    Failure failure(api::error_of(*read), api::Exit::failed);
    failure.code = read->code;
    failure.request_id = read->request_id.empty() ? request_id : read->request_id;
    return std::unexpected(std::move(failure));
  }
  std::uint64_t rows() const { return rows_; }

 private:
  Result<void> member(const std::string& name, const Json& value) {
    if (name == "outcome") outcome_ = value;
    if (name != "columns") return {};
    std::vector<TableColumn> columns;
    for (const Json& column : value.as_array() ? *value.as_array() : Json::Array{}) {
      const Json* title = column.find("name");
      const Json* type = column.find("type");
      if (!title || !title->as_string() || !type || !type->as_string())
        return corrupt("the server's columns cannot be read");
      columns.push_back({.title = *title->as_string(), .right = is_number(*type->as_string())});
    }
    columns_ = columns.size();
    begun_ = true;
    return printer_.begin(columns);
  }
  Result<void> row(std::string_view text) {
    HANSA_TRY(const auto values, split_row(text));
    if (!begun_ || values.size() != columns_)
      return corrupt("a row of the answer does not have as many values as there are columns");
    ++rows_;
    return printer_.row(values);
  }

  Printer& printer_;
  RowSplitter splitter_;
  Json outcome_;
  std::size_t columns_ = 0;
  std::uint64_t rows_ = 0;
  bool begun_ = false;
};

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

Call call_of(const api::RunQuery& ask, std::string_view accept) {
  // The server ends a query that takes too long, so the call itself has no limit.
  Call call{.method = api::run_query.method, .body = to_text(to_json(ask)), .timeout = Seconds(0)};
  call.headers.emplace_back("accept", std::string(accept));
  return call;
}

void say_outcome(Session& session, const Json& outcome, std::uint64_t rows, std::size_t hidden,
                 std::int64_t elapsed_ms) {
  if (const Json* elapsed = outcome.find("elapsed_ms"))
    if (const auto ms = elapsed->as_double()) elapsed_ms = static_cast<std::int64_t>(*ms);
  const std::string more =
      hidden > 0 ? fmt::format(", {} not shown (-o json has them)", counted(hidden, "column")) : "";
  session.say(fmt::format("{} in {} ms{}", counted(rows, "row"), elapsed_ms, more));
  const Json* notes = outcome.find("notes");
  for (const Json& note : notes && notes->as_array() ? *notes->as_array() : Json::Array{})
    session.say("note: " + (note.as_string() ? *note.as_string() : to_text(note)));
}

Done run_rows(Session& session, Client& client, const api::RunQuery& ask, Destination& out) {
  const Format format = session.settings().format;
  const bool people = format == Format::table;
  TablePrinter table(out, out.is_terminal() ? session.console().columns() : 0);
  JsonPrinter objects(out, out.is_terminal());
  YamlPrinter yaml(out, out.is_terminal());
  Answer answer(people                   ? static_cast<Printer&>(table)
                : format == Format::json ? static_cast<Printer&>(objects)
                                         : yaml);
  Call call = call_of(ask, "application/json");
  call.receive = [&](std::string_view bytes) { return answer.feed(bytes); };
  const std::int64_t start_us = steady_us();
  HANSA_TRY(const Reply reply, client.send(std::move(call), api::run_query.path));
  auto outcome = answer.finish(reply.request_id);
  if (!outcome) {
    if (people) (void)table.end();  // The rows that came are shown.
    return std::unexpected(std::move(outcome).error());
  }
  HANSA_CHECK(out.finish());
  if (people)
    say_outcome(session, *outcome, answer.rows(), table.hidden(), (steady_us() - start_us) / 1000);
  return api::Exit::ok;
}

// CSV and Parquet pass as the worker encoded them.
Done run_bytes(Session& session, Client& client, const api::RunQuery& ask, Destination& out) {
  const bool csv = session.settings().format == Format::csv;
  if (!csv && out.is_terminal())
    return usage("Parquet is nothing for a terminal", "add --out FILE, or send it into a pipe");
  VisibleStream visible;
  const bool terminal = out.is_terminal();
  Call call = call_of(ask, csv ? "text/csv" : "application/vnd.apache.parquet");
  call.receive = [&](std::string_view bytes) {
    return terminal ? out.write(visible.feed(bytes)) : out.write(bytes);
  };
  HANSA_CHECK(client.send(std::move(call), api::run_query.path));
  if (terminal) HANSA_CHECK(out.write(visible.finish()));
  HANSA_CHECK(out.finish());
  return api::Exit::ok;
}

Done sql(Session& session, const Words& words) {
  HANSA_TRY(const api::RunQuery ask, ask_of(session, words));
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(Destination out, Destination::open(session.console(), words.text("out")));
  const Format format = session.settings().format;
  const bool bytes = format == Format::csv || format == Format::parquet;
  HANSA_TRY(const api::Exit exit,
            bytes ? run_bytes(session, *client, ask, out) : run_rows(session, *client, ask, out));
  if (words.has("out")) session.say("wrote " + words.text("out"));
  return exit;
}

}  // namespace

void add_sql(Verbs& verbs) {
  verbs.push_back(
      {.path = "sql",
       .says = "Query data products in SQL, across domains",
       .examples =
           {{"Ask",
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
}

}  // namespace hansa::cli
