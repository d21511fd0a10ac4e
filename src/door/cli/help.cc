#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "door/cli/verb.h"

namespace hansa::cli {
namespace {

constexpr std::size_t kWidth = 80;

std::string usage_line(const Verb& verb) {
  std::string out = "hansa " + verb.path;
  for (const Operand& operand : verb.operands) {
    const std::string name = operand.name + (operand.repeated ? "..." : "");
    out += operand.required ? " " + name : " [" + name + "]";
  }
  return out + (verb.options.empty() ? "" : " [options]");
}

std::string titled(const Option& option) {
  std::string names = option.names;
  if (const auto comma = names.find(','); comma != std::string::npos) names.replace(comma, 1, ", ");
  else names = "    " + names;
  return option.value.empty() ? names : names + " " + option.value;
}

// In lines of a terminal's least width; further ones begin at that column.
std::string wrapped(std::string_view text, std::size_t column) {
  std::string out;
  std::size_t at = column;
  for (const std::string_view word : split(text, ' ')) {
    if (at > column && at + 1 + word.size() > kWidth) {
      out += "\n" + std::string(column, ' ');
      at = column;
    } else if (at > column) {
      out += ' ';
      ++at;
    }
    out += word;
    at += word.size();
  }
  return out;
}

std::string list_of(const std::vector<std::pair<std::string, std::string>>& lines) {
  std::size_t width = 0;
  for (const auto& [what, says] : lines) width = std::max(width, what.size());
  std::string out;
  for (const auto& [what, says] : lines)
    out += fmt::format("  {:<{}}  {}\n", what, width, wrapped(says, width + 4));
  return out;
}

std::string list_of_options(const std::vector<Option>& options) {
  std::vector<std::pair<std::string, std::string>> lines;
  for (const Option& option : options) lines.emplace_back(titled(option), option.says);
  return list_of(lines);
}

// The first word of "access request".
std::string head_of(const std::string& path) { return path.substr(0, path.find(' ')); }

std::string says_of_group(const std::string& group) {
  if (group == "access") return "Ask for restricted data, decide, explain";
  if (group == "admin") return "Principals, tokens, backups, what is wrong";
  if (group == "admin user") return "Users: add, switch off and on";
  if (group == "admin token") return "Tokens that people and programs sign in with";
  if (group == "delete") return "Ports, products, accounts, after showing who is hit; standards";
  if (group == "housekeeping") return "Drop old snapshots of a port, take that back";
  if (group == "context") return "Servers this machine knows";
  return {};
}

constexpr std::string_view kExits =
    "Exit codes: 0 ok, 1 failed, 2 changes pending (plan --detailed-exitcode),\n"
    "3 a check failed, 4 not logged in, 5 no access, 6 blocked (it would\n"
    "break those who read), 64 wrong usage, 130 interrupted.\n"
    "Environment: HANSA_URL, HANSA_TOKEN, HANSA_CONTEXT, HANSA_OUTPUT, NO_COLOR, CI.\n"
    "A flag wins over it, it wins over the settings in\n"
    "$XDG_CONFIG_HOME/hansa/config.yaml.\n";

std::string help_of_all() {
  std::string out =
      "A self-hosted data mesh: publish data products, query them across domains,\n"
      "govern who reads what.\n\n"
      "  hansa serve --data ./hansa-data --demo            start a mesh with example data\n"
      "  hansa get products                                what there is\n"
      "  hansa sql -c \"select * from shows.episodes limit 5\"\n"
      "  hansa access request finance/payouts --purpose \"Q4 forecast\"\n\n"
      "Verbs:\n";
  std::vector<std::pair<std::string, std::string>> lines;
  for (const Verb& verb : all_verbs()) {
    const std::string head = head_of(verb.path);
    const std::string group = says_of_group(head);
    if (!group.empty() && !lines.empty() && lines.back().first == head) continue;
    lines.emplace_back(group.empty() ? verb.path : head, group.empty() ? verb.says : group);
  }
  out += list_of(lines) + "\nOptions of every verb:\n" + list_of_options(global_options());
  return out + "\n" + std::string(kExits) +
         "\nhansa help VERB shows examples and options of one verb.\n";
}

}  // namespace

std::string help_of(const Verb& verb) {
  std::string out = verb.says + ".\n\n";
  for (const auto& [what, line] : verb.examples) out += fmt::format("  # {}\n  {}\n\n", what, line);
  out += "Usage: " + usage_line(verb) + "\n";
  std::vector<std::pair<std::string, std::string>> operands;
  for (const Operand& operand : verb.operands) operands.emplace_back(operand.name, operand.says);
  if (!operands.empty()) out += list_of(operands);
  if (!verb.options.empty()) out += "\nOptions:\n" + list_of_options(verb.options);
  out += "\nOptions of every verb:\n" + list_of_options(global_options());
  if (!verb.outputs.empty()) out += "\nOutputs (-o): " + verb.outputs + "\n";
  return out;
}

std::string help_of_group(std::string_view group) {
  if (group.empty()) return help_of_all();
  std::vector<std::pair<std::string, std::string>> lines;
  const std::string prefix = std::string(group) + " ";
  for (const Verb& verb : all_verbs())
    if (verb.path.starts_with(prefix) || verb.path == group)
      lines.emplace_back(usage_line(verb), verb.says);
  return says_of_group(std::string(group)) + ".\n\n" + list_of(lines) + "\nhansa help " +
         std::string(group) + " VERB shows examples and options of one.\n";
}

}  // namespace hansa::cli
