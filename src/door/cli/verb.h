// A verb of the command line as data: what it is called, what it takes, and what it does. One
// folder-wide list serves the parser (cli.cc), the help pages and the suggestions.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "door/cli/failure.h"

namespace hansa::cli {

class Session;

struct Option {
  std::string names;  // "-f,--path"
  std::string value;  // what it takes, "PATH"; empty: a flag
  std::string says;
  bool repeated = false;
};

struct Operand {
  std::string name;  // "PORT"
  std::string says;
  bool required = true;
  bool repeated = false;  // only the last
};

// What was given, by the long name of an option ("until") or the name of an operand ("PORT").
class Words {
 public:
  void add(const std::string& name, std::string value) { given_[name].push_back(std::move(value)); }
  bool has(const std::string& name) const { return given_.contains(name); }
  // The last one, since a later option wins.
  std::string text(const std::string& name, std::string fallback = {}) const {
    const auto found = given_.find(name);
    return found == given_.end() ? std::move(fallback) : found->second.back();
  }
  std::vector<std::string> all(const std::string& name) const {
    const auto found = given_.find(name);
    return found == given_.end() ? std::vector<std::string>{} : found->second;
  }

 private:
  std::map<std::string, std::vector<std::string>> given_;
};

struct Verb {
  std::string path;  // "access request"
  std::string says;
  std::vector<std::pair<std::string, std::string>> examples;  // what it does, command line
  std::vector<Operand> operands;
  std::vector<Option> options;
  std::string outputs;  // what -o may be: "table json yaml"
  Done (*run)(Session& session, const Words& words) = nullptr;
};
using Verbs = std::vector<Verb>;

// Every verb, in the order of the help page.
const Verbs& all_verbs();
// Options that each verb takes.
const std::vector<Option>& global_options();

// The long name of "-f,--path": "path"; of "-q": "q".
std::string long_name(std::string_view names);

// One for each file of verbs.
void add_sql(Verbs& verbs);
void add_find(Verbs& verbs);
void add_profile(Verbs& verbs);
void add_checks(Verbs& verbs);
void add_search(Verbs& verbs);
void add_access(Verbs& verbs);
void add_login(Verbs& verbs);
void add_manifest(Verbs& verbs);
void add_export(Verbs& verbs);
void add_init(Verbs& verbs);
void add_publish(Verbs& verbs);
void add_quarantine(Verbs& verbs);
void add_housekeeping(Verbs& verbs);
void add_mount(Verbs& verbs);
void add_subscribe(Verbs& verbs);
void add_ask(Verbs& verbs);
void add_incident(Verbs& verbs);
void add_channel(Verbs& verbs);
void add_delete(Verbs& verbs);
void add_deprecate(Verbs& verbs);
void add_replay(Verbs& verbs);
void add_admin(Verbs& verbs);
void add_keeping(Verbs& verbs);
void add_doctor(Verbs& verbs);
void add_serve(Verbs& verbs);
void add_complete(Verbs& verbs);

// What `get` knows: "products", "ports", ...
std::vector<std::string> nouns_to_get();

// Help, examples first. `group` is "" for all, or the beginning of several verbs ("access").
std::string help_of(const Verb& verb);
std::string help_of_group(std::string_view group);

}  // namespace hansa::cli
