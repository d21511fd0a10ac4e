// get: lists and single things.
#include <algorithm>

#include "api/access.h"
#include "api/checks.h"
#include "api/deletion.h"
#include "api/deprecation.h"
#include "api/derivation.h"
#include "api/identity.h"
#include "api/product.h"
#include "api/publish.h"
#include "api/query.h"
#include "api/subscription.h"
#include "api/use.h"
#include "base/text.h"
#include "door/cli/asked.h"
#include "door/cli/details.h"
#include "door/cli/events.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"
#include "model/mesh.h"

namespace hansa::cli {
namespace {

// A list of more than this is for machines: they say so with --limit 0.
constexpr std::size_t kItemsDefault = 1'000;

struct Found {
  Json::Array items;
  bool more = false;
};

// What is asked for.
struct Wish {
  std::string name;
  std::string domain, state, port, into, who, kind, after, publish, by;
  std::optional<Time> since;
  bool mine = false;
  bool to_decide = false;
  std::size_t items_max = kItemsDefault;
};

struct Noun {
  std::string_view name;
  std::string_view member;  // that names an item
  std::vector<Shown> columns;
  Outcome<Found> (*list)(Client&, const Wish&);
  // Null: looked for in the list.
  Outcome<Json> (*one)(Client&, const Wish&) = nullptr;
};

template <class Ask, class Answer>
Outcome<Found> pages(Client& client, const api::Route<Ask, Answer>& route, const Ask& ask,
                     const Wish& wish) {
  Found found;
  HANSA_TRY(found.items, client.list(route, ask, wish.items_max, found.more));
  return found;
}

Outcome<Json> one_product(Client& client, const Wish& wish) {
  HANSA_TRY(const auto parts, two_parts(wish.name, "DOMAIN/PRODUCT"));
  return client.call(api::get_product, {.domain = parts.first, .product = parts.second});
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

const std::vector<Noun>& nouns() {
  static const std::vector<Noun> all = [] {
    std::vector<Noun> out;
    for (auto part : {product_nouns(),
                      version_nouns(),
                      {derivations()},
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

// "port" means "ports".
Outcome<const Noun*> noun_of(const std::string& word) {
  for (const Noun& noun : nouns())
    if (noun.name == word || noun.name == word + "s" || (word == "query" && noun.name == "queries"))
      return &noun;
  const auto near = suggestions(word, nouns_to_get(), 1);
  return usage("there are no '" + word + "' to get", near.empty()
                                                         ? "one of " + join(nouns_to_get(), ", ")
                                                         : "did you mean " + near[0] + "?");
}

Outcome<Wish> wish_of(const Words& words, const Noun& noun) {
  Wish wish{.name = words.text("NAME"),
            .domain = words.text("domain"),
            .state = words.text("state"),
            .port = words.text("port"),
            .into = words.text("into"),
            .who = words.text("who"),
            .kind = words.text("kind"),
            .after = words.text("after"),
            .publish = words.text("publish"),
            .by = words.text("by"),
            .since = {},
            .mine = words.has("mine"),
            .to_decide = words.has("to-decide")};
  static const std::vector<std::pair<std::string, std::string>> kFor = {
      {"domain", "products ports derivations deletions"},
      {"state", "access"},
      {"port", "access audit subscriptions"},
      {"into", "mounts"},
      {"who", "audit"},
      {"kind", "audit"},
      {"mine", "access consumers"},
      {"since", "consumers usage"},
      {"by", "usage"},
      {"to-decide", "access"},
      {"after", "events"},
      {"watch", "events"},
      {"publish", "rejects"}};
  for (const auto& [option, served] : kFor)
    if (words.has(option) && !(" " + served + " ").contains(" " + std::string(noun.name) + " "))
      return usage("hansa get " + std::string(noun.name) + " takes no --" + option,
                   "it is for " + served);
  if (noun.name == "audit") wish.items_max = 100;  // The newest ones, as a log is read.
  if (words.has("limit")) {
    const auto limit = parse_int(words.text("limit"));
    if (!limit || *limit < 0)
      return usage("--limit must be a whole number; 0 means all", "for example --limit 50");
    wish.items_max = *limit == 0 ? SIZE_MAX : static_cast<std::size_t>(*limit);
  }
  if (!wish.name.empty() && noun.one == nullptr) wish.items_max = SIZE_MAX;
  return wish;
}

Outcome<Json> look_for(Client& client, const Noun& noun, const Wish& wish) {
  if (noun.one) {
    auto found = noun.one(client, wish);
    if (!found && found.error().error.code == Code::not_found && found.error().error.next.empty())
      found.error().error.next = "hansa get " + std::string(noun.name) + " lists what there is";
    return found;
  }
  HANSA_TRY(const Found found, noun.list(client, wish));
  std::vector<std::string> names;
  for (const Json& item : found.items) {
    names.push_back(text_of(item, noun.member));
    if (names.back() == wish.name) return item;
  }
  const auto near = suggestions(wish.name, names, 1);
  return std::unexpected(Failure(Error{
      Code::not_found,
      "none of the " + std::string(noun.name) + " you may know of is called '" + wish.name + "'",
      near.empty() ? "hansa get " + std::string(noun.name) : "did you mean " + near[0] + "?"}));
}

void say_footer(Session& session, const Noun& noun, const Found& found) {
  if (found.more)
    session.say("there are more than " + std::to_string(found.items.size()) +
                ": give --limit 0 for all");
  else if (found.items.empty()) session.say(nothing_of(noun.name));
  else if (session.console().out_is_terminal()) session.say(counted(found.items.size(), "row"));
}

Done get(Session& session, const Words& words) {
  HANSA_TRY(const Noun* const noun, noun_of(words.text("WHAT")));
  HANSA_TRY(Wish wish, wish_of(words, *noun));
  HANSA_TRY(wish.since, since_of(session, words));
  if (words.has("watch")) return watch_events(session, words);
  HANSA_TRY(Client* const client, session.client());
  static constexpr std::string_view of_a_port[] = {"snapshots", "checks", "rejects", "consumers",
                                                   "usage"};
  const bool names_its_port = std::ranges::find(of_a_port, noun->name) != std::end(of_a_port);
  if (!wish.name.empty() && !names_its_port) {
    HANSA_TRY(const Json item, look_for(*client, *noun, wish));
    return session.settings().format == Format::csv
               ? print_list(session, {item}, noun->columns, noun->member)
               : print_one(session, item, noun->member);
  }
  HANSA_TRY(const Found found, noun->list(*client, wish));
  HANSA_TRY(const api::Exit exit, print_list(session, found.items, noun->columns, noun->member));
  say_footer(session, *noun, found);
  return exit;
}

}  // namespace

std::vector<std::string> nouns_to_get() {
  std::vector<std::string> out;
  for (const Noun& noun : nouns()) out.emplace_back(noun.name);
  return out;
}

Done list_of_access(Session& session, const Words& words) {
  Words more = words;
  more.add("WHAT", "access");
  return get(session, more);
}

void add_find(Verbs& verbs) {
  verbs.push_back(
      {.path = "get",
       .says = "List what there is, or show one thing",
       .examples = {{"Products of one domain", "hansa get products --domain audience"},
                    {"One port with its columns", "hansa get ports audience/daily_plays"},
                    {"What waits for my decision", "hansa get access --to-decide"},
                    {"Changes, as they happen", "hansa get events -w"},
                    {"For a script", "hansa get ports -o name"}},
       .operands =
           {{"WHAT",
             "products, ports, derivations, domains, teams, accounts, access, mounts, deletions, "
             "principals, consumers, usage, subscriptions, snapshots, checks, rejects, queries, "
             "events or audit"},
            {"NAME", "one of them: DOMAIN/PRODUCT, DOMAIN/PORT, r-7, a name", false}},
       .options = {{"--domain", "NAME", "products, ports, derivations and deletions of this one"},
                   {"--state", "STATE", "access: requested, active, rejected, revoked, expired"},
                   {"--mine", "", "access asked by or for me; consumers: what I read"},
                   {"--to-decide", "", "access that waits for my decision"},
                   {"--port", "PORT", "access, subscriptions and audit of this port"},
                   {"--into", "ACCOUNT", "mounts of this account"},
                   {"--who", "NAME", "audit of this principal"},
                   {"--kind", "KIND", "audit of this kind"},
                   {"--after", "COMMIT", "events behind this commit; without it: the last 100"},
                   {"-w,--watch", "", "events as they happen"},
                   {"--since", "TIME", "consumers and usage: from then on; 30d: so long ago"},
                   {"--by", "day|hour", "usage"},
                   {"--publish", "ID", "rejects of this publish"},
                   {"--limit", "N", "at most so many; 0: all"}},
       .outputs = "table wide json yaml csv name",
       .run = get});
}

}  // namespace hansa::cli
