// search: products by words.
#include "api/search.h"

#include <fmt/format.h>

#include "base/text.h"
#include "door/cli/details.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"

namespace hansa::cli {
namespace {

const std::vector<Shown>& columns() {
  static const std::vector<Shown> all = {
      {"PRODUCT", "ref"},
      {"TITLE", "title", Show::text, false, 1},
      {"READ", "read"},
      {"STATUS", "status", Show::text, false, 3},
      {"OWNER", "owner"},
      {"CHANNEL", "channel"},
      {"MATCHED", "why", Show::text, false, 2},
      {"PUBLISHED", "published", Show::time, true},
      {"TAGS", "tags", Show::text, true},
      {"NEXT", "next", Show::text, true},
      {"ABOUT", "about", Show::about, true},
  };
  return all;
}

// "name plays; column user_id".
std::string why(const api::FoundView& found) {
  constexpr std::size_t kReasons = 3;
  std::string out;
  std::size_t said = 0;
  for (const api::MatchView& match : found.matched) {
    const bool named = match.field != "description" && match.text.size() <= 40;
    std::string reason = match.field + " ";
    if (!match.column.empty()) reason += match.column;
    else reason += named ? match.text : join(match.words, ", ");
    if (out.contains(reason)) continue;
    if (++said > kReasons) break;
    out += (out.empty() ? "" : "; ") + reason;
  }
  return out;
}

// What a line shows, beside what the server said.
Json line_of(const Json& item, const api::FoundView& found) {
  Json line = item;
  line.set("read", found.readable ? "yes" : "ask");
  line.set("status", found.deprecated ? "deprecated" : found.status);
  const auto channel = found.channels.empty() ? api::ChannelView{} : found.channels.front();
  line.set("channel", channel.channel.empty() ? channel.url : channel.channel);
  line.set("why", why(found));
  return line;
}

void say_more(Session& session, const api::Found& found, const std::string& words) {
  if (!found.meant.empty())
    session.say(
        fmt::format("nothing has all of '{}'; taken for {}", words, join(found.meant, ", ")));
  if (found.items.empty()) {
    session.say(fmt::format(
        "nothing that you may know of has '{}'; leave a word out, or see what there is: "
        "hansa get products",
        words));
    return;
  }
  if (found.items.size() < found.total) {
    std::string narrow;
    if (found.facets.domains.size() > 1)
      narrow = fmt::format(", or narrow it: --domain {} has {}", found.facets.domains[0].name,
                           found.facets.domains[0].count);
    session.say(fmt::format("the best {} of {}; give --limit for more{}", found.items.size(),
                            counted(found.total, "product"), narrow));
  }
  if (!found.items.front().next.empty())
    session.say(found.items.front().ref + ": " + found.items.front().next);
}

Outcome<api::Search> ask_of(const Words& words) {
  api::Search ask{.q = join(words.all("WORD"), " "),
                  .domain = words.text("domain"),
                  .team = words.text("team"),
                  .visibility = {},
                  .tag = words.text("tag"),
                  .status = words.text("status")};
  if (words.has("open") && words.has("restricted"))
    return usage("--open and --restricted leave nothing", "give one of them");
  if (words.has("open")) ask.visibility = Visibility::open;
  if (words.has("restricted")) ask.visibility = Visibility::restricted;
  if (!words.has("limit")) return ask;
  const auto limit = parse_int(words.text("limit"));
  if (!limit || *limit < 1 || *limit > api::kSearchItemsMax)
    return usage(fmt::format("--limit must be 1 to {}", api::kSearchItemsMax),
                 "for example --limit 50");
  ask.paging.limit = static_cast<std::uint32_t>(*limit);
  return ask;
}

Done search(Session& session, const Words& words) {
  HANSA_TRY(const api::Search ask, ask_of(words));
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::search, ask));
  HANSA_TRY(const api::Found found, read_answer<api::Found>(answer));
  // All of the answer, counts too, where there is room for it.
  if (session.settings().format != Format::csv) {
    HANSA_TRY(const bool printed, session.machine(answer));
    if (printed) return api::Exit::ok;
  }
  Json::Array lines;
  const Json* items = answer.find("items");
  for (std::size_t i = 0; i < found.items.size(); ++i)
    lines.push_back(line_of((*items->as_array())[i], found.items[i]));
  HANSA_TRY(const api::Exit exit, print_list(session, lines, columns(), "ref"));
  say_more(session, found, ask.q);
  return exit;
}

}  // namespace

void add_search(Verbs& verbs) {
  verbs.push_back(
      {.path = "search",
       .says = "Find data products by words: names, columns, descriptions, owners",
       .examples = {{"What has these words", "hansa search airport delay"},
                    {"Of one domain, readable by everybody",
                     "hansa search plays --domain audience --open"},
                    {"A column, as it is typed", "hansa search user_i"},
                    {"With counts of domains, teams, tags", "hansa search payouts -o json"}},
       .operands = {{"WORD", "all must be found; the last may be the beginning of one", true,
                     true}},
       .options = {{"--domain", "NAME", "only of this domain"},
                   {"--team", "NAME", "only of domains of this team"},
                   {"--tag", "TAG", "only with this tag"},
                   {"--status", "STATUS", "only of this one: active, draft, deprecated, ..."},
                   {"--open", "", "only what the whole organisation may read"},
                   {"--restricted", "", "only what has to be asked for"},
                   {"--limit", "N", "at most so many, 1 to 100; 20 if not given"}},
       .outputs = "table wide json yaml csv name",
       .run = search});
}

}  // namespace hansa::cli
