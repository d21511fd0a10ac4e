// What goes with a port, product or account that is deleted, who is hit, and the changes that make
// it so. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "api/deletion.h"
#include "model/change.h"
#include "service/authority/authorize.h"

namespace hansa::service {

// Everything that goes with one thing.
struct Doomed {
  DeletionKind kind = DeletionKind::port;
  Ulid id = {};
  std::string name = {};  // the whole one
  Resource resource = {};
  DomainId domain = {};
  TeamId team = {};  // the domain's
  bool hidden = false;
  const Account* account = nullptr;  // of an account only
  std::vector<const Product*> products = {};
  std::vector<const Port*> ports = {};
};

// Errors: invalid: no such name can be; a port with several versions and none named; not_found, for
// what the caller may not know too.
Result<Doomed> find_doomed(const Context& context, const View& view, DeletionKind kind,
                           std::string_view name);

struct Ruin {
  std::vector<api::GoneView> goes;
  std::vector<api::HitView> hit;  // those the caller may know of
  std::vector<std::string> notes;
  std::string revisions;        // of what is shown, so that one plan is told from another
  std::vector<Change> changes;  // all there are
  std::vector<PortId> heirs;    // what bare names mean behind it
};
// `digest` and `why` go into what is left of it.
Ruin ruin_of(const Context& context, const View& view, const Doomed& doomed,
             const std::string& digest, const std::string& why);

// What came to stand on it between the look and the commit, and did not know. Nothing comes later:
// what is made relies on the port it is made for. `doomed` holds what was there (keep_of).
std::vector<Change> stragglers_of(const Context& context, const View& view, const Doomed& doomed,
                                  const std::string& why);
// The nouns that `doomed` points to, so that it outlives the view.
std::vector<Noun> keep_of(const View& view, const Doomed& doomed);

// --- what is left of it ---

// Whoever might have known it while it was there: members, unless it was hidden, and its owners.
bool knows(const Context& context, const View& view, const Deletion& deletion);
// "audience/plays@1 was deleted by ada on 2026-11-22: nobody needs it"
std::string words(const View& view, const Deletion& deletion);
// The last one of this name that the caller may know of; a port also without its version.
const Deletion* find_deletion(const Context& context, const View& view, DeletionKind kind,
                              std::string_view name);

}  // namespace hansa::service
