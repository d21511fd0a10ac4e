#include "model/ledger.h"

#include <algorithm>

namespace hansa {

void Ledger::put(const Key& key, const Entry& entry, bool add) {
  std::vector<Entry>& list = lists_[key];
  // Nearly always the last: numbers ascend.
  const auto at = std::ranges::lower_bound(list, entry);
  const bool there = at != list.end() && *at == entry;
  if (add && !there) list.insert(at, entry);
  if (!add && there) list.erase(at);
  if (list.empty()) lists_.erase(key);
}

void Ledger::put(const Grant& grant, Ulid domain, bool add) {
  const Entry entry{grant.number, grant.id.ulid};
  for (const bool waiting : {false, true}) {
    if (waiting && grant.state != GrantState::requested) return;
    put({By::asked_by, waiting, grant.requested_by.ulid}, entry, add);
    put({By::given_to, waiting, grant.grantee.id}, entry, add);
    put({By::domain, waiting, domain}, entry, add);
  }
}

}  // namespace hansa
