#include "door/cli/details.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "door/cli/csv.h"
#include "door/cli/width.h"

namespace hansa::cli {
namespace {

// Long texts that have a form of their own: -o json or yaml shows them.
constexpr std::string_view kNotShown[] = {"manifest"};

// Inner lists of which people want to know less than there is; a list without an entry shows all.
const std::vector<Shown>* inner_columns(std::string_view list) {
  static const std::vector<Shown> ports{{"ref", "ref"},
                                        {"readable", "readable", Show::flag},
                                        {"rows", "data.rows", Show::number},
                                        {"size", "data.bytes", Show::bytes},
                                        {"changed", "data.at", Show::time}};
  return list == "ports" ? &ports : nullptr;
}

std::string joined(const Json::Array& items) {
  std::vector<std::string> words;
  for (const Json& item : items) words.push_back(plain(&item));
  return join(words, ", ");
}

std::string joined(const Json::Object& members) {
  std::vector<std::string> words;
  for (const auto& [name, value] : members) words.push_back(name + "=" + plain(&value));
  return join(words, ", ");
}

bool is_empty(const Json& value) {
  if (const auto* text = value.as_string()) return text->empty();
  if (const auto* items = value.as_array()) return items->empty();
  if (const auto* members = value.as_object()) return members->empty();
  return value.is_null();
}

bool is_list_of_objects(const Json& value) {
  const auto* items = value.as_array();
  return items && !items->empty() && items->front().is_object();
}

Show guess(std::string_view member, const Json& value) {
  if (member == "bytes" || member.ends_with("_bytes") || member.ends_with(".bytes"))
    return Show::bytes;
  if (const auto* text = value.as_string(); text && text->size() >= 20 && parse_time(*text))
    return Show::time;
  return value.is_bool() ? Show::flag : Show::text;
}

Result<void> print_csv(Session& session, const Json::Array& items,
                       const std::vector<Shown>& columns) {
  std::string out;
  const auto end_line = [&] { out.back() = '\n'; };
  for (const Shown& column : columns) out += csv_field(column.member) + ",";
  end_line();
  for (const Json& item : items) {
    for (const Shown& column : columns) out += csv_field(plain(look(item, column.member))) + ",";
    end_line();
  }
  return session.out(session.console().out_is_terminal() ? visible_lines(out) : out);
}

// A table of those columns.
Outcome<std::vector<std::string>> print_table(Session& session, const Json::Array& items,
                                              const std::vector<Shown>& shown) {
  std::vector<TableColumn> titles;
  for (const Shown& column : shown)
    titles.push_back({.title = std::string(column.title),
                      .right = column.how == Show::number || column.how == Show::bytes,
                      .spare = column.spare});
  Table table = session.table(std::move(titles));
  for (const Json& item : items) {
    std::vector<std::string> cells;
    for (const Shown& column : shown)
      cells.push_back(human(session, look(item, column.member), column.how));
    HANSA_CHECK(table.add(std::move(cells)));
  }
  HANSA_CHECK(table.finish());
  return table.spared();
}

// Members of the items as columns, those that are filled anywhere.
Done print_inner_list(Session& session, const Json::Array& items) {
  std::vector<std::string> members;
  for (const Json& item : items)
    if (const auto* fields = item.as_object())
      for (const auto& [name, value] : *fields)
        if (!is_empty(value) && !is_list_of_objects(value) &&
            std::ranges::find(members, name) == members.end())
          members.push_back(name);
  std::vector<TableColumn> columns;
  for (const std::string& member : members) columns.push_back({.title = member});
  Table table = session.table(columns);
  for (const Json& item : items) {
    std::vector<std::string> cells;
    for (const std::string& member : members) {
      const Json* value = item.find(member);
      cells.push_back(value ? human(session, value, guess(member, *value)) : "");
    }
    HANSA_CHECK(table.add(std::move(cells)));
  }
  HANSA_CHECK(table.finish());
  return api::Exit::ok;
}

std::string label_of(std::string_view member) {
  std::string out(member);
  std::ranges::replace(out, '_', ' ');
  std::ranges::replace(out, '.', ' ');
  return out;
}

// Members of inner objects as members of their own: "data.rows".
Json::Object flat(const Json& item) {
  Json::Object out;
  if (item.as_object() == nullptr) return out;
  for (const auto& [name, value] : *item.as_object()) {
    if (const auto* inner = value.as_object()) {
      for (const auto& [part, content] : *inner) out.emplace_back(name + "." + part, content);
    } else {
      out.emplace_back(name, value);
    }
  }
  return out;
}

// One line of a single thing; times stand as they are, with how long ago in words.
std::string line_value(Session& session, std::string_view member, const Json& value) {
  const Show how = guess(member, value);
  const std::string text = human(session, &value, how);
  const auto time = how == Show::time ? parse_time(plain(&value)) : invalid("no time");
  return time ? to_words(*time) + " (" + text + ")" : text;
}

// Further lines stand under the first.
std::string indented(std::string_view text, std::size_t by) {
  std::string out;
  const std::string trimmed(trim(text));
  for (const std::string_view line : split(trimmed, '\n')) {
    if (!out.empty()) out += "\n" + (line.empty() ? "" : std::string(by, ' '));
    out += visible(line);
  }
  return out;
}

std::string first_paragraph(std::string_view text) {
  std::string out(trim(text.substr(0, text.find("\n\n"))));
  std::ranges::replace(out, '\n', ' ');
  return out;
}

}  // namespace

const Json* look(const Json& json, std::string_view path) {
  const Json* at = &json;
  for (const std::string_view name : split(path, '.')) {
    // A list of one is what it holds.
    if (const auto* list = at->as_array(); list != nullptr && list->size() == 1)
      at = &list->front();
    at = at->find(name);
    if (at == nullptr) return nullptr;
  }
  return at;
}

std::string text_of(const Json& json, std::string_view path) { return plain(look(json, path)); }

std::string human(Session& session, const Json* value, Show how) {
  if (value == nullptr || value->is_null()) return {};
  if (how == Show::time && value->as_string()) {
    const auto time = parse_time(*value->as_string());
    return time ? session.ago(*time) : *value->as_string();
  }
  if (how == Show::about && value->as_string()) return first_paragraph(*value->as_string());
  if (how == Show::bytes)
    if (const auto bytes = value->as_unsigned()) return human_bytes(*bytes);
  if (how == Show::flag && value->as_bool()) return *value->as_bool() ? "yes" : "no";
  if (const auto* items = value->as_array()) return joined(*items);
  if (const auto* members = value->as_object()) return joined(*members);
  return plain(value);
}

Done print_list(Session& session, const Json::Array& items, const std::vector<Shown>& columns,
                std::string_view name) {
  HANSA_TRY(const bool printed, session.machine(Json(items)));
  if (printed) return api::Exit::ok;
  const Format format = session.settings().format;
  if (format == Format::name) {
    for (const Json& item : items) HANSA_CHECK(session.out(visible(text_of(item, name)) + "\n"));
    return api::Exit::ok;
  }
  if (format == Format::csv) {
    HANSA_CHECK(print_csv(session, items, columns));
    return api::Exit::ok;
  }
  std::vector<Shown> shown = columns;
  if (format != Format::wide) std::erase_if(shown, [](const Shown& column) { return column.wide; });
  // At a terminal the sentence that follows says it better than a table of nothing.
  if (items.empty() && session.console().out_is_terminal()) return api::Exit::ok;
  HANSA_TRY(const auto spared, print_table(session, items, shown));
  if (!spared.empty())
    session.say("no room for " + join(spared, ", ") + "; one thing by its name shows all of it");
  return api::Exit::ok;
}

Done print_one(Session& session, const Json& item, std::string_view name) {
  HANSA_TRY(const bool printed, session.machine(item));
  if (printed) return api::Exit::ok;
  if (session.settings().format == Format::name) {
    HANSA_CHECK(session.out(visible(text_of(item, name)) + "\n"));
    return api::Exit::ok;
  }
  const Json::Object members = flat(item);
  std::size_t width = 0;
  for (const auto& [member, value] : members) width = std::max(width, member.size());
  for (const auto& [member, value] : members) {
    if (is_empty(value) || is_list_of_objects(value) ||
        std::ranges::find(kNotShown, member) != std::end(kNotShown))
      continue;
    const std::string text = indented(line_value(session, member, value), width + 2);
    HANSA_CHECK(session.out(fmt::format("{:<{}}  {}\n", label_of(member), width, text)));
  }
  for (const auto& [member, value] : members) {
    if (!is_list_of_objects(value)) continue;
    HANSA_CHECK(session.out("\n" + label_of(member) + "\n"));
    if (const auto* columns = inner_columns(member))
      HANSA_CHECK(print_table(session, *value.as_array(), *columns));
    else HANSA_CHECK(print_inner_list(session, *value.as_array()));
  }
  return api::Exit::ok;
}

std::string nothing_of(std::string_view nouns) {
  if (nouns == "access")
    return "no requests or grants; ask for data: hansa access request DOMAIN/PORT --purpose "
           "\"...\"";
  if (nouns == "queries") return "no query of yours is running";
  if (nouns == "consumers" || nouns == "usage") return "nobody has read it since then";
  if (nouns == "snapshots") return "nothing was published into it yet";
  if (nouns == "checks") return "its contract demanded nothing when something was published";
  if (nouns == "rejects") return "no record was refused";
  if (nouns == "audit") return "no lines";
  if (nouns == "standards") return "nothing is asked of products; doc/standards.md says how to";
  if (nouns == "events") return "nothing changed";
  if (nouns == "notices") return "nothing that you read will end";
  if (nouns == "mounts")
    return "no mounts; make one: hansa mount DOMAIN/PORT --into ACCOUNT --as SCHEMA.TABLE";
  return "no " + std::string(nouns) + " that you may know of";
}

}  // namespace hansa::cli
