#include "door/cli/cli.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <span>

#include "base/text.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"
#include "door/cli/width.h"

namespace hansa::cli {
namespace {

using Arguments = std::vector<std::string>;

// What the arguments say, before anything is done.
struct Parsed {
  const Verb* verb = nullptr;  // null: only `help` is wanted
  Words words;
  std::string help;
};

bool is_option(std::string_view argument) {
  return argument.size() > 1 && argument.starts_with('-');
}

const Verb* exact_verb(std::string_view path) {
  const auto found = std::ranges::find(all_verbs(), path, &Verb::path);
  return found == all_verbs().end() ? nullptr : &*found;
}

bool is_group(std::string_view path) {
  const std::string prefix = std::string(path) + " ";
  return std::ranges::any_of(all_verbs(),
                             [&](const Verb& verb) { return verb.path.starts_with(prefix); });
}

// The words that may follow `path`.
std::vector<std::string> next_words(const std::string& path) {
  std::vector<std::string> out;
  const std::string prefix = path.empty() ? "" : path + " ";
  for (const Verb& verb : all_verbs()) {
    if (!verb.path.starts_with(prefix)) continue;
    const std::string rest = verb.path.substr(prefix.size());
    const std::string word = rest.substr(0, rest.find(' '));
    if (std::ranges::find(out, word) == out.end()) out.push_back(word);
  }
  return out;
}

// What may have been meant. Two letters that changed places are the commonest mistake in a short
// word.
std::string nearest(const std::string& word, const std::vector<std::string>& known) {
  const auto near = suggestions(word, known, 1);
  if (!near.empty()) return near[0];
  const auto letters = [](std::string text) { return std::ranges::sort(text), text; };
  for (const std::string& candidate : known)
    if (letters(candidate) == letters(word)) return candidate;
  return {};
}

auto unknown_verb(const std::string& path, const std::string& word) {
  const auto known = next_words(path);
  const std::string near = nearest(word, known);
  const std::string prefix = path.empty() ? "hansa " : "hansa " + path + " ";
  return usage(fmt::format("'{}{}' is no verb", prefix.substr(6), word),
               near.empty()
                   ? (path.empty() ? "hansa help lists them all" : "one of " + join(known, ", "))
                   : "did you mean '" + prefix + near + "'?");
}

// Global options may stand before the verb; those with a value take the next argument along.
bool takes_next(const std::string& argument) {
  if (argument.contains('=')) return false;
  for (const Option& option : global_options()) {
    const std::string name = "--" + long_name(option.names);
    const bool short_one = option.names[1] != '-' && argument == option.names.substr(0, 2);
    if (!option.value.empty() && (argument == name || short_one)) return true;
  }
  return false;
}

// Splits the words of the verb from everything else.
Outcome<std::pair<std::string, Arguments>> find_path(const Arguments& arguments) {
  std::string path;
  Arguments rest;
  std::size_t i = 0;
  for (; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (is_option(word)) {
      rest.push_back(word);
      if (takes_next(word) && i + 1 < arguments.size()) rest.push_back(arguments[++i]);
      continue;
    }
    const std::string longer = path.empty() ? word : path + " " + word;
    if (!exact_verb(longer) && !is_group(longer)) {
      if (exact_verb(path)) break;
      return unknown_verb(path, word);
    }
    path = longer;
    if (!is_group(path)) {
      ++i;
      break;
    }
  }
  rest.insert(rest.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i), arguments.end());
  return std::pair(path, rest);
}

auto unknown_option(const Verb& verb, const std::string& option) {
  std::vector<std::string> known;
  for (const auto* options : {&verb.options, &global_options()})
    for (const Option& one : *options) known.push_back(long_name(one.names));
  const std::string name = option.substr(0, option.find('='));
  const std::string near = nearest(long_name(name), known);
  return usage("hansa " + verb.path + " has no option " + name,
               near.empty() ? "hansa help " + verb.path + " shows its options"
                            : "did you mean --" + near + "?");
}

Outcome<void> take_operands(const Verb& verb, std::span<const std::string> given, Words& words) {
  std::size_t used = 0;
  for (const Operand& operand : verb.operands) {
    const bool missing = used >= given.size();
    if (missing && operand.required)
      return usage("hansa " + verb.path + " needs " + operand.name + ": " + operand.says,
                   verb.examples.empty() ? "" : "for example: " + verb.examples.front().second);
    if (missing) break;
    do {
      words.add(operand.name, given[used++]);
    } while (operand.repeated && used < given.size());
  }
  if (used < given.size())
    return usage("hansa " + verb.path + " does not know what to do with '" + given[used] + "'",
                 verb.path == "sql"     ? "SQL stands behind -c, in quotes: hansa sql -c \"...\""
                 : verb.path == "login" ? "a token is typed unseen or piped in, since others see a "
                                          "command line: hansa login --token < FILE"
                                        : "hansa help " + verb.path + " shows how it is called");
  return {};
}

// CLI11 reads the options; operands are what it leaves over, so that none is ever taken for a list
// in brackets.
Outcome<Words> parse_words(const Verb& verb, Arguments arguments) {
  Arguments operands;
  if (const auto dashes = std::ranges::find(arguments, "--"); dashes != arguments.end()) {
    operands.assign(dashes + 1, arguments.end());
    arguments.erase(dashes, arguments.end());
  }
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::vector<std::pair<std::string, CLI::Option*>> made;
  std::vector<std::vector<std::string>> values(verb.options.size() + global_options().size());
  std::vector<std::string> single(values.size());
  for (const auto* options : {&verb.options, &global_options()})
    for (const Option& option : *options) {
      const std::size_t at = made.size();
      CLI::Option* added = option.value.empty() ? app.add_flag(option.names)
                           : option.repeated
                               ? app.add_option(option.names, values[at])->allow_extra_args(false)
                               : app.add_option(option.names, single[at]);
      made.emplace_back(long_name(option.names), added);
    }
  std::ranges::reverse(arguments);  // It takes them from the end.
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    return usage("hansa " + verb.path + ": " + error.what(),
                 "hansa help " + verb.path + " shows its options");
  }
  Words words;
  for (const auto& [name, option] : made)
    for (const std::string& value : option->results()) words.add(name, value);
  Arguments left = app.remaining();
  for (const std::string& argument : left)
    if (is_option(argument)) return unknown_option(verb, argument);
  operands.insert(operands.begin(), left.begin(), left.end());
  if (!words.has("help")) HANSA_CHECK(take_operands(verb, operands, words));
  return words;
}

