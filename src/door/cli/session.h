// One run of one verb: its settings, its server, and where its words go.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "door/cli/cli.h"
#include "door/cli/client.h"
#include "door/cli/failure.h"
#include "door/cli/table.h"

namespace hansa::cli {

enum class Format { table, wide, json, yaml, csv, name, parquet };
constexpr auto names_of(std::type_identity<Format>) {
  return std::to_array<std::pair<Format, std::string_view>>({{Format::table, "table"},
                                                             {Format::wide, "wide"},
                                                             {Format::json, "json"},
                                                             {Format::yaml, "yaml"},
                                                             {Format::csv, "csv"},
                                                             {Format::name, "name"},
                                                             {Format::parquet, "parquet"}});
}

struct Settings {
  Format format = Format::table;
  bool json_errors = false;
  bool quiet = false;
  bool yes = false;
  bool color = false;
  bool ci = false;
  bool debug = false;
  std::optional<Seconds> timeout;
  Chosen chosen;
};

enum class Paint { plain, bold, dim, red, green, yellow };

// As people read it, or as JSON.
void print_failure(Console& console, const Failure& failure, bool json);

class Session {
 public:
  Session(const Tools& tools, Console& console, Settings settings)
      : tools_(tools), console_(console), settings_(std::move(settings)) {}

  const Tools& tools() const { return tools_; }
  Console& console() { return console_; }
  const Settings& settings() const { return settings_; }
  void set_format(Format format) { settings_.format = format; }
  Time now() { return clock_.now(); }

  // The settings file. Errors: as read_config.
  Outcome<Config> config() const;
  // The server at hand. Errors: exit code 4 if none is known.
  Outcome<Client*> client();

  // --- what a verb says ---

  // Data, as it is.
  Result<void> out(std::string_view bytes) { return console_.out(bytes); }
  // JSON, YAML or, of one thing, CSV if that is asked for, and then true.
  Outcome<bool> machine(const Json& json);
  // What an action did: `json` for machines, else `text` and, as a message, the next useful
  // command.
  Done acted(const Json& json, std::string_view text, std::string_view next = {});
  // A message on standard error; not with --quiet.
  void say(std::string_view text);
  void warn(std::string_view text);

  std::string paint(Paint paint, std::string_view text) const;
  // "3 days ago".
  std::string ago(Time time);
  TableStyle table_style() const;
  Table table(std::vector<TableColumn> columns);

  // A secret or a confirmation. Errors: exit code 64 without a terminal; `flag` is what skips the
  // question.
  Outcome<bool> confirm(std::string_view question, std::string_view flag);

 private:
  const Tools& tools_;
  Console& console_;
  Settings settings_;
  SystemClock clock_;
  std::unique_ptr<Client> client_;
};

// "3 days ago", "in 2 hours", "just now".
std::string relative(Time time, Time now);

// A moment: an RFC 3339 time, a date (its end, as a limit is meant to hold on that day), or "30d"
// from now on.
Result<Time> parse_moment(std::string_view text, Time now);

}  // namespace hansa::cli
