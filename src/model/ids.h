// Ids are types: an account's id where a grant's belongs does not compile. An id is a ULID: 48 bits
// of milliseconds and 80 random bits, so ids sort by birth and are never used twice. Names are
// never identity.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace hansa {

struct Ulid {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend auto operator<=>(const Ulid&, const Ulid&) = default;
  explicit operator bool() const { return (high | low) != 0; }
};

// 26 characters of Crockford's base 32, upper case: the only spelling that parse_ulid accepts.
std::string to_text(const Ulid& ulid);
std::optional<Ulid> parse_ulid(std::string_view text);
// A new one. Within one millisecond and process they still ascend.
Ulid new_ulid(Time now);

template <class Tag>
struct Id {
  Ulid ulid;
  friend auto operator<=>(const Id&, const Id&) = default;
  explicit operator bool() const { return static_cast<bool>(ulid); }
};

template <class Tag>
std::string to_text(const Id<Tag>& id) {
  return to_text(id.ulid);
}
template <class I>
I new_id(Time now) {
  return I{new_ulid(now)};
}
template <class Tag>
Result<void> field_from_text(std::string_view text, Id<Tag>& id) {
  const auto ulid = parse_ulid(text);
  if (!ulid) return invalid("not an id");
  id.ulid = *ulid;
  return {};
}
template <class Tag>
std::string field_to_text(const Id<Tag>& id) {
  return to_text(id.ulid);
}

using OrganisationId = Id<struct OrganisationTag>;
using TeamId = Id<struct TeamTag>;
using DomainId = Id<struct DomainTag>;
using AccountId = Id<struct AccountTag>;
using ProductId = Id<struct ProductTag>;
using PortId = Id<struct PortTag>;  // one major version of an output port
using ContractId = Id<struct ContractTag>;
using PrincipalId = Id<struct PrincipalTag>;
using CredentialId = Id<struct CredentialTag>;
using GrantId = Id<struct GrantTag>;
using MountId = Id<struct MountTag>;
using DeletionId = Id<struct DeletionTag>;
using MigrationId = Id<struct MigrationTag>;
using SubscriptionId = Id<struct SubscriptionTag>;
using ChannelId = Id<struct ChannelTag>;
using IssueId = Id<struct IssueTag>;
using IncidentId = Id<struct IncidentTag>;
using StandardId = Id<struct StandardTag>;
using QueryId = Id<struct QueryTag>;
using RequestId = Id<struct RequestTag>;

// The number of a commit: gapless, the same on every node. It is version, policy epoch, ETag and
// feed position at once.
struct Seq {
  std::uint64_t number = 0;
  friend auto operator<=>(const Seq&, const Seq&) = default;
};

// The revision of one noun: the Seq of the commit that last wrote it. Zero: does not exist.
using Rev = Seq;

struct UlidHash {
  std::size_t operator()(const Ulid& ulid) const noexcept {
    // The low half is random already; the multiplication spreads ids that tests count up.
    return static_cast<std::size_t>((ulid.low ^ (ulid.high << 16)) * 0x9E3779B97F4A7C15ULL);
  }
};

}  // namespace hansa

template <class Tag>
struct std::hash<hansa::Id<Tag>> {
  std::size_t operator()(const hansa::Id<Tag>& id) const noexcept {
    return hansa::UlidHash{}(id.ulid);
  }
};
template <>
struct std::hash<hansa::Ulid> : hansa::UlidHash {};
