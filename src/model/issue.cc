#include "model/issue.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace hansa {
namespace {

bool is_word_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         byte == '_';
}

std::set<std::string> words_of(std::string_view text) {
  std::set<std::string> out;
  const std::string plain = normalised(text);
  for (std::size_t at = 0; at < plain.size();) {
    const std::size_t end = std::min(plain.find(' ', at), plain.size());
    out.insert(plain.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

Result<void> check_open(const Issue& issue) {
  if (is_open(issue.state)) return {};
  return conflict("it was answered for good already", "ask again if it is still wanted");
}

}  // namespace

std::string normalised(std::string_view text) {
  std::string out;
  bool gap = false;
  for (const char c : lower_ascii(text)) {
    if (!is_word_byte(c)) {
      gap = !out.empty();
      continue;
    }
    if (std::exchange(gap, false)) out += ' ';
    out += c;
  }
  return out;
}

double likeness(std::string_view a, std::string_view b) {
  const auto of_a = words_of(a);
  const auto of_b = words_of(b);
  const auto both =
      std::ranges::count_if(of_a, [&](const std::string& word) { return of_b.contains(word); });
  const auto either = static_cast<std::ptrdiff_t>(of_a.size() + of_b.size()) - both;
  return either == 0 ? 0 : static_cast<double>(both) / static_cast<double>(either);
}

Result<Issue> answered(Issue issue, IssueAct act, std::string reply, std::optional<PortId> version,
                       PrincipalId by, Time at) {
  HANSA_CHECK(check_open(issue));
  if (act == IssueAct::decline && reply.empty())
    return invalid("say why it is declined", "--why TEXT: everybody who asked reads it");
  if (act == IssueAct::fulfil && reply.empty() && !version)
    return invalid("say what fulfils it", "--by PORT@VERSION, or --text TEXT");
  if (act != IssueAct::fulfil && version)
    return invalid("a version is named by what fulfils it only");
  issue.state = act == IssueAct::accept    ? IssueState::accepted
                : act == IssueAct::decline ? IssueState::declined
                                           : IssueState::fulfilled;
  issue.reply = std::move(reply);
  issue.version = version;
  issue.answered_by = by;
  if (!issue.answered_at) issue.answered_at = at;
  if (!is_open(issue.state)) issue.ended_at = at;
  return issue;
}

Result<Issue> joined(Issue issue, PrincipalId who, Time at) {
  HANSA_CHECK(check_open(issue));
  if (std::ranges::find(issue.askers, who, &Asker::who) != issue.askers.end()) return issue;
  if (issue.askers.size() >= issue_askers_max)
    return exhausted("so many ask for it already that no more are counted");
  issue.askers.push_back({who, at});
  return issue;
}

}  // namespace hansa
