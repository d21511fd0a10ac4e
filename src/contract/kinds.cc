#include "contract/kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "base/text.h"
#include "contract/yaml.h"
#include "model/location.h"
#include "model/spelling.h"

namespace hansa::contract {
namespace {

constexpr std::array<std::pair<std::string_view, std::uint64_t>, 8> kUnits{
    {{"TB", 1'000'000'000'000},
     {"TiB", 1ULL << 40},
     {"GB", 1'000'000'000},
     {"GiB", 1ULL << 30},
     {"MB", 1'000'000},
     {"MiB", 1ULL << 20},
     {"kB", 1'000},
     {"B", 1}}};

// Says of a member what base/text says of a name.
void name_rule(Fields& f, std::string_view what, const std::string& name, bool may_be_empty) {
  if (f.mode() != Fields::Mode::read || (name.empty() && may_be_empty)) return;
  if (const auto right = check_name(what, name); !right)
    f.rule(false, right.error().text + "; " + right.error().next);
}

void text_rule(Fields& f, std::string_view what, const std::string& text) {
  if (f.mode() != Fields::Mode::read) return;
  if (const auto right = check_text(what, text); !right) f.rule(false, right.error().text);
}

// Members that every own kind begins with.
void head(Fields& f, std::string kind) {
  std::string version(kOwnVersion);
  f.required("apiVersion", version);
  f.required("kind", kind);
}

template <class T>
std::string yaml_of(const T& value) {
  return to_yaml(to_json(value));
}

}  // namespace

Result<void> field_from_text(std::string_view text, Quota& quota) {
  const std::string trimmed = trim(text);
  const auto digits = std::min(trimmed.find_first_not_of("0123456789"), trimmed.size());
  const std::string unit = trim(trimmed.substr(digits));
  const auto number = parse_int(trimmed.substr(0, digits));
  const auto found =
      std::ranges::find(kUnits, std::string_view(unit), [](const auto& u) { return u.first; });
  if (!number || found == kUnits.end() || *number < 1)
    return invalid(fmt::format("'{}' is no amount of data", text.substr(0, 40)),
                   "write 500GB, 2TB or 64GiB");
  if (static_cast<std::uint64_t>(*number) > INT64_MAX / found->second)
    return invalid(fmt::format("'{}' is more than there is", text.substr(0, 40)),
                   "write 500GB, 2TB or 64GiB");
  quota.bytes = static_cast<std::uint64_t>(*number) * found->second;
  return {};
}

std::string field_to_text(const Quota& quota) {
  for (const auto& [unit, bytes] : kUnits)
    if (quota.bytes >= bytes && quota.bytes % bytes == 0)
      return fmt::format("{}{}", quota.bytes / bytes, unit);
  return "0B";
}

Result<void> field_from_text(std::string_view text, PortReference& reference) {
  const std::string next = "write domain/port, or domain/port@2 for one version";
  const auto slash = text.find('/');
  if (slash == std::string_view::npos)
    return invalid(fmt::format("'{}' names no port", text.substr(0, 80)), next);
  const auto at = text.find('@', slash);
  const std::string_view port =
      text.substr(slash + 1, at == std::string_view::npos ? at : at - slash - 1);
  HANSA_CHECK(check_name("domain", text.substr(0, slash)));
  HANSA_CHECK(check_name("port", port));
  std::optional<std::uint32_t> major;
  if (at != std::string_view::npos) {
    const auto number = parse_int(text.substr(at + 1));
    if (!number || *number < 0 || *number > 9'999 || text[at + 1] == '-' || text[at + 1] == '+')
      return invalid(fmt::format("'{}' is no major version", text.substr(at + 1, 40)), next);
    major = static_cast<std::uint32_t>(*number);
  }
  reference = {std::string(text.substr(0, slash)), std::string(port), major};
  return {};
}

std::string field_to_text(const PortReference& reference) {
  const std::string name = reference.domain + "/" + reference.port;
  return reference.major ? fmt::format("{}@{}", name, *reference.major) : name;
}

void describe(Fields& f, Organisation& organisation) {
  head(f, "Organisation");
  f.required("id", organisation.id, "short name: lower-case letters, digits, '_' and '-'");
  f.required("name", organisation.name, "as people call it");
  name_rule(f, "organisation", organisation.id, false);
  text_rule(f, "name", organisation.name);
}

void describe(Fields& f, Team& team) {
  head(f, "Team");
  f.required("name", team.name);
  f.optional("title", team.title, "as people call it");
  f.optional("description", team.description);
  f.optional("members", team.members, "names of users");
  f.optional("oidcGroup", team.oidc_group, "its members belong to the team as well");
  f.optional("channels", team.channels, "how to reach it");
  name_rule(f, "team", team.name, false);
  for (const std::string& member : team.members) name_rule(f, "user", member, false);
  text_rule(f, "title", team.title);
  text_rule(f, "description", team.description);
  for (const Channel& channel : team.channels)
    f.rule(channel.rest.empty(),
           "a channel has channel, url, tool, scope and description, nothing else");
}

void describe(Fields& f, Domain& domain) {
  head(f, "Domain");
  f.required("name", domain.name);
  f.optional("title", domain.title, "as people call it");
  f.optional("description", domain.description);
  f.required("owner", domain.owner, "the team that owns it");
  f.optional("parent", domain.parent, "the domain it is part of");
  f.optional("visibility", domain.visibility, "of products that say nothing: open or restricted");
  f.optional("stewards", domain.stewards, "users who decide about its restricted data");
  name_rule(f, "domain", domain.name, false);
  name_rule(f, "team", domain.owner, false);
  name_rule(f, "domain", domain.parent, true);
  for (const std::string& steward : domain.stewards) name_rule(f, "user", steward, false);
  text_rule(f, "title", domain.title);
  text_rule(f, "description", domain.description);
  f.rule(domain.visibility != Visibility::hidden,
         "a domain is open or restricted; products can be hidden");
  f.rule(domain.parent.empty() || domain.parent != domain.name, "a domain is not part of itself");
}

void describe(Fields& f, Account& account) {
  head(f, "Account");
  f.required("name", account.name);
  f.required("domain", account.domain, "the domain it belongs to");
  f.optional("bucket", account.bucket, "where its data lies; its name if left out");
  f.optional("catalog", account.catalog, "what SQL calls it; its name if left out");
  f.optional("quota", account.quota, "how much it may hold: 500GB, 2TB");
  name_rule(f, "account", account.name, false);
  name_rule(f, "domain", account.domain, false);
  name_rule(f, "catalog", account.catalog, true);
  if (f.mode() != Fields::Mode::read || (account.bucket.empty() && account.name.empty())) return;
  const std::string& bucket = account.bucket.empty() ? account.name : account.bucket;
  if (const auto right = check_bucket(bucket); !right)
    f.rule(false, right.error().text + "; give it a bucket of its own");
}

void describe(Fields& f, AccessInfo& info) {
  f.required("purpose", info.purpose, "what the data is needed for");
  f.optional("startDate", info.start_date, "from this moment on");
  f.optional("endDate", info.end_date, "until just before this moment");
  text_rule(f, "purpose", info.purpose);
  f.rule(!trim(info.purpose).empty(), "say what the data is needed for");
  f.rule(!info.start_date || !info.end_date || *info.start_date < *info.end_date,
         "endDate lies after startDate");
}

void describe(Fields& f, AccessProvider& provider) {
  f.required("port", provider.port, "domain/port, or domain/port@2 for one version");
  f.optional("scope", provider.scope,
             "what of it: columns, filter, masks, conditions; absent: all");
}

void describe(Fields& f, AccessConsumer& consumer) {
  f.optional("user", consumer.user);
  f.optional("team", consumer.team);
  f.optional("serviceAccount", consumer.service_account);
  f.optional("role", consumer.role);
  f.optional("group", consumer.group);
  f.optional("account", consumer.account);
  f.optional("product", consumer.product);
  if (f.mode() != Fields::Mode::read) return;
  const std::array all{&consumer.user,   &consumer.team,  &consumer.service_account,
                       &consumer.role,   &consumer.group, &consumer.account,
                       &consumer.product};
  const auto said =
      std::ranges::count_if(all, [](const std::string* text) { return !text->empty(); });
  f.rule(said == 1, "name one of user, team, serviceAccount, role, group, account, product");
  if (said == 1 && consumer.product.empty())
    name_rule(f, consumer_of(consumer).first, consumer_of(consumer).second, false);
}

void describe(Fields& f, Access& access) {
  head(f, "Access");
  f.required("info", access.info);
  f.required("provider", access.provider, "what is read");
  f.required("consumer", access.consumer, "who reads it");
}

void describe(Fields& f, StandardScope& scope) {
  f.optional("domains", scope.domains, "products of these; absent: of the whole organisation");
  f.optional("visibility", scope.visibility, "open or restricted; absent: any");
  f.optional("tags", scope.tags, "products with one of these; absent: any");
  if (f.mode() != Fields::Mode::read) return;
  for (const std::string& domain : scope.domains) name_rule(f, "domain", domain, false);
  for (const auto* list : {&scope.domains, &scope.tags}) {
    f.rule(list->size() <= standard_words_max,
           fmt::format("a scope names at most {} domains and {} tags", standard_words_max,
                       standard_words_max));
    f.rule(std::set<std::string>(list->begin(), list->end()).size() == list->size(),
           "a scope names each domain and each tag once");
  }
  for (const std::string& tag : scope.tags) {
    f.rule(!tag.empty() && tag.size() <= 100, "a tag has 1 to 100 characters");
    text_rule(f, "tag", tag);
  }
}

void describe(Fields& f, Standard& standard) {
  head(f, "Standard");
  f.required("name", standard.name);
  f.optional("title", standard.title, "as people call it");
  f.optional("description", standard.description, "why it is asked for");
  f.optional("scope", standard.scope, "of which products; absent: of all");
  f.required("requirements", standard.requirements, "what they must have");
  name_rule(f, "standard", standard.name, false);
  text_rule(f, "title", standard.title);
  text_rule(f, "description", standard.description);
  if (f.mode() != Fields::Mode::read) return;
  f.rule(!standard.requirements.empty(), "requirements: at least one");
  std::set<Requirement::Kind> rules;
  for (const Requirement& each : standard.requirements)
    f.rule(rules.insert(each.rule).second,
           fmt::format("rule {} stands twice: make a second standard of it", name_of(each.rule)));
}

std::pair<std::string_view, std::string> consumer_of(const AccessConsumer& consumer) {
  if (!consumer.user.empty()) return {"user", consumer.user};
  if (!consumer.team.empty()) return {"team", consumer.team};
  if (!consumer.service_account.empty()) return {"serviceAccount", consumer.service_account};
  if (!consumer.role.empty()) return {"role", consumer.role};
  if (!consumer.group.empty()) return {"group", consumer.group};
  if (!consumer.account.empty()) return {"account", consumer.account};
  return {"product", consumer.product};
}

std::string to_yaml(const Organisation& organisation) { return yaml_of(organisation); }
std::string to_yaml(const Team& team) { return yaml_of(team); }
std::string to_yaml(const Domain& domain) { return yaml_of(domain); }
std::string to_yaml(const Account& account) { return yaml_of(account); }
std::string to_yaml(const Access& access) { return yaml_of(access); }
std::string to_yaml(const Standard& standard) { return yaml_of(standard); }

}  // namespace hansa::contract
