// profile: what a port's columns hold.
#include "api/profile.h"

#include <fmt/format.h>

#include "base/text.h"
#include "door/cli/details.h"
#include "door/cli/ports.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"

namespace hansa::cli {
namespace {

constexpr std::size_t kTopShown = 3;

std::string share(std::uint64_t count, std::uint64_t rows) {
  if (rows == 0 || count == 0) return "0%";
  const double percent = 100.0 * static_cast<double>(count) / static_cast<double>(rows);
  return percent < 0.1 ? "<0.1%" : fmt::format("{:.{}f}%", percent, percent < 10 ? 1 : 0);
}

std::string top_of(const api::ColumnProfile& column, std::uint64_t rows) {
  // Values that occur once each say nothing.
  if (column.top.empty() || column.top.front().count <= 1) return "";
  std::string out;
  for (std::size_t i = 0; i < std::min(column.top.size(), kTopShown); ++i)
    out += fmt::format("{}{} {}", i == 0 ? "" : ", ", column.top[i].value,
                       share(column.top[i].count, rows));
  return out;
}

Done print_table(Session& session, const api::Profile& profile) {
  Table table = session.table({{"COLUMN"},
                               {"TYPE", false, 1},
                               {"NULLS", true},
                               {"DISTINCT", true},
                               {"MIN"},
                               {"MAX"},
                               {"MOST FREQUENT", false, 2}});
  for (const api::ColumnProfile& column : profile.columns)
    HANSA_CHECK(
        table.add({column.name, column.type, share(column.nulls, profile.rows),
                   column.distinct ? std::to_string(*column.distinct) : "", column.min.value_or(""),
                   column.max.value_or(""), top_of(column, profile.rows)}));
  HANSA_CHECK(table.finish());
  session.say(profile.snapshot.empty()
                  ? "nothing was published into it yet"
                  : fmt::format("{} in {}, snapshot {}; of what you may see",
                                counted(profile.rows, "row"), profile.port, profile.snapshot));
  return api::Exit::ok;
}

Done profile(Session& session, const Words& words) {
  const auto ref = parse_port_ref(words.text("PORT"));
  if (!ref) return usage(ref.error().text, "for example: hansa profile audience/daily_plays");
  HANSA_TRY(Client* const client, session.client());
  HANSA_TRY(const Json answer, client->call(api::get_profile, {.domain = ref->domain,
                                                               .port = port_name(*ref),
                                                               .columns = words.all("COLUMN")}));
  HANSA_TRY(const bool written, session.machine(answer));
  if (written) return api::Exit::ok;
  HANSA_TRY(const auto found, read_answer<api::Profile>(answer));
  return print_table(session, found);
}

}  // namespace

void add_profile(Verbs& verbs) {
  verbs.push_back({.path = "profile",
                   .says = "Counts, nulls, ranges and frequent values of a port's columns",
                   .examples = {{"All columns", "hansa profile audience/daily_plays"},
                                {"Two of them", "hansa profile audience/daily_plays day plays"}},
                   .operands = {{"PORT", "DOMAIN/PORT"}, {"COLUMN", "only these", false, true}},
                   .options = {},
                   .outputs = "table json yaml",
                   .run = profile});
}

}  // namespace hansa::cli
