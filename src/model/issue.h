// What people say to those who make a product: wishes, questions and problems.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/ids.h"

namespace hansa {

enum class IssueKind { wish, question, problem };

enum class IssueState {
  open,
  accepted,   // it will be done, or is looked into
  declined,   // with a reason
  fulfilled,  // by the version that it names, or answered
};

struct Asker {
  PrincipalId who;
  Time at;
  friend bool operator==(const Asker&, const Asker&) = default;
};

// Equal ones are one with many askers: what is open has the claim of its words (model/keys.h).
struct Issue {
  IssueId id;
  ProductId product;
  std::optional<PortId> port = {};  // what a problem is with
  IssueKind kind = IssueKind::wish;
  std::string text;
  std::vector<Asker> askers;  // whoever asked first stands first
  IssueState state = IssueState::open;
  std::string reply = {};
  std::optional<PortId> version = {};       // that fulfils it
  std::optional<IncidentId> incident = {};  // that was opened for it
  PrincipalId answered_by = {};
  std::optional<Time> answered_at = {};  // the first time
  std::optional<Time> ended_at = {};     // declined or fulfilled
  friend bool operator==(const Issue&, const Issue&) = default;
};

inline constexpr std::size_t issue_text_max = 2'000;          // bytes
inline constexpr std::size_t issue_askers_max = 5'000;        // of one
inline constexpr std::size_t issues_per_asker_max = 100;      // open ones that one principal began
inline constexpr std::size_t issues_per_product_max = 1'000;  // open ones

inline bool is_open(IssueState state) {
  return state == IssueState::open || state == IssueState::accepted;
}

// The words that tell one text from another: lower case, without punctuation, one space between.
std::string normalised(std::string_view text);
// How alike two texts are by their words, 0 to 1: what both have, of what either has.
double likeness(std::string_view a, std::string_view b);

enum class IssueAct { accept, decline, fulfil };
// Errors: conflict: it ended already; invalid: a decline without a reason, an end by nothing.
Result<Issue> answered(Issue issue, IssueAct act, std::string reply, std::optional<PortId> version,
                       PrincipalId by, Time at);
// Joins those who ask; the same if `who` is one of them. Errors: conflict: it ended; exhausted.
Result<Issue> joined(Issue issue, PrincipalId who, Time at);

}  // namespace hansa
