// Manifests against the mesh: what would have to change. Plan shows it, apply commits it; both run
// this.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "api/manifest.h"
#include "contract/compatible.h"
#include "contract/document.h"
#include "contract/facts.h"
#include "service/authority/authorize.h"
#include "service/authority/commit.h"

namespace hansa::service {

// A contract by which somebody may read, and what would change in it.
struct Judgement {
  std::size_t planned = 0;  // which of Difference::planned
  PortId port;
  std::vector<contract::Shift> shifts;
};

struct Difference {
  std::vector<api::PlannedChange> planned;  // for people
  std::vector<api::BlockedView> blocked;    // what must not be applied
  std::vector<api::FindingView> findings;   // what standards warn of
  std::vector<Judgement> judged;
  Attempt attempt;  // for the store
};

// Every change is authorised: the frame (organisation, teams, domains, accounts) by an
// administrator, products and their ports by the team that owns the domain, access by a steward.
// Errors: invalid, naming file and line of what cannot be; denied; not_found.
Result<Difference> difference(const Context& context, const View& view,
                              const contract::Manifests& manifests);

// A noun as people compare it: field by field, with names for ids.
using Shown = std::vector<std::pair<std::string, std::string>>;
// "+", "~", "-" details between two shown nouns.
std::vector<api::PlannedDetail> details_between(const Shown& before, const Shown& after);

// What kind of noun, and which: a port and its table share an id.
using NounKey = std::pair<std::size_t, Ulid>;
inline NounKey key_of(const Noun& noun) { return {noun.index(), id_of(noun)}; }
template <class T>
NounKey key_of(Ulid id) {
  return {Noun(std::shared_ptr<const T>()).index(), id};
}

// Nouns by name while a set of manifests is worked through: those it makes, then those that exist.
class Overlay {
 public:
  explicit Overlay(const View& view) : view_(view) {}

  template <class T>
  const T* named(const std::string& claim) const {
    if (const auto found = made_.find(claim); found != made_.end())
      if (const auto* noun = std::get_if<std::shared_ptr<const T>>(&found->second))
        return noun->get();
    return view_.mesh.named<T>(claim);
  }
  template <class T, class Tag>
  const T* find(Id<Tag> id) const {
    if (const auto found = by_id_.find(key_of<T>(id.ulid)); found != by_id_.end())
      return std::get<std::shared_ptr<const T>>(found->second).get();
    return view_.mesh.find<T>(id);
  }
  // The port of this name that this set makes or changes, or nullptr.
  const Port* made_port(DomainId domain, const std::string& name,
                        std::optional<std::uint32_t> major) const;
  // The versions of a port, with those that this set makes, as it leaves them.
  std::vector<const Port*> majors(DomainId domain, const std::string& name) const;
  void put(const Noun& noun);
  // Whether this set makes the noun.
  template <class T>
  bool made(const T& noun) const {
    return by_id_.contains(key_of<T>(noun.id.ulid));
  }
  const View& view() const { return view_; }

 private:
  const View& view_;
  std::map<std::string, Noun> made_;
  std::map<NounKey, Noun> by_id_;
};

// One set of manifests being worked through.
struct Draft {
  const Context& context;
  Overlay overlay;
  Difference out;
  Time now;
  // Where each noun that was changed already stands in `out`.
  struct Written {
    std::size_t change, planned;
  };
  std::map<NounKey, Written> written = {};
  // What was asked for again, by whom it would be given to.
  std::multimap<Ulid, GrantId> asked = {};
  // What manifests of the set gave already: of which port and versions, and to whom.
  std::set<std::tuple<Ulid, std::string, std::vector<std::uint32_t>, Ulid>> given = {};

  // Adds a change unless the noun is as it was. `before` is null for a new one, and else as this
  // set has it so far: what it changes twice is written once, and is one line of the plan.
  template <class T>
  void change(const T* before, T after, std::string_view kind, const std::string& name,
              const Shown& was, const Shown& is) {
    change(before, std::move(after), kind, name, details_between(was, is), {});
  }
  template <class T>
  void change(const T* before, T after, std::string_view kind, const std::string& name,
              std::vector<api::PlannedDetail> shown, std::string verdict) {
    if (before != nullptr && *before == after) return;
    Noun noun = share(std::move(after));
    overlay.put(noun);
    const auto [at, first] =
        written.try_emplace(key_of(noun), Written{out.attempt.changes.size(), out.planned.size()});
    if (!first) {
      out.attempt.changes[at->second.change].after = std::move(noun);
      auto& details = out.planned[at->second.planned].details;
      details.insert(details.end(), shown.begin(), shown.end());
      return;
    }
    api::PlannedChange planned{.sign = before == nullptr ? "+" : "~",
                               .kind = std::string(kind),
                               .name = name,
                               .details = std::move(shown),
                               .verdict = std::move(verdict)};
    Json details{Json::Object{{"name", name}}};
    out.attempt.changes.push_back(service::change(
        context, std::move(noun), std::string(kind) + (before ? ".changed" : ".created"),
        std::move(details)));
    out.planned.push_back(std::move(planned));
  }
  template <class T>
  bool has_written(const T& noun) const {
    return written.contains(key_of<T>(noun.id.ulid));
  }
  Result<void> permit(Action what, Resource on, std::string_view called);
};

// The versions of its port that a grant covers: "@1, @2", "all".
std::string versions_of(const Grant& grant);

// An error of a document, with where it stands.
template <class T>
std::unexpected<Error> at_document(const contract::Sourced<T>& document, Error error) {
  return in_context(document.file + ":" + std::to_string(document.mark.line), std::move(error));
}

// The contracts of a set by id: a set may hold hundreds, and each port looks for its own.
class Contracts {
 public:
  explicit Contracts(const contract::Manifests& manifests);
  const contract::DataContract* resolve(std::string_view id, std::string_view version) const;

 private:
  std::unordered_map<std::string_view, std::vector<const contract::DataContract*>> by_id_;
};

// The contract of a port as this set says, and what that does to those who may read it already.
// `product`: its name, for messages. Returns it as it will be; nothing if the set leaves it alone.
Result<std::optional<Contract>> add_contract(Draft& draft, const Contracts& contracts,
                                             const std::string& product,
                                             const contract::PortFacts& facts, const Port& port,
                                             const std::string& ref);

// Access that was agreed to before there was this version: where it shows nothing more it carries
// over, where it would it is asked for again (policy/carry.h).
void carry_grants(Draft& draft, const Port& added, const Contract& contract,
                  const std::vector<const Port*>& majors);
// Tells whom it carries over for, once all of the set is known.
void tell_carried(Draft& draft);
// The same for what was carried to a version whose contract changes.
void recheck_carried(Draft& draft, const Port& port, const Contract& before, const Contract& after);
// A grant whose scope changes keeps of what it was carried to only what it shows nothing more of.
void recheck_scope(const Draft& draft, const Port& port, Grant& grant);

Result<void> add_frame(Draft& draft, const contract::Manifests& manifests);
Result<void> add_standards(Draft& draft, const contract::Manifests& manifests);
Result<void> add_products(Draft& draft, const contract::Manifests& manifests);
Result<void> add_accesses(Draft& draft, const contract::Manifests& manifests);
// Holds the products that the set changes against their standards, as they would be then.
void check_standards(Draft& draft, const contract::Manifests& manifests);

}  // namespace hansa::service
