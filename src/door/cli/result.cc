#include "door/cli/result.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

#include "api/problem.h"
#include "base/text.h"
#include "contract/yaml.h"
#include "door/cli/rows.h"
#include "door/cli/width.h"

namespace hansa::cli {
namespace {

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

}  // namespace

Result<Destination> Destination::open(Console& console, const std::string& path) {
  Destination out(console, path);
  if (path.empty()) return out;
  HANSA_TRY(out.file_, open_file(path + ".part", O_WRONLY | O_CREAT | O_TRUNC, 0666));
  return out;
}

Result<Destination> Destination::pager(Console& console, const std::string& command) {
  Destination out(console, {});
  HANSA_CHECK(console.flush());
  std::vector<std::string> words;
  for (const std::string_view word : split(command, ' '))
    if (!word.empty()) words.emplace_back(word);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int ends[2];
  if (words.empty() || ::pipe2(ends, O_CLOEXEC) != 0)
    return system_error("no pager can be started", errno);
  File read(ends[0]);
  out.file_ = File(ends[1]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, read.descriptor(), STDIN_FILENO);
  const int failed =
      ::posix_spawnp(&out.pager_.id, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed == 0) return out;
  return unavailable("the pager " + words[0] + " does not start: " + std::strerror(failed),
                     "set PAGER to another one, or show results at once: \\pager");
}

Destination::~Destination() {
  if (file_ && !path_.empty()) ::unlink((path_ + ".part").c_str());
}

Destination::Child::~Child() {
  if (id > 0) ::waitpid(id, nullptr, 0);
}

Result<void> Destination::write(std::string_view bytes) {
  if (!file_) return console_.out(bytes);
  auto written = file_.write(bytes);
  // Whoever has seen enough closes the pager: that is no failure.
  return pager_.id > 0 ? Result<void>() : written;
}

Result<void> Destination::finish() {
  if (!file_) return console_.flush();
  if (pager_.id > 0) {
    file_.close();
    ::waitpid(std::exchange(pager_.id, 0), nullptr, 0);
    return {};
  }
  HANSA_CHECK(file_.sync());
  file_.close();
  if (::rename((path_ + ".part").c_str(), path_.c_str()) != 0)
    return system_error("the result cannot be put in place", errno);
  return {};
}

Done print_rows(Session& session, Client& client, Call call, std::string_view address,
                Destination& out) {
  const Format format = session.settings().format;
  const bool people = format == Format::table;
  TablePrinter table(out, out.is_terminal() ? session.console().columns() : 0);
  JsonPrinter objects(out, out.is_terminal());
  YamlPrinter yaml(out, out.is_terminal());
  Answer answer(people                   ? static_cast<Printer&>(table)
                : format == Format::json ? static_cast<Printer&>(objects)
                                         : yaml);
  call.headers.emplace_back("accept", "application/json");
  call.receive = [&](std::string_view bytes) { return answer.feed(bytes); };
  const std::int64_t start_us = steady_us();
  HANSA_TRY(const Reply reply, client.send(std::move(call), address));
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

Done pass_rows(Session& session, Client& client, Call call, std::string_view address,
               Destination& out) {
  const bool csv = session.settings().format == Format::csv;
  if (!csv && out.is_terminal())
    return usage("Parquet is nothing for a terminal", "add --out FILE, or send it into a pipe");
  VisibleStream visible;
  const bool terminal = out.is_terminal();
  call.headers.emplace_back("accept", csv ? "text/csv" : "application/vnd.apache.parquet");
  call.receive = [&](std::string_view bytes) {
    return terminal ? out.write(visible.feed(bytes)) : out.write(bytes);
  };
  HANSA_CHECK(client.send(std::move(call), address));
  if (terminal) HANSA_CHECK(out.write(visible.finish()));
  HANSA_CHECK(out.finish());
  return api::Exit::ok;
}

}  // namespace hansa::cli
