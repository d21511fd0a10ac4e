#include "door/cli/verb.h"

namespace hansa::cli {

const Verbs& all_verbs() {
  static const Verbs verbs = [] {
    Verbs all;
    add_serve(all);
    add_login(all);
    add_search(all);
    add_find(all);
    add_profile(all);
    add_sql(all);
    add_access(all);
    add_init(all);
    add_manifest(all);
    add_export(all);
    add_publish(all);
    add_checks(all);
    add_quarantine(all);
    add_housekeeping(all);
    add_mount(all);
    add_deprecate(all);
    add_replay(all);
    add_subscribe(all);
    add_ask(all);
    add_incident(all);
    add_channel(all);
    add_delete(all);
    add_admin(all);
    add_keeping(all);
    add_doctor(all);
    add_complete(all);
    return all;
  }();
  return verbs;
}

const std::vector<Option>& global_options() {
  static const std::vector<Option> options{
      {"-o,--output", "FORMAT", "table, wide, json, yaml, csv, name, parquet: what the verb knows"},
      {"--json", "", "the same as -o json; errors are JSON too"},
      {"-q,--quiet", "", "no messages but errors"},
      {"--context", "NAME", "use this saved server (hansa context ls)"},
      {"--url", "URL", "use this server"},
      {"-y,--yes", "", "answer every question with yes"},
      {"--no-color", "", "no colours"},
      {"--timeout", "TIME", "wait this long for an answer: 30s, 5m"},
      {"--debug", "", "print each call of the REST interface"},
      {"-h,--help", "", "examples and options"},
  };
  return options;
}

std::string long_name(std::string_view names) {
  const auto comma = names.find(',');
  std::string_view last = comma == std::string_view::npos ? names : names.substr(comma + 1);
  while (last.starts_with('-')) last.remove_prefix(1);
  return std::string(last);
}

}  // namespace hansa::cli
