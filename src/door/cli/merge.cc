#include "door/cli/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace hansa::cli {
namespace {

// Past this, the next mistake is the same as the ones before.
constexpr std::size_t kMisfitsShown = 10;
// How Hive spells null in a folder's name.
constexpr std::string_view kHiveNull = "__HIVE_DEFAULT_PARTITION__";

bool is_pair(TypeKind a, TypeKind b, TypeKind narrow, TypeKind wide) {
  return (a == narrow && b == wide) || (a == wide && b == narrow);
}

class Merger {
 public:
  explicit Merger(std::string_view file) : file_(file) {}

  void columns(std::vector<Column>& into, const std::vector<Column>& other,
               const std::string& above) {
    for (Column& column : into)
      if (std::ranges::find(other, column.name, &Column::name) == other.end())
        column.required = false;
    for (const Column& column : other) {
      const auto found = std::ranges::find(into, column.name, &Column::name);
      if (found == into.end()) {
        into.push_back(column);
        into.back().required = false;
      } else {
        one(*found, column, above + column.name);
      }
    }
  }

  std::vector<std::string> misfits;

 private:
  void one(Column& into, const Column& other, const std::string& path) {
    into.required = into.required && other.required;
    Type& type = into.type;
    if (type.kind == other.type.kind && type.kind == TypeKind::structure) {
      columns(type.fields, other.type.fields, path + ".");
    } else if (type.kind == other.type.kind && is_nested(type.kind) &&
               type.fields.size() == other.type.fields.size()) {
      for (std::size_t i = 0; i < type.fields.size(); ++i)
        one(type.fields[i], other.type.fields[i], path + "." + type.fields[i].name);
    } else if (const auto wider = widened(type, other.type)) {
      type = *wider;
    } else {
      misfits.push_back(fmt::format("{}: column {} is {}, in the files before it is {}", file_,
                                    path, to_text(other.type), to_text(type)));
    }
  }

  static std::optional<Type> widened(const Type& a, const Type& b) {
    if (a == b) return a;
    if (is_pair(a.kind, b.kind, TypeKind::int32, TypeKind::int64))
      return Type{.kind = TypeKind::int64};
    if (is_pair(a.kind, b.kind, TypeKind::float32, TypeKind::float64))
      return Type{.kind = TypeKind::float64};
    const bool decimals =
        a.kind == TypeKind::decimal && b.kind == TypeKind::decimal && a.scale == b.scale;
    if (decimals) return a.precision > b.precision ? a : b;
    return std::nullopt;
  }

  std::string_view file_;
};

// The narrowest type that holds all values: whole numbers, dates, else text.
Column partition_column(const std::string& name, const std::vector<std::string>& values) {
  const auto all = [&](auto holds) {
    bool any = false;
    for (const std::string& value : values) {
      if (value == kHiveNull) continue;
      any = true;
      if (!holds(value)) return false;
    }
    return any;
  };
  Column column{.name = name};
  // "007" is a code, not seven.
  const auto whole = [](const std::string& value) {
    const auto number = parse_int(value);
    return number && std::to_string(*number) == value;
  };
  const auto date = [](const std::string& value) {
    return value.size() == 10 && parse_time(value).has_value();
  };
  if (all(whole)) column.type.kind = TypeKind::int64;
  else if (all(date)) column.type.kind = TypeKind::date;
  column.required = std::ranges::find(values, kHiveNull) == values.end();
  return column;
}

std::vector<std::string> keys_of(std::string_view path) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : partitions_of(path)) keys.push_back(key);
  return keys;
}

Result<void> add_partitions(Merged& merged, const std::vector<std::string>& paths) {
  const auto keys = keys_of(paths.front());
  for (const std::string& path : paths)
    if (keys_of(path) != keys)
      return invalid(fmt::format("{} lies in other folders than {}: [{}] and [{}]", path,
                                 paths.front(), join(keys_of(path), ", "), join(keys, ", ")),
                     "name each folder by the same keys, or make a product of each");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    merged.partitions.push_back(keys[i]);
    // A column that the files hold themselves is read from them.
    if (std::ranges::find(merged.schema.columns, keys[i], &Column::name) !=
        merged.schema.columns.end())
      continue;
    std::vector<std::string> values;
    for (const std::string& path : paths) values.push_back(partitions_of(path)[i].second);
    merged.schema.columns.push_back(partition_column(keys[i], values));
  }
  return {};
}

}  // namespace

std::vector<std::pair<std::string, std::string>> partitions_of(std::string_view path) {
  std::vector<std::pair<std::string, std::string>> out;
  auto parts = split(path, '/');
  parts.pop_back();  // the file
  for (const std::string_view part : parts) {
    const auto equals = part.find('=');
    if (equals == 0 || equals == std::string_view::npos) continue;
    auto value = percent_decode(part.substr(equals + 1));
    out.emplace_back(part.substr(0, equals), value ? *value : std::string(part.substr(equals + 1)));
  }
  return out;
}

Result<Merged> merge_files(const std::vector<Footer>& footers,
                           const std::vector<std::string>& paths) {
  HANSA_ASSERT(!footers.empty() && footers.size() == paths.size());
  Merged merged{.schema = footers.front().schema};
  std::vector<std::string> misfits;
  for (std::size_t i = 0; i < footers.size(); ++i) {
    merged.rows += footers[i].rows;
    merged.bytes += footers[i].bytes;
    if (i == 0) continue;
    Merger merger(paths[i]);
    merger.columns(merged.schema.columns, footers[i].schema.columns, "");
    std::ranges::move(merger.misfits, std::back_inserter(misfits));
  }
  if (misfits.size() > kMisfitsShown) {
    const std::size_t more = misfits.size() - kMisfitsShown;
    misfits.resize(kMisfitsShown);
    misfits.push_back(fmt::format("and {} more", more));
  }
  if (!misfits.empty())
    return invalid("these files are not one table:\n  " + join(misfits, "\n  "),
                   "make a product of each kind: hansa init FILE");
  HANSA_CHECK(add_partitions(merged, paths));
  return merged;
}

}  // namespace hansa::cli
