#include "service/step/same_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/text.h"

namespace hansa::service {
namespace {

// A number whose last digits depend on who computed it.
void round_fractions(Json& value) {
  if (auto* number = std::get_if<double>(&value.value())) {
    value = Json(fmt::format("{:.9g}", *number));
  } else if (auto* list = value.as_array()) {
    for (Json& item : *list) round_fractions(item);
  } else if (auto* members = value.as_object()) {
    for (auto& [name, item] : *members) round_fractions(item);
  }
}

Result<std::string> canonical(std::string_view row) {
  HANSA_TRY(Json json, parse_json(row));
  if (!json.is_array()) return corrupt("a row that is no list");
  round_fractions(json);
  return to_text(json);
}

std::string names(const std::vector<std::string>& all) { return join(all, ", "); }

std::string other_columns(const RowsGiven& before, const RowsGiven& after) {
  std::vector<std::string> gone, added;
  const auto has = [](const RowsGiven& rows, const std::string& name) {
    return std::ranges::find(rows.columns, name, &query::Column::name) != rows.columns.end();
  };
  for (const query::Column& column : before.columns)
    if (!has(after, column.name)) gone.push_back(column.name);
  for (const query::Column& column : after.columns)
    if (!has(before, column.name)) added.push_back(column.name);
  if (gone.empty() && added.empty()) return "its columns come in another order";
  return fmt::format("it gives other columns:{}{}{}", gone.empty() ? "" : " without " + names(gone),
                     gone.empty() || added.empty() ? "" : ",",
                     added.empty() ? "" : " with " + names(added));
}

}  // namespace

Result<RowsGiven> rows_given(std::vector<query::Column> columns, Source& source) {
  HANSA_TRY(const std::string text, drain(source, compared_bytes_max));
  RowsGiven out{std::move(columns), {}};
  // Text in JSON holds no line break, so this stands between rows only.
  static constexpr std::string_view kBetween = ",\n";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(kBetween, at), text.size());
    if (out.rows.size() == compared_rows_max)
      return exhausted(fmt::format("more than {} rows", compared_rows_max));
    HANSA_TRY(std::string row, canonical(std::string_view(text).substr(at, end - at)));
    out.rows.push_back(std::move(row));
    at = end + kBetween.size();
  }
  std::ranges::sort(out.rows);
  return out;
}

std::string difference(const RowsGiven& before, const RowsGiven& after,
                       const std::vector<Renamed>& renamed) {
  const auto agree = [&](const query::Column& old, const query::Column& now) {
    return old.name == now.name || std::ranges::any_of(renamed, [&](const Renamed& each) {
             return lower_ascii(each.from) == lower_ascii(old.name) &&
                    lower_ascii(each.to) == lower_ascii(now.name);
           });
  };
  if (!std::ranges::equal(before.columns, after.columns, agree))
    return other_columns(before, after);
  if (before.rows.size() != after.rows.size())
    return after.rows.size() < before.rows.size() ? "it gives fewer rows" : "it gives more rows";
  if (before.rows != after.rows) return "it gives other values";
  return {};
}

}  // namespace hansa::service