Arguments split_words(const std::string& path) {
  Arguments words;
  for (const std::string_view word : split(path, ' '))
    if (!word.empty()) words.emplace_back(word);
  return words;
}

Outcome<Parsed> parse_help(const Arguments& words) {
  std::string path;
  for (const std::string& word : words) {
    if (is_option(word)) continue;
    const std::string longer = path.empty() ? word : path + " " + word;
    if (!exact_verb(longer) && !is_group(longer)) return unknown_verb(path, word);
    path = longer;
  }
  const Verb* verb = exact_verb(path);
  Parsed parsed;
  parsed.help = verb ? help_of(*verb) : help_of_group(path);
  return parsed;
}

Outcome<Parsed> parse(Arguments arguments) {
  if (arguments.empty()) return parse_help({});
  if (arguments[0] == "help") return parse_help({arguments.begin() + 1, arguments.end()});
  if (arguments[0] == "--version") arguments[0] = "version";
  HANSA_TRY(auto found, find_path(arguments));
  auto& [path, rest] = found;
  const auto dashes = std::ranges::find(rest, "--");
  const bool wants_help = std::any_of(rest.begin(), dashes, [](const std::string& word) {
    return word == "-h" || word == "--help";
  });
  Parsed parsed;
  parsed.verb = exact_verb(path);
  if (!parsed.verb && (wants_help || path.empty())) return parse_help(split_words(path));
  if (!parsed.verb)
    return usage("hansa " + path + " needs one word more: " + join(next_words(path), ", "),
                 "hansa help " + path);
  HANSA_TRY(parsed.words, parse_words(*parsed.verb, rest));
  if (parsed.words.has("help")) parsed.help = help_of(*parsed.verb);
  return parsed;
}

Outcome<Format> format_of(const std::string& word, const Verb& verb, bool strict) {
  const auto offered = split_words(verb.outputs);
  for (const auto& [format, name] : names_of(std::type_identity<Format>{})) {
    if (name != word) continue;
    if (std::ranges::find(offered, word) != offered.end()) return format;
    if (!strict) return Format::table;
    return usage("hansa " + verb.path + " has no output '" + word + "'",
                 offered.empty() ? "leave -o out" : "one of " + join(offered, ", "));
  }
  return usage("'" + word + "' is no output", "one of table, wide, json, yaml, csv, name, parquet");
}

