// completion: a shell's own script; complete: what that script asks each time.
#include <fmt/format.h>

#include <algorithm>

#include "api/access.h"
#include "api/identity.h"
#include "api/product.h"
#include "base/text.h"
#include "door/cli/details.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"
#include "door/cli/width.h"

namespace hansa::cli {
namespace {

// A shell waits for it with every key: what does not come at once does not come.
constexpr std::size_t kNamesMax = 1'000;

constexpr std::string_view kBash = R"sh(# hansa completion for bash: eval "$(hansa completion bash)"
_hansa() {
  local line="${COMP_LINE:0:COMP_POINT}" word each
  # Bash breaks words at characters that names contain: they are put together again.
  local words=($line)
  [[ $line == *[[:space:]] ]] && words+=("")
  word="${words[-1]}"
  local cut="${word%"${COMP_WORDS[COMP_CWORD]}"}"
  COMPREPLY=()
  while IFS=$'\t' read -r each _; do
    [[ -n $each ]] && COMPREPLY+=("${each#"$cut"}")
  done < <("${words[0]}" complete -- "${words[@]:1}" 2>/dev/null)
}
complete -o default -F _hansa hansa
)sh";

constexpr std::string_view kZsh = R"sh(#compdef hansa
# hansa completion for zsh: eval "$(hansa completion zsh)"
_hansa() {
  local -a found
  local value says
  while IFS=$'\t' read -r value says; do
    [[ -n $value ]] && found+=("${value//:/\\:}${says:+:$says}")
  done < <("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( ${#found} )); then _describe 'hansa' found; else _files; fi
}
compdef _hansa hansa
)sh";

constexpr std::string_view kFish = R"sh(# hansa completion for fish: hansa completion fish | source
function __hansa_complete
  set -l words (commandline -opc) (commandline -ct)
  command $words[1] complete -- $words[2..-1] 2>/dev/null
end
complete -c hansa -a '(__hansa_complete)'
)sh";

Done completion(Session& session, const Words& words) {
  const std::string shell = words.text("SHELL");
  const std::string_view script = shell == "bash"   ? kBash
                                  : shell == "zsh"  ? kZsh
                                  : shell == "fish" ? kFish
                                                    : std::string_view();
  if (script.empty())
    return usage("there is no completion for '" + shell + "'", "one of bash, zsh, fish");
  HANSA_CHECK(session.out(script));
  return api::Exit::ok;
}

struct Candidate {
  std::string value;
  std::string says;
};
using Candidates = std::vector<Candidate>;

// Where the words stand: a verb, or the beginning of some.
struct Place {
  const Verb* verb = nullptr;
  std::string path;       // of the words that are verbs or their beginning
  std::size_t begin = 0;  // of what follows the path
};

Place place_of(const std::vector<std::string>& words) {
  Place place;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string longer = place.path.empty() ? words[i] : place.path + " " + words[i];
    const auto leads = [&](const Verb& verb) {
      return verb.path == longer || verb.path.starts_with(longer + " ");
    };
    if (std::ranges::none_of(all_verbs(), leads)) break;
    place.path = longer;
    place.begin = i + 1;
    const auto found = std::ranges::find(all_verbs(), longer, &Verb::path);
    place.verb = found == all_verbs().end() ? nullptr : &*found;
  }
  return place;
}

Candidates verbs_behind(const std::string& path) {
  Candidates out;
  for (const Verb& verb : all_verbs()) {
    std::string_view rest = verb.path;
    if (!path.empty()) {
      if (!rest.starts_with(path + " ")) continue;
      rest.remove_prefix(path.size() + 1);
    }
    const bool whole = !rest.contains(' ');
    const std::string word(rest.substr(0, rest.find(' ')));
    if (std::ranges::find(out, word, &Candidate::value) == out.end())
      out.push_back({word, whole ? verb.says : ""});
  }
  if (path.empty()) out.push_back({"help", "Examples and options of a verb"});
  return out;
}

const Option* option_of(const Verb& verb, std::string_view word) {
  for (const auto* options : {&verb.options, &global_options()})
    for (const Option& option : *options)
      for (const std::string_view name : split(option.names, ','))
        if (name == word) return &option;
  return nullptr;
}

Candidates options_of(const Verb& verb) {
  Candidates out;
  for (const auto* options : {&verb.options, &global_options()})
    for (const Option& option : *options)
      out.push_back({"--" + long_name(option.names), option.says});
  for (Candidate& each : out)
    if (each.value.size() == 3) each.value.erase(0, 1);
  return out;
}

template <class Ask, class Answer>
void add_names(Client& client, const api::Route<Ask, Answer>& route, std::string_view member,
               std::string_view says, Candidates& out) {
  bool more = false;
  const auto items = client.list(route, Ask{}, kNamesMax, more);
  if (!items) return;
  for (const Json& item : *items) out.push_back({text_of(item, member), text_of(item, says)});
}

// Ports without the major of their default version: that is how people call them.
void add_ports(Client& client, Candidates& out) {
  bool more = false;
  const auto ports = client.list(api::list_ports, {}, kNamesMax, more);
  if (!ports) return;
  for (const Json& port : *ports) {
    std::string ref = text_of(port, "ref");
    const Json* is_default = port.find("is_default");
    if (is_default && is_default->as_bool() && *is_default->as_bool()) ref.resize(ref.find('@'));
    out.push_back({std::move(ref), text_of(port, "description")});
  }
}

