// All nouns in memory, by id, by name and in order. Changed only by apply, in the store's order.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/fingerprint.h"
#include "base/numbered.h"
#include "model/channel.h"
#include "model/checks.h"
#include "model/deletion.h"
#include "model/deprecation.h"
#include "model/derivation.h"
#include "model/domain.h"
#include "model/grant.h"
#include "model/incident.h"
#include "model/issue.h"
#include "model/keys.h"
#include "model/ledger.h"
#include "model/mount.h"
#include "model/noun.h"
#include "model/order.h"
#include "model/people.h"
#include "model/product.h"
#include "model/replay.h"
#include "model/slo.h"
#include "model/standard.h"
#include "model/subscription.h"

namespace hansa {

// A reference to a port as people write it: `domain/port`, `domain/port@2`.
struct PortRef {
  std::string domain;
  std::string port;
  std::optional<std::uint32_t> major;
};

class Mesh {
 public:
  template <class T>
  struct Entry {
    std::shared_ptr<const T> noun;
    Rev rev;
  };
  template <class T>
  using Table_ = NumberedMap<Ulid, Entry<T>, UlidTraits>;

  // The noun, or nullptr.
  template <class T>
  const T* find(Ulid id) const {
    const Entry<T>* found = all<T>().find(id);
    return found == nullptr ? nullptr : found->noun.get();
  }
  template <class T, class Tag>
  const T* find(Id<Tag> id) const {
    return find<T>(id.ulid);
  }
  // The noun that makes this claim (model/keys.h), or nullptr.
  template <class T>
  const T* named(std::string_view claim) const {
    const Ulid* found = claims_.find(print_.of(claim));
    return found == nullptr ? nullptr : find<T>(*found);
  }
  template <class T>
  const Table_<T>& all() const {
    return std::get<Table_<T>>(tables_);
  }
  // Zero if it does not exist.
  template <class T>
  Rev rev(Ulid id) const {
    const Entry<T>* found = all<T>().find(id);
    return found == nullptr ? Rev{} : found->rev;
  }

  // The same by the store's kind ("port"), sharing it; nothing if there is none.
  std::optional<Noun> noun(std::string_view kind, Ulid id) const;

  const Organisation* organisation() const { return named<Organisation>(claim::organisation); }

  // The port a reference means: its default major if it names none. Follows aliases. nullptr: none.
  const Port* port(const PortRef& ref) const;
  const Port* port(DomainId domain, std::string_view name,
                   std::optional<std::uint32_t> major) const;
  // All majors of a port name, ascending.
  std::vector<const Port*> majors(DomainId domain, std::string_view name) const;

  // Ports and products by "domain/name[@major]", for listings in order. Each has a slot of its
  // kind.
  const Order& ports_in_order() const { return ports_; }
  const Order& products_in_order() const { return products_; }
  // kNoSlot if there is no such port.
  Slot slot(PortId id) const { return all<Port>().number(id.ulid); }
  Slot slot(ProductId id) const { return all<Product>().number(id.ulid); }
  // Ports of a domain by name: their keys begin with "DOMAIN/".
  std::vector<const Port*> ports_of(DomainId domain) const;
  std::vector<const Port*> ports_of(ProductId product) const;
  std::vector<const Mount*> mounts_of(AccountId account) const;
  // Who was told of a port's deprecation, in the order of their ids.
  std::vector<const Migration*> migrations_of(PortId port) const;
  // What is said to those who make a product, oldest first.
  std::vector<const Issue*> issues_of(ProductId product) const;
  // How many of the open ones a principal began.
  std::size_t open_issues_of(PrincipalId asker) const;
  // Those of a port that are not resolved, oldest first. Looked up with each read of it.
  std::vector<const Incident*> open_incidents_of(PortId port) const;

  // Of a team or principal, in the order of their ids.
  std::vector<const NoticeChannel*> channels_of(Ulid owner) const;

  // A principal's tokens and password, oldest first.
  std::vector<const Credential*> credentials_of(PrincipalId principal) const;
  // Tokens that have ended by `now`, at most `max`.
  std::vector<const Credential*> ended_tokens(Time now, std::size_t max) const;
  // Requests and grants by whom they concern.
  const Ledger& ledger() const { return ledger_; }
  // The highest number a grant has had.
  std::uint64_t last_grant_number() const { return last_grant_number_; }

  // Makes room for as many nouns of each kind (kNounKinds) as are about to be applied.
  void reserve(const std::array<std::size_t, std::size(kNounKinds)>& counts);
  // Puts the noun as it is after commit `seq`, or removes it.
  void apply(const Noun& noun, bool gone, Seq seq);

  // "domain/port@major", the canonical reference.
  std::string ref_of(const Port& port) const;
  std::string ref_of(const Product& product) const;

 private:
  template <class T>
  void put(const std::shared_ptr<const T>& noun, bool gone, Seq seq);
  void index(const Noun& noun, bool add);
  void index_relations(const Noun& noun, bool add);
  void index_port(const Port& port, bool add);
  void order_port(const Port& port, bool add);
  void order_product(const Product& product, bool add);
  void index_credential(const Credential& credential, bool add);
  void reorder(const Domain& domain);
  std::string_view name_of(DomainId domain) const;
  Ulid domain_of(ProductId product) const;
  void refile(ProductId product, Ulid from, Ulid to);

  std::tuple<Table_<Organisation>, Table_<Team>, Table_<Domain>, Table_<Account>, Table_<Principal>,
             Table_<Credential>, Table_<Product>, Table_<Port>, Table_<Contract>, Table_<Table>,
             Table_<Grant>, Table_<Mount>, Table_<Derivation>, Table_<Deletion>,
             Table_<Deprecation>, Table_<Migration>, Table_<Checks>, Table_<Subscription>,
             Table_<Replay>, Table_<NoticeChannel>, Table_<Slo>, Table_<Issue>, Table_<Incident>,
             Table_<Standard>>
      tables_;

  Fingerprinter print_;
  NumberedMap<Fingerprint, Ulid, FingerprintTraits> claims_;
  Order ports_;
  Order products_;
  std::unordered_map<Ulid, std::vector<Ulid>> ports_by_product_;
  std::unordered_multimap<std::string, Ulid> earlier_ports_;  // by domain and alias
  std::unordered_map<Ulid, std::vector<Ulid>> mounts_by_account_;
  std::unordered_map<Ulid, std::vector<Ulid>> credentials_by_principal_;
  std::unordered_map<Ulid, std::set<Ulid>> migrations_by_port_;
  std::unordered_map<Ulid, std::set<Ulid>> channels_by_owner_;
  std::unordered_map<Ulid, std::set<Ulid>> issues_by_product_;
  std::unordered_map<Ulid, std::set<Ulid>> open_issues_by_asker_;
  std::unordered_map<Ulid, std::set<Ulid>> open_incidents_by_port_;
  std::set<std::pair<Time, Ulid>> token_ends_;  // revoked: at zero
  Ledger ledger_;
  std::uint64_t last_grant_number_ = 0;
};

// `domain/port` or `domain/port@2`. Errors: invalid, with what to write.
Result<PortRef> parse_port_ref(std::string_view text);

}  // namespace hansa
