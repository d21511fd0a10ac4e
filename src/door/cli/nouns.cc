#include "door/cli/nouns.h"

#include "api/access.h"
#include "api/checks.h"
#include "api/deletion.h"
#include "api/deprecation.h"
#include "api/derivation.h"
#include "api/identity.h"
#include "api/incident.h"
#include "api/issue.h"
#include "api/product.h"
#include "api/publish.h"
#include "api/query.h"
#include "api/slo.h"
#include "api/standard.h"
#include "api/subscription.h"
#include "api/use.h"
#include "base/text.h"
#include "door/cli/asked.h"
#include "door/cli/events.h"
#include "model/mesh.h"

namespace hansa::cli {
namespace {

template <class Ask, class Answer>
Outcome<Found> pages(Client& client, const api::Route<Ask, Answer>& route, const Ask& ask,
                     const Wish& wish) {
  Found found;
  HANSA_TRY(found.items, client.list(route, ask, wish.items_max, found.more));
  return found;
}

Outcome<Json> one_product(Client& client, const Wish& wish) {
  HANSA_TRY(const auto parts, two_parts(wish.name, "DOMAIN/PRODUCT"));
  HANSA_TRY(Json product,
            client.call(api::get_product, {.domain = parts.first, .product = parts.second}));
  const auto maturity =
      client.call(api::get_maturity, {.domain = parts.first, .product = parts.second});
  // Gone meanwhile: then it has none.
  if (maturity)
    for (const auto& [member, name] : {std::pair{"score", "maturity"}, {"next", "next_step"}})
      if (const Json* value = look(*maturity, member)) product.set(name, *value);
  return product;
}

Outcome<Json> one_port(Client& client, const Wish& wish) {
  HANSA_TRY(const auto parts, two_parts(wish.name, "DOMAIN/PORT"));
  return client.call(api::get_port, {.domain = parts.first, .port = parts.second});
}

// Of nouns that lie in a port.
Outcome<std::pair<std::string, std::string>> port_for(const std::string& noun, const Wish& wish) {
  if (wish.name.empty())
    return usage("hansa get " + noun + " needs a port",
                 "for example: hansa get " + noun + " shows/episodes");
  return two_parts(wish.name, "DOMAIN/PORT");
}

Outcome<Found> snapshots(Client& client, const Wish& wish) {
  HANSA_TRY(const auto parts, port_for("snapshots", wish));
  return pages(client, api::list_snapshots, {.domain = parts.first, .port = parts.second}, wish);
}

Outcome<Found> check_runs(Client& client, const Wish& wish) {
  if (wish.name.empty())
    return usage("hansa get checks needs a port", "for example: hansa get checks shows/episodes");
  HANSA_TRY(const auto parts, two_parts(wish.name, "DOMAIN/PORT"));
  return pages(client, api::list_checks, {.domain = parts.first, .port = parts.second}, wish);
}

Outcome<Found> rejects(Client& client, const Wish& wish) {
  if (wish.name.empty() || wish.publish.empty())
    return usage("hansa get rejects needs a port and --publish, the id of a publish",
                 "for example: hansa get rejects shows/reviews --publish 01K...");
  return pages(client, api::list_rejects, {.publish = wish.publish, .port = wish.name}, wish);
}

Outcome<Found> consumers(Client& client, const Wish& wish) {
  HANSA_TRY(const auto parts, port_for("consumers", wish));
  return pages(
      client, api::list_consumers,
      {.domain = parts.first, .port = parts.second, .since = wish.since, .mine = wish.mine}, wish);
}

Outcome<Found> usage_of(Client& client, const Wish& wish) {
  HANSA_TRY(const auto parts, port_for("usage", wish));
  if (!wish.by.empty() && wish.by != "day" && wish.by != "hour")
    return usage("--by is day or hour", "for example: hansa get usage shows/episodes --by hour");
  return pages(client, api::get_usage,
               {.domain = parts.first,
                .port = parts.second,
                .since = wish.since,
                .hourly = wish.by == "hour"},
               wish);
}

// "owner, slo", with "!" where it blocks.
std::string required_by(const Json& standard) {
  std::vector<std::string> rules;
  if (const Json* all = look(standard, "requirements"); all != nullptr && all->as_array())
    for (const Json& each : *all->as_array())
      rules.push_back(text_of(each, "rule") + (text_of(each, "severity") == "block" ? "!" : ""));
  return join(rules, ", ");
}

std::vector<Noun> use_nouns() {
  return {{"subscriptions",
           "id",
           {{"PORT", "port"},
            {"SUBSCRIBER", "subscriber"},
            {"PINNED", "pinned", Show::flag, false, 1},
            {"SINCE", "at", Show::time},
            {"BY", "by", Show::text, true},
            {"PURPOSE", "purpose"},
            {"ID", "id"}},
           [](Client& client, const Wish& wish) {
             return pages(client, api::list_subscriptions, {.port = wish.port}, wish);
           }},
          {"consumers",
           "who",
           {{"WHO", "who"},
            {"KIND", "kind", Show::text, true},
            {"TEAMS", "teams", Show::text, false, 1},
            {"VERSION", "port"},
            {"COLUMNS", "columns"},
            {"DECLARED", "declared", Show::flag},
            {"READS", "reads", Show::number},
            {"FIRST", "first", Show::time, true},
            {"LAST", "last", Show::time},
            {"MAKES", "makes", Show::text, false, 2},
            {"CLIENT", "client", Show::text, true}},
           consumers},
          {"usage",
           "at",
           {{"FROM", "at"},
            {"VERSION", "port"},
            {"READS", "reads", Show::number},
            {"READERS", "readers", Show::number}},
           usage_of}};
}

std::vector<Noun> product_nouns() {
  return {
      {"products",
       "ref",
       {{"PRODUCT", "ref"},
        {"TITLE", "title"},
        {"VISIBILITY", "visibility"},
        {"STATUS", "status", Show::text, true},
        {"OWNER", "owner", Show::text, false, 1},
        {"ACCOUNT", "account", Show::text, true},
        {"VERSION", "version", Show::text, true},
        {"ABOUT", "description", Show::about}},
       [](Client& client, const Wish& wish) {
         return pages(client, api::list_products, {.domain = wish.domain}, wish);
       },
       one_product},
      {"ports",
       "ref",
       {{"PORT", "ref"},
        {"VISIBILITY", "visibility", Show::text, false, 1},
        {"READABLE", "readable", Show::flag},
        {"ROWS", "data.rows", Show::number},
        {"SIZE", "data.bytes", Show::bytes},
        {"CHANGED", "data.at", Show::time},
        {"SLO", "slo", Show::text, true},
        {"OWNER", "owner", Show::text, false, 2},
        {"PRODUCT", "product", Show::text, true},
        {"VERSION", "version", Show::text, true},
        {"SNAPSHOT", "data.snapshot", Show::text, true},
        {"ABOUT", "description", Show::about, false, 3}},
       [](Client& client, const Wish& wish) {
         return pages(client, api::list_ports, {.domain = wish.domain}, wish);
       },
       one_port},
  };
}

std::vector<Noun> standard_nouns() {
  return {
      {"standards",
       "name",
       {{"STANDARD", "name"},
        {"DOMAINS", "domains"},
        {"VISIBILITY", "visibility", Show::text, true},
        {"TAGS", "tags", Show::text, false, 2},
        {"REQUIRES", "requires"},
        {"TITLE", "title", Show::text, false, 1}},
       [](Client& client, const Wish& wish) -> Outcome<Found> {
         HANSA_TRY(Found found, pages(client, api::list_standards, {}, wish));
         for (Json& item : found.items) item.set("requires", required_by(item));
         return found;
       },
       [](Client& client, const Wish& wish) {
         return client.call(api::get_standard, {.name = wish.name});
       }},
      {"maturity",
       "name",
       {{"NAME", "name"},
        {"SCORE", "score", Show::number},
        {"PRODUCTS", "products", Show::number, true},
        {"MISSING", "missing", Show::number},
        {"NEXT", "next", Show::text, false, 1}},
       [](Client& client, const Wish& wish) -> Outcome<Found> {
         if (!wish.by.empty() && wish.by != "product" && wish.by != "domain")
           return usage("--by is product or domain", "for example: hansa get maturity --by domain");
         return pages(client, api::list_maturity, {.domain = wish.domain, .kind = wish.by}, wish);
       },
       [](Client& client, const Wish& wish) -> Outcome<Json> {
         if (!wish.name.contains('/'))
           return client.call(api::get_domain_maturity, {.domain = wish.name});
         HANSA_TRY(const auto parts, two_parts(wish.name, "DOMAIN/PRODUCT"));
         return client.call(api::get_maturity, {.domain = parts.first, .product = parts.second});
       }}};
}

Noun slo() {
  return {"slo",
          "port",
          {{"PORT", "port"},
           {"STATE", "state"},
           {"DUE", "due", Show::time},
           {"DATA", "data_at", Show::time},
           {"BECAUSE OF", "cause", Show::text, false, 1},
           {"OWNER", "owner", Show::text, false, 2}},
          [](Client& client, const Wish& wish) {
            return pages(client, api::list_slo, {.domain = wish.domain, .state = wish.state}, wish);
          },
          [](Client& client, const Wish& wish) -> Outcome<Json> {
            HANSA_TRY(const auto parts, two_parts(wish.name, "DOMAIN/PORT"));
            return client.call(api::get_slo, {.domain = parts.first, .port = parts.second});
          }};
}

std::vector<Noun> talk_nouns() {
  return {{"issues",
           "id",
           {{"PRODUCT", "product"},
            {"KIND", "kind"},
            {"STATE", "state"},
            {"ASKERS", "askers", Show::number},
            {"READERS", "readers", Show::number, false, 2},
            {"ASKED", "at", Show::time, true},
            {"TEXT", "text"},
            {"REPLY", "reply", Show::text, false, 1},
            {"ID", "id"}},
           [](Client& client, const Wish& wish) {
             return pages(client, api::list_issues,
                          {.product = wish.product, .state = wish.state, .mine = wish.mine}, wish);
           },
           [](Client& client, const Wish& wish) {
             return client.call(api::get_issue, {.id = wish.name});
           }},
          {"incidents",
           "id",
           {{"PORT", "port"},
            {"STATE", "state"},
            {"SINCE", "began", Show::time},
            {"EXPECTED", "expected", Show::time},
            {"OWNER", "owner", Show::text, false, 1},
            {"CAUSE", "cause", Show::text, true},
            {"TEXT", "text"},
            {"ID", "id"}},
           [](Client& client, const Wish& wish) {
             return pages(client, api::list_incidents, {.port = wish.port, .state = wish.state},
                          wish);
           },
           [](Client& client, const Wish& wish) {
             return client.call(api::get_incident, {.id = wish.name});
           }}};
}

std::vector<Noun> version_nouns() {
  return {{"deprecations",
           "port",
           {{"PORT", "port"},
            {"USE", "use"},
            {"STATE", "state"},
            {"READ UNTIL", "last_day", Show::time},
            {"TOLD", "told", Show::number},
            {"MOVED", "moved", Show::number},
            {"READING", "reading", Show::number},
            {"OWNER", "owner", Show::text, true},
            {"WHY", "why", Show::text, false, 1}},
           [](Client& client, const Wish& wish) {
             return pages(client, api::list_deprecations, {.domain = wish.domain}, wish);
           }},
          {"notices",
           "version.port",
           {{"PORT", "version.port"},
            {"FOR", "version.consumers.who"},
            {"USE", "version.use"},
            {"STATE", "version.state"},
            {"READ UNTIL", "version.last_day", Show::time},
            {"CHANGES FOR YOU", "changes"},
            {"OWNER", "version.owner", Show::text, true},
            {"WHY", "version.why", Show::text, false, 1}},
           [](Client& client, const Wish& wish) {
             return pages(client, api::list_notices, {.domain = wish.domain}, wish);
           }}};
}

Noun derivations() {
  return {"derivations",
          "port",
          {{"PORT", "port"},
           {"KIND", "kind"},
           {"STATE", "state"},
           {"STOPPED", "stopped", Show::text, false, 1},
           {"MADE", "ran_at", Show::time},
           {"AS", "as"},
           {"CLASSIFICATION", "classification", Show::text, true},
           {"SECONDS", "every_seconds", Show::number, true},
           {"SNAPSHOT", "snapshot", Show::text, true}},
          [](Client& client, const Wish& wish) {
            return pages(client, api::list_derivations, {.domain = wish.domain}, wish);
          },
          [](Client& client, const Wish& wish) -> Outcome<Json> {
            HANSA_TRY(const auto parts, two_parts(wish.name, "DOMAIN/PORT"));
            return client.call(api::get_derivation, {.domain = parts.first, .port = parts.second});
          }};
}

std::vector<Noun> owner_nouns() {
  return {
      {"domains",
       "name",
       {{"DOMAIN", "name"},
        {"TITLE", "title", Show::text, true},
        {"OWNER", "owner", Show::text, false, 1},
        {"VISIBILITY", "visibility"},
        {"PRODUCTS", "products", Show::number},
        {"STEWARDS", "stewards"},
        {"ACCOUNTS", "accounts", Show::text, false, 2},
        {"ABOUT", "description", Show::about}},
       [](Client& client, const Wish& wish) { return pages(client, api::list_domains, {}, wish); }},
      {"teams",
       "name",
       {{"TEAM", "name"},
        {"TITLE", "title", Show::text, true},
        {"DOMAINS", "domains"},
        {"MEMBERS", "members"},
        {"ABOUT", "description", Show::about}},
       [](Client& client, const Wish& wish) { return pages(client, api::list_teams, {}, wish); }},
      {"accounts",
       "name",
       {{"ACCOUNT", "name"},
        {"DOMAIN", "domain"},
        {"OWNER", "owner"},
        {"BUCKET", "bucket"},
        {"CATALOG", "catalog"},
        {"QUOTA", "quota_bytes", Show::bytes, true}},
       [](Client& client, const Wish& wish) {
         return pages(client, api::list_accounts, {}, wish);
       }},
      {"mounts",
       "id",
       {{"ACCOUNT", "into"},
        {"AS", "as"},
        {"KIND", "kind"},
        {"TARGET", "target"},
        {"ENDED", "ended", Show::text, false, 1},
        {"ID", "id", Show::text, true}},
       [](Client& client, const Wish& wish) {
         return pages(client, api::list_mounts, {.into = wish.into}, wish);
       }},
      {"deletions",
       "id",
       {{"KIND", "kind"},
        {"NAME", "name"},
        {"DELETED", "at", Show::time},
        {"BY", "by"},
        {"WHY", "why"},
        {"COMMIT", "seq", Show::number, true},
        {"ID", "id", Show::text, true}},
       [](Client& client, const Wish& wish) {
         return pages(client, api::list_deletions, {.domain = wish.domain}, wish);
       }},
  };
}

std::vector<Noun> people_nouns() {
  return {
      {"access",
       "number",
       {{"NUMBER", "number"},
        {"PORT", "port"},
        {"FOR", "grantee"},
        {"STATE", "state"},
        {"ASKED", "requested_at", Show::time, false, 1},
        {"BY", "requested_by", Show::text, true},
        {"UNTIL", "until", Show::time, false, 2},
        {"STEWARDS", "stewards", Show::text, true},
        {"COLUMNS", "scope.columns", Show::text, true},
        {"ROWS", "scope.filter", Show::text, true},
        {"PURPOSE", "purpose"}},
       [](Client& client, const Wish& wish) {
         return pages(client, api::list_access,
                      {.state = wish.state,
                       .port = wish.port,
                       .mine = wish.mine,
                       .to_decide = wish.to_decide},
                      wish);
       },
       [](Client& client, const Wish& wish) {
         return client.call(api::get_access, {.number = wish.name});
       }},
      {"principals",
       "name",
       {{"NAME", "name"},
        {"KIND", "kind"},
        {"TITLE", "title"},
        {"MEMBER", "member", Show::flag},
        {"ADMIN", "administrator", Show::flag},
        {"DISABLED", "disabled", Show::flag, false, 1},
        {"IN", "belongs_to"},
        {"TEAM", "team", Show::text, true}},
       [](Client& client, const Wish& wish) {
         return pages(client, api::list_principals, {}, wish);
       }},
  };
}

std::vector<Noun> publish_nouns() {
  return {
      {"snapshots",
       "snapshot",
       {{"SNAPSHOT", "snapshot"},
        {"CURRENT", "current", Show::flag},
        {"MADE", "at", Show::time},
        {"BY", "by", Show::text, false, 1},
        {"HOW", "operation"},
        {"ROWS", "rows", Show::number},
        {"SIZE", "bytes", Show::bytes},
        {"FILES", "files", Show::number, false, 3},
        {"FROM", "made_by", Show::text, false, 2},
        {"COMMIT", "seq", Show::number, true}},
       snapshots},
      {"checks",
       "publish",
       {{"WHEN", "at", Show::time},
        {"SNAPSHOT", "snapshot"},
        {"REFUSED", "refused", Show::flag},
        {"PASSED", "passed", Show::number},
        {"FAILED", "failed", Show::number},
        {"WARNED", "warned", Show::number},
        {"NOT RUN", "not_run", Show::number, false, 1},
        {"WHAT", "says", Show::text, false, 2},
        {"BY", "by", Show::text, true},
        {"ROWS", "rows", Show::number, true},
        {"PUBLISH", "publish", Show::text, true}},
       check_runs},
      {"rejects",
       "line",
       {{"FILE", "file", Show::number, true},
        {"LINE", "line", Show::number},
        {"TO", "last_line", Show::number, true},
        {"COLUMN", "column"},
        {"REASON", "reason"},
        {"TEXT", "text", Show::text, false, 1}},
       rejects},
  };
}

std::vector<Noun> event_nouns() {
  return {
      {"queries",
       "id",
       {{"QUERY", "id"},
        {"STATE", "state"},
        {"STARTED", "started", Show::time},
        {"DONE", "progress", Show::number, false, 2},
        {"ROWS", "rows", Show::number},
        {"SCANNED", "bytes_scanned", Show::bytes, false, 1},
        {"PORTS", "ports"}},
       [](Client& client, const Wish& wish) { return pages(client, api::list_queries, {}, wish); },
       [](Client& client, const Wish& wish) {
         return client.call(api::get_query, {.id = wish.name});
       }},
      {"events",
       "id",
       {{"COMMIT", "seq", Show::number},
        {"WHEN", "time", Show::time},
        {"WHAT", "type"},
        {"ON", "subject"},
        {"BY", "actor", Show::text, false, 1},
        {"ID", "id", Show::text, true},
        {"DATA", "data", Show::text, true}},
       [](Client& client, const Wish& wish) -> Outcome<Found> {
         Found found;
         HANSA_TRY(found.items, list_of_events(client, wish.after, wish.items_max, found.more));
         return found;
       }},
      {"audit",
       "number",
       {{"NUMBER", "number", Show::number},
        {"WHEN", "at", Show::time},
        {"WHO", "who"},
        {"WHAT", "kind"},
        {"ON", "subject"},
        {"OUTCOME", "details.outcome", Show::text, false, 1},
        {"COMMIT", "seq", Show::number, true},
        {"DETAILS", "details", Show::text, true}},
       [](Client& client, const Wish& wish) {
         return pages(client, api::list_audit,
                      {.who = wish.who, .port = wish.port, .kind = wish.kind}, wish);
       }},
  };
}

}  // namespace

const std::vector<Noun>& nouns() {
  static const std::vector<Noun> all = [] {
    std::vector<Noun> out;
    for (auto part : {product_nouns(),
                      version_nouns(),
                      {derivations()},
                      {slo()},
                      standard_nouns(),
                      talk_nouns(),
                      owner_nouns(),
                      people_nouns(),
                      use_nouns(),
                      publish_nouns(),
                      event_nouns()})
      std::ranges::move(part, std::back_inserter(out));
    return out;
  }();
  return all;
}

}  // namespace hansa::cli