Outcome<Settings> settings_of(const Verb& verb, const Words& words, const Environment& env,
                              const Console& console) {
  const auto variable = [&](const char* name) {
    return env ? env(name).value_or("") : std::string();
  };
  Settings settings;
  if (words.has("json") && words.has("output") && words.text("output") != "json")
    return usage("--json and -o " + words.text("output") + " contradict each other",
                 "give one of them");
  if (words.has("json") || words.has("output")) {
    HANSA_TRY(settings.format,
              format_of(words.has("json") ? "json" : words.text("output"), verb, true));
  } else if (const std::string word = variable("HANSA_OUTPUT"); !word.empty()) {
    HANSA_TRY(settings.format, format_of(word, verb, false));
  }
  settings.json_errors = settings.format == Format::json;
  settings.quiet = words.has("quiet");
  settings.yes = words.has("yes");
  settings.debug = words.has("debug");
  settings.ci = !variable("CI").empty();
  settings.color = console.out_is_terminal() && !words.has("no-color") &&
                   variable("NO_COLOR").empty() && variable("TERM") != "dumb";
  if (words.has("timeout")) {
    const auto timeout = parse_duration(words.text("timeout"));
    if (!timeout || *timeout < Seconds(1) || *timeout > limits::query_deadline_max)
      return usage("--timeout must be a time from 1s to 1h", "for example --timeout 2m");
    settings.timeout = std::chrono::duration_cast<Seconds>(*timeout);
  }
  if (words.has("context")) settings.chosen.context = words.text("context");
  if (words.has("url")) settings.chosen.url = words.text("url");
  return settings;
}

// Whether errors shall be JSON although the arguments could not be read.
bool asks_for_json(const Arguments& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--") return false;
    if (arguments[i] == "--json" || arguments[i] == "-ojson" || arguments[i] == "--output=json")
      return true;
    if ((arguments[i] == "-o" || arguments[i] == "--output") && i + 1 < arguments.size() &&
        arguments[i + 1] == "json")
      return true;
  }
  return false;
}

int finish(Console& console, const Done& done, bool json) {
  const auto flushed = console.flush();
  if (console.interrupted()) return static_cast<int>(api::Exit::interrupted);
  if (console.reader_gone()) return static_cast<int>(done ? *done : api::Exit::ok);
  if (!done) {
    print_failure(console, done.error(), json);
    return static_cast<int>(done.error().exit);
  }
  if (!flushed) {
    print_failure(console, Failure(flushed.error()), json);
    return static_cast<int>(api::Exit::failed);
  }
  return static_cast<int>(*done);
}

}  // namespace

void print_failure(Console& console, const Failure& failure, bool json) {
  const Error& error = failure.error;
  if (json) {
    Json inner{Json::Object{}};
    inner.set("code",
              failure.code.empty()
                  ? std::string(failure.exit == api::Exit::usage ? "usage" : name_of(error.code))
                  : failure.code);
    inner.set("message", error.text);
    if (!error.next.empty()) inner.set("next", error.next);
    if (!failure.request_id.empty()) inner.set("request_id", failure.request_id);
    Json outer{Json::Object{}};
    outer.set("error", std::move(inner));
    console.err(to_text(outer) + "\n");
    return;
  }
  std::string text = "error: " + visible_lines(error.text) + "\n";
  for (const std::string_view line : split(error.next, '\n'))
    if (!line.empty()) text += "  " + visible_lines(line) + "\n";
  console.err(text);
}

int run(int argc, const char* const* argv, const Tools& tools) {
  const Arguments arguments(argv + std::min(argc, 1), argv + argc);
  auto parsed = parse(arguments);
  const bool serves = parsed && parsed->verb && parsed->verb->path == "serve";
  std::unique_ptr<Console> own;
  if (tools.console == nullptr) own = open_console(!serves);
  Console& console = tools.console ? *tools.console : *own;
  const bool json = asks_for_json(arguments);
  if (!parsed) return finish(console, std::unexpected(std::move(parsed).error()), json);
  if (!parsed->help.empty()) {
    auto written = console.out(parsed->help);
    return finish(console,
                  written ? Done(api::Exit::ok) : Done(std::unexpected(Failure(written.error()))),
                  json);
  }
  auto settings = settings_of(*parsed->verb, parsed->words, tools.env, console);
  if (!settings) return finish(console, std::unexpected(std::move(settings).error()), json);
  const bool json_errors = settings->json_errors;
  Session session(tools, console, *std::move(settings));
  return finish(console, parsed->verb->run(session, parsed->words), json_errors);
}

}  // namespace hansa::cli
