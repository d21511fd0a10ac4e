#include "door/cli/session.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "contract/yaml.h"
#include "door/cli/csv.h"
#include "door/cli/width.h"

namespace hansa::cli {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kDayUs = 86'400 * kSecondUs;

}  // namespace

Outcome<Config> Session::config() const {
  auto path = config_path(tools_.env);
  if (!path) return Config{};  // HANSA_URL and HANSA_TOKEN need no file.
  HANSA_TRY(Config config, read_config(*path));
  return config;
}

Outcome<Client*> Session::client() {
  if (client_) return client_.get();
  HANSA_TRY(const Config saved, config());
  auto chosen = choose_endpoint(settings_.chosen, tools_.env, saved);
  if (!chosen) return std::unexpected(Failure(std::move(chosen).error(), api::Exit::usage));
  Endpoint endpoint = *std::move(chosen);
  if (endpoint.url.empty())
    return std::unexpected(Failure(
        Error{Code::invalid, "no server is known here", "hansa login --url http://127.0.0.1:8080"},
        api::Exit::login));
  HANSA_TRY(auto transport, open_transport("hansa/" + tools_.version));
  ClientOptions options{.debug = settings_.debug};
  if (settings_.timeout) options.timeout = *settings_.timeout;
  client_ = std::make_unique<Client>(std::move(endpoint), std::move(transport), console_, options);
  return client_.get();
}

Outcome<bool> Session::machine(const Json& json) {
  const bool terminal = console_.out_is_terminal();
  if (settings_.format == Format::json) {
    const std::string text = to_pretty_text(json);
    HANSA_CHECK(out(terminal ? safe_json(text) : text));
    if (!text.ends_with('\n')) HANSA_CHECK(out("\n"));
    return true;
  }
  if (settings_.format == Format::yaml) {
    const std::string text = contract::to_yaml(json);
    HANSA_CHECK(out(terminal ? visible_lines(text) : text));
    return true;
  }
  if (const auto* members = json.as_object(); members && settings_.format == Format::csv) {
    const std::string text = csv_of(*members);
    HANSA_CHECK(out(terminal ? visible_lines(text) : text));
    return true;
  }
  return false;
}

Done Session::acted(const Json& json, std::string_view text, std::string_view next) {
  HANSA_TRY(const bool printed, machine(json));
  if (!printed && !settings_.quiet) HANSA_CHECK(out(visible_lines(text) + "\n"));
  if (!printed && !next.empty()) say(next);
  return api::Exit::ok;
}

void Session::say(std::string_view text) {
  if (!settings_.quiet) console_.err(visible_lines(text) + "\n");
}

void Session::warn(std::string_view text) {
  console_.err("warning: " + visible_lines(text) + "\n");
}

std::string Session::paint(Paint paint, std::string_view text) const {
  static constexpr std::array<std::string_view, 6> kCodes{"", "1", "2", "31", "32", "33"};
  if (!settings_.color || paint == Paint::plain) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", kCodes[static_cast<std::size_t>(paint)], text);
}

std::string Session::ago(Time time) { return time ? relative(time, now()) : ""; }

TableStyle Session::table_style() const {
  return {.box = console_.out_is_terminal(), .columns_max = console_.columns()};
}

Table Session::table(std::vector<TableColumn> columns) {
  return Table(std::move(columns), table_style(),
               [this](std::string_view bytes) { return out(bytes); });
}

Outcome<bool> Session::confirm(std::string_view question, std::string_view flag) {
  if (settings_.yes) return true;
  if (!console_.in_is_terminal() || settings_.ci)
    return usage("this needs a yes, and there is no terminal to ask at",
                 "add " + std::string(flag));
  HANSA_CHECK(console_.flush());
  auto answer = console_.ask(visible(question) + " [y/N] ", false);
  if (!answer && answer.error().code == Code::unavailable)
    return std::unexpected(Failure(std::move(answer).error()));
  const std::string word = answer ? lower_ascii(trim(*answer)) : "";
  return word == "y" || word == "yes";
}

std::string relative(Time time, Time now) {
  const std::int64_t us = now.us - time.us;
  const std::int64_t seconds = (us < 0 ? -us : us) / kSecondUs;
  struct Unit {
    std::int64_t from;  // seconds, as are those of one
    std::int64_t seconds;
    std::string_view noun;
  };
  // A quarter reads as its days: whoever asked for 90 of them looks for 90.
  static constexpr std::array<Unit, 5> kUnits{{{365 * 86'400, 365 * 86'400, "year"},
                                               {100 * 86'400, 30 * 86'400, "month"},
                                               {86'400, 86'400, "day"},
                                               {3'600, 3'600, "hour"},
                                               {60, 60, "minute"}}};
  for (const Unit& unit : kUnits) {
    if (seconds < unit.from) continue;
    const std::int64_t nearest = (seconds + unit.seconds / 2) / unit.seconds;
    const std::string amount = counted(static_cast<std::size_t>(nearest), unit.noun);
    return us < 0 ? "in " + amount : amount + " ago";
  }
  if (seconds < 10) return "just now";
  return us < 0 ? fmt::format("in {} s", seconds) : fmt::format("{} s ago", seconds);
}

Result<Time> parse_moment(std::string_view text, Time now) {
  if (const auto duration = parse_duration(text)) return now + *duration;
  auto time = parse_time(text);
  if (!time)
    return invalid("'" + std::string(text) + "' is not a time",
                   "write 2027-01-31, 2027-01-31T12:00:00Z or 30d");
  const bool bare_date = text.size() == 10;
  return bare_date ? Time{time->us + kDayUs - kSecondUs} : *time;
}

}  // namespace hansa::cli
