// quarantine: what failed the checks of its contract, and what becomes of it.
#include "api/quarantine.h"

#include <fmt/format.h>

#include "base/text.h"
#include "door/cli/details.h"
#include "door/cli/result.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"
#include "door/cli/version_words.h"

namespace hansa::cli {
namespace {

Done ls(Session& session, const Words& words) {
  const Named port = named(words);
  HANSA_TRY(Client* const client, session.client());
  bool more = false;
  HANSA_TRY(const Json::Array items,
            client->list(api::list_held, {.domain = port.domain, .port = port.port, .paging = {}},
                         SIZE_MAX, more));
  if (items.empty()) session.say(nothing_of("batches"));
  return print_list(session, items,
                    {{"BATCH", "publish"},
                     {"WHEN", "at", Show::time},
                     {"BY", "by"},
                     {"MODE", "mode"},
                     {"ROWS", "rows", Show::number},
                     {"SIZE", "bytes", Show::bytes},
                     {"FAILED", "failed", Show::number},
                     {"SAYS", "says", Show::text, false, 1},
                     {"UNTIL", "until", Show::time, true}},
                    "publish");
}

Done show(Session& session, const Words& words) {
  const Named port = named(words);
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::get_held, {.domain = port.domain,
                                                            .port = port.port,
                                                            .publish = words.text("BATCH")}));
  HANSA_TRY(const bool written, session.machine(answer));
  if (written) return api::Exit::ok;
  HANSA_CHECK(print_one(session, answer, "publish"));
  session.say(
      fmt::format("look into it: hansa quarantine query {0} {1} \"select ...\"; then hansa "
                  "quarantine release {0} {1}, or drop",
                  words.text("PORT"), words.text("BATCH")));
  return api::Exit::ok;
}

Done query(Session& session, const Words& words) {
  const Named port = named(words);
  api::QueryHeld ask{.domain = port.domain,
                     .port = port.port,
                     .publish = words.text("BATCH"),
                     .sql = words.text("SQL")};
  const Format format = session.settings().format;
  const bool bytes = format == Format::csv || format == Format::parquet;
  if (bytes) ask.format = std::string(name_of(format));
  Json json = to_json(ask);
  const std::string address = api::address_of(api::query_held.method, api::query_held.path, json);
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(Destination out, Destination::open(session.console(), {}));
  Call call{.method = api::query_held.method, .body = to_text(json), .timeout = Seconds(0)};
  return bytes ? pass_rows(session, *client, std::move(call), address, out)
               : print_rows(session, *client, std::move(call), address, out);
}

Done release(Session& session, const Words& words) {
  if (words.has("why") && !words.has("override"))
    return usage("--why is for --override", "leave it out, or say both");
  const Named port = named(words);
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->wait(api::release_held, {.domain = port.domain,
                                                                .port = port.port,
                                                                .publish = words.text("BATCH"),
                                                                .override_ = words.has("override"),
                                                                .why = words.text("why"),
                                                                .replace = words.has("replace")}));
  HANSA_TRY(const api::Published done, read_answer<api::Published>(answer));
  return session.acted(
      answer,
      done.repeated
          ? fmt::format("It was released before: snapshot {} of {}.", done.snapshot, done.port)
          : fmt::format("Published to {}: {}{}, {} in all. Snapshot {}.", done.port,
                        counted(done.added_rows, "row"),
                        done.replaced_rows > 0
                            ? fmt::format(" replaced {}", counted(done.replaced_rows, "row"))
                            : "",
                        counted(done.rows, "row"), done.snapshot),
      "what was checked: hansa get checks " + words.text("PORT"));
}

Done drop(Session& session, const Words& words) {
  const Named port = named(words);
  HANSA_TRY(const bool sure, session.confirm("Throw the batch away for good?", "--yes"));
  if (!sure) {
    session.say("nothing was dropped");
    return api::Exit::failed;
  }
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::drop_held, {.domain = port.domain,
                                                             .port = port.port,
                                                             .publish = words.text("BATCH")}));
  return session.acted(
      answer, fmt::format("Dropped {}; its files go with the next sweep.", words.text("BATCH")));
}

}  // namespace

void add_quarantine(Verbs& verbs) {
  const Operand port{"PORT", "DOMAIN/PORT, or DOMAIN/PORT@2"};
  const Operand batch{"BATCH", "its id: hansa quarantine ls PORT"};
  verbs.push_back({.path = "quarantine ls",
                   .says = "List data that failed its checks and was kept aside",
                   .examples = {{"Of a port", "hansa quarantine ls shows/reviews"}},
                   .operands = {port},
                   .options = {},
                   .outputs = "table wide json yaml csv name",
                   .run = ls});
  verbs.push_back(
      {.path = "quarantine show",
       .says = "Show one batch and the checks that failed",
       .examples = {{"One", "hansa quarantine show shows/reviews 01K0000000000000000000000A"}},
       .operands = {port, batch},
       .options = {},
       .outputs = "table json yaml",
       .run = show});
  verbs.push_back(
      {.path = "quarantine query",
       .says = "Look into a batch: SQL that reads it where it names the port",
       .examples = {{"The rows that are wrong",
                     "hansa quarantine query shows/reviews 01K0000000000000000000000A \"from "
                     "shows.reviews where stars > 5\""}},
       .operands = {port, batch, {"SQL", "one SELECT"}},
       .options = {},
       .outputs = "table json yaml csv parquet",
       .run = query});
  verbs.push_back(
      {.path = "quarantine release",
       .says = "Publish a batch that passes its contract by now",
       .examples =
           {{"After the contract was corrected",
             "hansa quarantine release shows/reviews 01K0000000000000000000000A"},
            {"Although it fails",
             "hansa quarantine release shows/reviews 01K0000000000000000000000A --override --why "
             "\"the source is closed on Sundays\""}},
       .operands = {port, batch},
       .options = {{"--override", "", "although checks fail; its readers are told"},
                   {"--why", "TEXT", "with --override: everybody who read the port reads it"},
                   {"--replace", "", "of an overwrite: also rows that came after it was held"}},
       .outputs = "table json yaml",
       .run = release});
  verbs.push_back(
      {.path = "quarantine drop",
       .says = "Throw a batch away",
       .examples = {{"From a job",
                     "hansa quarantine drop shows/reviews 01K0000000000000000000000A --yes"}},
       .operands = {port, batch},
       .options = {},
       .outputs = "table json yaml",
       .run = drop});
}

}  // namespace hansa::cli