// Names of what a word means; nothing if no server is at hand.
Candidates names_for(Session& session, std::string_view what) {
  Candidates out;
  const auto client = session.client();
  if (!client) return out;
  if (what == "port") add_ports(**client, out);
  if (what == "product") add_names(**client, api::list_products, "ref", "title", out);
  if (what == "domain") add_names(**client, api::list_domains, "name", "description", out);
  if (what == "team") add_names(**client, api::list_teams, "name", "description", out);
  if (what == "account") add_names(**client, api::list_accounts, "name", "domain", out);
  if (what == "request") add_names(**client, api::list_access, "number", "port", out);
  return out;
}

Candidates outputs_of(const Verb& verb) {
  Candidates out;
  for (const std::string_view word : split(verb.outputs, ' '))
    out.push_back({std::string(word), ""});
  return out;
}

Candidates values_of(Session& session, const Verb& verb, const Option& option) {
  const std::string name = long_name(option.names);
  if (name == "output") return outputs_of(verb);
  if (name == "domain" || name == "port") return names_for(session, name);
  if (name == "into" || name == "catalog") return names_for(session, "account");
  return {};
}

// What `get NAME` names, by what is got.
Candidates things_of(Session& session, const std::string& noun) {
  if (noun == "snapshots" || noun == "checks" || noun == "ports" || noun == "port")
    return names_for(session, "port");
  if (noun.ends_with('s')) return names_for(session, noun.substr(0, noun.size() - 1));
  return names_for(session, noun == "access" ? "request" : noun);
}

Candidates operand_of(Session& session, const Verb& verb, const std::vector<std::string>& before) {
  if (verb.operands.empty()) return {};
  const std::size_t at = std::min(before.size(), verb.operands.size() - 1);
  const Operand& operand = verb.operands[at];
  if (at < before.size() && !operand.repeated) return {};
  if (operand.name == "PORT" || operand.name == "TARGET") return names_for(session, "port");
  if (operand.name == "SHELL") return {{"bash", ""}, {"zsh", ""}, {"fish", ""}};
  if (verb.path == "get" && at == 0) {
    Candidates out;
    for (const std::string& noun : nouns_to_get()) out.push_back({noun, ""});
    return out;
  }
  if (verb.path == "get") return things_of(session, before[0]);
  if (verb.path.starts_with("access ") && operand.name == "NUMBER")
    return names_for(session, "request");
  if (verb.path == "access explain") return names_for(session, at == 1 ? "port" : "");
  return {};
}

Candidates candidates(Session& session, const std::vector<std::string>& words) {
  const std::vector<std::string> before(words.begin(), words.end() - 1);
  const Place place = place_of(before);
  if (place.verb == nullptr || place.path != place.verb->path)
    return place.begin == before.size() ? verbs_behind(place.path) : Candidates{};
  const Verb& verb = *place.verb;
  std::vector<std::string> operands;
  const Option* open = nullptr;  // waits for its value
  for (std::size_t i = place.begin; i < before.size(); ++i) {
    if (std::exchange(open, nullptr) != nullptr) continue;
    if (before[i].starts_with('-')) {
      const Option* option = option_of(verb, before[i]);
      if (option != nullptr && !option->value.empty()) open = option;
    } else {
      operands.push_back(before[i]);
    }
  }
  if (open != nullptr) return values_of(session, verb, *open);
  if (words.back().starts_with('-')) return options_of(verb);
  Candidates out = operand_of(session, verb, operands);
  if (operands.empty()) std::ranges::move(verbs_behind(place.path), std::back_inserter(out));
  return out;
}

Done complete(Session& session, const Words& words) {
  std::vector<std::string> given = words.all("WORD");
  if (given.empty()) given.emplace_back();
  std::string out;
  for (const Candidate& each : candidates(session, given)) {
    if (!each.value.starts_with(given.back())) continue;
    std::string says = each.says;
    std::ranges::replace(says, '\n', ' ');
    const std::string line = visible(each.value) + (says.empty() ? "" : "\t" + visible(says));
    out += line + "\n";
  }
  HANSA_CHECK(session.out(out));
  return api::Exit::ok;
}

}  // namespace

void add_complete(Verbs& verbs) {
  verbs.push_back({.path = "completion",
                   .says = "Print what a shell needs to complete hansa's words",
                   .examples = {{"In bash, for this session", "eval \"$(hansa completion bash)\""},
                                {"In fish, for good",
                                 "hansa completion fish > ~/.config/fish/completions/hansa.fish"}},
                   .operands = {{"SHELL", "bash, zsh or fish"}},
                   .options = {},
                   .outputs = "",
                   .run = completion});
  verbs.push_back({.path = "complete",
                   .says = "What the last of these words could become, for shells",
                   .examples = {{"As a shell asks", "hansa complete -- get products --d"}},
                   .operands = {{"WORD", "what was typed behind hansa", false, true}},
                   .options = {},
                   .outputs = "",
                   .run = complete});
}

}  // namespace hansa::cli
