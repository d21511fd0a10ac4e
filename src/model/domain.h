// The organisation and its parts: teams, domains, accounts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/ids.h"

namespace hansa {

// Who may read a product's rows without a grant: the whole organisation, or nobody.
enum class Visibility { open, restricted };

struct Organisation {
  OrganisationId id;
  std::string name;
  std::string title;
  friend bool operator==(const Organisation&, const Organisation&) = default;
};

// How to reach a team, in the shape of an ODCS `support` item.
struct Channel {
  std::string channel;  // "#ads-data"
  std::string url;
  std::string tool;   // "slack", "email", ...
  std::string scope;  // "interactive", "announcements", "issues", "notifications"
  friend bool operator==(const Channel&, const Channel&) = default;
};

// A team owns domains and their accounts, or consumes only.
struct Team {
  TeamId id;
  std::string name;
  std::string title;
  std::string description;
  std::vector<PrincipalId> members;
  std::vector<Channel> channels;
  std::vector<std::string> aliases;
  friend bool operator==(const Team&, const Team&) = default;
};

struct Domain {
  DomainId id;
  std::string name;
  std::string title;
  std::string description;
  TeamId owner;
  std::optional<DomainId> parent;
  Visibility visibility = Visibility::open;  // of products that say nothing
  std::vector<PrincipalId> stewards;         // who decides about its restricted data
  std::vector<std::string> aliases;
  friend bool operator==(const Domain&, const Domain&) = default;
};

// An autonomous place for data: a bucket and a catalog of its own, in exactly one domain.
struct Account {
  AccountId id;
  std::string name;
  DomainId domain;
  std::string bucket;             // fixed at creation: metadata holds s3://BUCKET/...
  std::string catalog;            // the name under which SQL knows it
  std::uint64_t quota_bytes = 0;  // 0: none
  std::vector<std::string> aliases;
  friend bool operator==(const Account&, const Account&) = default;
};

}  // namespace hansa
