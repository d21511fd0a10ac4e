// get: lists and single things.
#include <algorithm>

#include "base/text.h"
#include "door/cli/asked.h"
#include "door/cli/details.h"
#include "door/cli/events.h"
#include "door/cli/nouns.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"

namespace hansa::cli {
namespace {

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
            .product = words.text("product"),
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
      {"domain", "products ports derivations deletions deprecations notices slo maturity"},
      {"product", "issues"},
      {"state", "access slo issues incidents"},
      {"port", "access audit subscriptions incidents"},
      {"into", "mounts"},
      {"who", "audit"},
      {"kind", "audit"},
      {"mine", "access consumers issues"},
      {"since", "consumers usage"},
      {"by", "usage maturity"},
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
       .operands = {{"WHAT", join(nouns_to_get(), ", ")},
                    {"NAME", "one of them: DOMAIN/PRODUCT, DOMAIN/PORT, r-7, a name", false}},
       .options =
           {{"--domain", "NAME",
             "products, ports, derivations, deletions, deprecations, notices, slo and maturity of "
             "this one"},
            {"--product", "PRODUCT", "issues of this one, what its users need most first"},
            {"--state", "STATE",
             "access: requested, active, rejected, revoked, expired; slo: late, at_risk, ...; "
             "issues and incidents: open, ..."},
            {"--mine", "",
             "access asked by or for me; consumers: what I read; issues: that I ask for"},
            {"--to-decide", "", "access that waits for my decision"},
            {"--port", "PORT", "access, subscriptions, incidents and audit of this port"},
            {"--into", "ACCOUNT", "mounts of this account"},
            {"--who", "NAME", "audit of this principal"},
            {"--kind", "KIND", "audit of this kind"},
            {"--after", "COMMIT", "events behind this commit; without it: the last 100"},
            {"-w,--watch", "", "events as they happen"},
            {"--since", "TIME", "consumers and usage: from then on; 30d: so long ago"},
            {"--by", "WHAT", "usage: day or hour; maturity: product or domain"},
            {"--publish", "ID", "rejects of this publish"},
            {"--limit", "N", "at most so many; 0: all"}},
       .outputs = "table wide json yaml csv name",
       .run = get});
}

}  // namespace hansa::cli
