#include "service/profile.h"

#include <fmt/format.h>

#include "query/profile.h"
#include "query/rows.h"
#include "service/step/one_port.h"
#include "service/step/plan_view.h"

namespace hansa::service {
namespace {

constexpr std::size_t kAnswerBytesMax = std::size_t{8} << 20;

struct Asked {
  OnePort port;
  std::vector<Column> columns;
  std::string sql;
};

Result<Asked> asked(const Context& context, const View& view, const api::GetProfile& ask) {
  Asked out;
  HANSA_TRY(out.port, one_port(context, view, ask.domain, ask.port));
  HANSA_TRY(const auto columns,
            query::choose_columns(out.port.columns,
                                  out.port.readable ? ask.columns : std::vector<std::string>{}));
  if (columns.size() > query::profile_columns_max)
    return invalid(fmt::format("{} has {} columns, and {} are profiled at once", out.port.ref,
                               columns.size(), query::profile_columns_max),
                   "name some of them");
  for (const Column* column : columns) out.columns.push_back(*column);
  out.sql = query::profile_sql(columns, out.port.table);
  return out;
}

std::optional<std::string> text_at(const Json& row, std::size_t place) {
  const std::string* text = (*row.as_array())[place].as_string();
  return text ? std::optional(*text) : std::nullopt;
}

std::optional<std::uint64_t> count_of(const Json& value) {
  const auto number = value.as_int();
  return number ? std::optional(static_cast<std::uint64_t>(*number)) : std::nullopt;
}

Result<void> add(const Json& row, const Asked& asked, api::Profile& out) {
  const auto* cells = row.as_array();
  if (cells == nullptr || cells->size() != 7) return corrupt("the profile has another form");
  const auto place = count_of((*cells)[0]);
  if (!place || *place >= asked.columns.size()) return corrupt("the profile has another column");
  out.rows = count_of((*cells)[1]).value_or(0);
  api::ColumnProfile& column = out.columns[*place];
  column.nulls = count_of((*cells)[2]).value_or(0);
  column.distinct = count_of((*cells)[3]);
  column.min = text_at(row, 4);
  column.max = text_at(row, 5);
  if (const auto* top = (*cells)[6].as_array())
    for (const Json& each : *top) {
      const Json* value = each.find("value");
      const Json* count = each.find("count");
      if (value && value->as_string() && count)
        column.top.push_back({*value->as_string(), count_of(*count).value_or(0)});
    }
  return {};
}

}  // namespace

Result<api::Profile> get_profile(const Context& context, const Shelves& from, Running& running,
                                 const api::GetProfile& ask) {
  HANSA_TRY(const Asked wanted,
            from.live.read([&](const View& view) { return asked(context, view, ask); }));
  api::Profile out{.port = wanted.port.ref, .snapshot = {}, .columns = {}};
  for (const Column& column : wanted.columns)
    out.columns.push_back(
        {.name = column.name, .type = to_text(column.type), .description = column.description});
  HowToOpen how{.kind = "preview"};
  how.wanted = [&](const Planned& planned) -> Result<bool> {
    HANSA_CHECK(still_readable(wanted.port));
    out.snapshot = state_of(planned.ports.front());
    return true;
  };
  HANSA_TRY(OpenedQuery opened,
            open_query(context, from, running,
                       {.sql = wanted.sql, .parameters = {}, .format = "json"}, how));
  HANSA_TRY(const std::string text, drain(*opened.rows, kAnswerBytesMax));
  HANSA_TRY(const Json rows, parse_json("[" + text + "]"));
  for (const Json& row : *rows.as_array()) HANSA_CHECK(add(row, wanted, out));
  return out;
}

}  // namespace hansa::service
