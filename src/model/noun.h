// All nouns of the mesh, without their contents: whoever only carries nouns includes this.
#pragma once

#include <memory>
#include <string_view>
#include <variant>

#include "model/ids.h"

namespace hansa {

struct Organisation;
struct Team;
struct Domain;
struct Account;
struct Principal;
struct Credential;
struct Product;
struct Port;
struct Contract;
struct Table;
struct Grant;
struct Mount;
struct Derivation;
struct Deletion;
struct Deprecation;
struct Migration;
struct Checks;
struct Subscription;
struct Replay;
struct NoticeChannel;
struct Slo;
struct Issue;
struct Incident;
struct Standard;

using Noun = std::variant<
    std::shared_ptr<const Organisation>, std::shared_ptr<const Team>, std::shared_ptr<const Domain>,
    std::shared_ptr<const Account>, std::shared_ptr<const Principal>,
    std::shared_ptr<const Credential>, std::shared_ptr<const Product>, std::shared_ptr<const Port>,
    std::shared_ptr<const Contract>, std::shared_ptr<const Table>, std::shared_ptr<const Grant>,
    std::shared_ptr<const Mount>, std::shared_ptr<const Derivation>,
    std::shared_ptr<const Deletion>, std::shared_ptr<const Deprecation>,
    std::shared_ptr<const Migration>, std::shared_ptr<const Checks>,
    std::shared_ptr<const Subscription>, std::shared_ptr<const Replay>,
    std::shared_ptr<const NoticeChannel>, std::shared_ptr<const Slo>, std::shared_ptr<const Issue>,
    std::shared_ptr<const Incident>, std::shared_ptr<const Standard>>;

template <class T>
Noun share(T value) {
  return std::make_shared<const T>(std::move(value));
}

// The kind's name in the store and in events: "team", "port", ... In the order of the variant.
inline constexpr std::string_view kNounKinds[] = {
    "organisation", "team",     "domain",      "account",   "principal", "credential",
    "product",      "port",     "contract",    "table",     "grant",     "mount",
    "derivation",   "deletion", "deprecation", "migration", "checks",    "subscription",
    "replay",       "channel",  "slo",         "issue",     "incident",  "standard"};
inline std::string_view kind_of(const Noun& noun) { return kNounKinds[noun.index()]; }
Ulid id_of(const Noun& noun);

}  // namespace hansa
