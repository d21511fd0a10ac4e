// Hansa's own manifests, `apiVersion: hansa/v1`, where no standard has a word. Small and strict: an
// unknown field is an error. Things are named here, since a file cannot know ids.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/fields.h"
#include "base/result.h"
#include "base/time.h"
#include "contract/odcs.h"
#include "model/scope.h"
#include "model/standard.h"

namespace hansa::contract {

inline constexpr std::string_view kOwnVersion = "hansa/v1";

// Hidden is for products only.
enum class Visibility { open, restricted, hidden };
constexpr auto names_of(std::type_identity<Visibility>) {
  return std::array{std::pair{Visibility::open, std::string_view("open")},
                    std::pair{Visibility::restricted, std::string_view("restricted")},
                    std::pair{Visibility::hidden, std::string_view("hidden")}};
}

// "500GB", "2TB", "64GiB"; written as the largest unit that divides it.
struct Quota {
  std::uint64_t bytes = 0;
  friend bool operator==(const Quota&, const Quota&) = default;
};
Result<void> field_from_text(std::string_view text, Quota& quota);
std::string field_to_text(const Quota& quota);

// `domain/port`, or one major version of it: `domain/port@2`.
struct PortReference {
  std::string domain;
  std::string port;
  std::optional<std::uint32_t> major;
  friend bool operator==(const PortReference&, const PortReference&) = default;
};
Result<void> field_from_text(std::string_view text, PortReference& reference);
std::string field_to_text(const PortReference& reference);

// The organisation whose members open data is open to.
struct Organisation {
  std::string id;
  std::string name;
  friend bool operator==(const Organisation&, const Organisation&) = default;
};

struct Team {
  std::string name;
  std::string title;
  std::string description;
  std::vector<std::string> members;  // names of users
  std::string oidc_group;            // members come from this group at sign-in, besides those named
  std::vector<Channel> channels;
  friend bool operator==(const Team&, const Team&) = default;
};

struct Domain {
  std::string name;
  std::string title;
  std::string description;
  std::string owner;                         // a team
  std::string parent;                        // a domain; may be empty
  Visibility visibility = Visibility::open;  // of products that say nothing
  std::vector<std::string> stewards;         // users
  friend bool operator==(const Domain&, const Domain&) = default;
};

struct Account {
  std::string name;
  std::string domain;
  std::string bucket;   // empty: as its name
  std::string catalog;  // empty: as its name
  std::optional<Quota> quota;
  friend bool operator==(const Account&, const Account&) = default;
};

struct AccessInfo {
  std::string purpose;
  std::optional<Time> start_date;
  std::optional<Time> end_date;
  friend bool operator==(const AccessInfo&, const AccessInfo&) = default;
};
struct AccessProvider {
  PortReference port;
  Scope scope;  // what of it; empty: all
  friend bool operator==(const AccessProvider&, const AccessProvider&) = default;
};
// Exactly one of them is set.
struct AccessConsumer {
  std::string user, team, service_account, role, group, account, product;
  friend bool operator==(const AccessConsumer&, const AccessConsumer&) = default;
};
struct Access {
  AccessInfo info;
  AccessProvider provider;
  AccessConsumer consumer;
  friend bool operator==(const Access&, const Access&) = default;
};

// Of which products a standard speaks.
struct StandardScope {
  std::vector<std::string> domains;  // none: the whole organisation
  std::optional<hansa::Visibility> visibility;
  std::vector<std::string> tags;
  friend bool operator==(const StandardScope&, const StandardScope&) = default;
};
struct Standard {
  std::string name;
  std::string title;
  std::string description;
  std::optional<StandardScope> scope;
  std::vector<Requirement> requirements;
  friend bool operator==(const Standard&, const Standard&) = default;
};

void describe(Fields& f, Organisation& organisation);
void describe(Fields& f, Team& team);
void describe(Fields& f, Domain& domain);
void describe(Fields& f, Account& account);
void describe(Fields& f, AccessInfo& info);
void describe(Fields& f, AccessProvider& provider);
void describe(Fields& f, AccessConsumer& consumer);
void describe(Fields& f, Access& access);
void describe(Fields& f, StandardScope& scope);
void describe(Fields& f, Standard& standard);

// The field of AccessConsumer that is set, and what it says: {"serviceAccount", "airflow"}.
std::pair<std::string_view, std::string> consumer_of(const AccessConsumer& consumer);

// As YAML, with apiVersion and kind in front.
std::string to_yaml(const Organisation& organisation);
std::string to_yaml(const Team& team);
std::string to_yaml(const Domain& domain);
std::string to_yaml(const Account& account);
std::string to_yaml(const Access& access);
std::string to_yaml(const Standard& standard);

}  // namespace hansa::contract
