// Requests and grants by whom they concern, ascending by number, so that nobody's list costs what
// all others hold.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "model/grant.h"

namespace hansa {

class Ledger {
 public:
  enum class By { asked_by, given_to, domain };
  struct Entry {
    std::uint64_t number = 0;
    Ulid grant;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };

  // `id` is the principal who asked, the grantee, or the domain that holds the product.
  std::span<const Entry> all(By by, Ulid id) const { return list({by, false, id}); }
  // Those that wait for a decision.
  std::span<const Entry> waiting(By by, Ulid id) const { return list({by, true, id}); }

  void put(const Grant& grant, Ulid domain, bool add);

 private:
  struct Key {
    By by = By::asked_by;
    bool waiting = false;
    Ulid id;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const noexcept {
      return UlidHash{}(key.id) + 2 * static_cast<std::size_t>(key.by) + (key.waiting ? 1 : 0);
    }
  };
  std::span<const Entry> list(const Key& key) const {
    const auto found = lists_.find(key);
    return found == lists_.end() ? std::span<const Entry>() : found->second;
  }
  void put(const Key& key, const Entry& entry, bool add);

  std::unordered_map<Key, std::vector<Entry>, Hash> lists_;  // none is empty
};

}  // namespace hansa
