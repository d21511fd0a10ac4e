#include "contract/compatible.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "contract/facts.h"
#include "model/lineage.h"

namespace hansa::contract {
namespace {

constexpr std::string_view kFileReaders = "readers of the files may have to follow";

Shift shift(std::string sign, std::string what, std::string from, std::string to, Verdict verdict,
            std::string_view why) {
  return {std::move(sign), std::move(what), std::move(from),
          std::move(to),   verdict,         std::string(why)};
}

std::string spelled(const Column& column) {
  return to_text(column.type) + (column.required ? ", required" : "");
}

// Types that Iceberg reads as the wider one (its "Schema Evolution").
bool widens(const Type& from, const Type& to) {
  if (from.kind == TypeKind::int32) return to.kind == TypeKind::int64;
  if (from.kind == TypeKind::float32) return to.kind == TypeKind::float64;
  return from.kind == TypeKind::decimal && to.kind == TypeKind::decimal && from.scale == to.scale &&
         from.precision <= to.precision;
}

bool same_kind(const Type& a, const Type& b) {
  return a.kind == b.kind && a.precision == b.precision && a.scale == b.scale;
}

class Columns {
 public:
  explicit Columns(std::vector<Shift>& out) : out_(out) {}

  void compare(const std::vector<Column>& before, const std::vector<Column>& after,
               const std::string& above, const std::string& top) {
    for (const Column& now : after) {
      const std::string path = above + now.name;
      const std::string& column = top.empty() ? now.name : top;
      const auto old = std::ranges::find(before, now.name, &Column::name);
      if (old == before.end()) added(now, path, column);
      else changed(*old, now, path, column);
    }
    for (const Column& old : before)
      if (std::ranges::find(after, old.name, &Column::name) == after.end())
        add(shift("-", "column " + above + old.name, spelled(old), "", Verdict::breaking,
                  "statements that name it fail"),
            top.empty() ? old.name : top, true);
  }

 private:
  void add(Shift shift, const std::string& column, bool data = false) {
    shift.column = column;
    shift.data = data;
    out_.push_back(std::move(shift));
  }

  void added(const Column& now, const std::string& path, const std::string& column) {
    if (now.required)
      add(shift("+", "column " + path, "", spelled(now), Verdict::breaking,
                "rows that are published do not have it; add it as optional"),
          column, true);
    else add(shift("+", "column " + path, "", spelled(now), Verdict::compatible, ""), column);
  }

  void changed(const Column& old, const Column& now, const std::string& path,
               const std::string& column) {
    const auto differs = [&](Verdict verdict, std::string_view why, bool data) {
      add(shift("~", "column " + path, spelled(old), spelled(now), verdict, why), column, data);
    };
    if (!same_kind(old.type, now.type)) {
      if (widens(old.type, now.type)) differs(Verdict::warning, kFileReaders, false);
      else differs(Verdict::breaking, "its values are of another type", true);
    }
    if (old.required && !now.required)
      differs(Verdict::breaking, "readers that rely on a value meet none", false);
    if (!old.required && now.required)
      differs(Verdict::breaking, "rows that are published may lack it", true);
    compare(old.type.fields, now.type.fields, path + ".", column);
  }

  std::vector<Shift>& out_;
};

std::uint32_t major_or(std::string_view version, std::uint32_t otherwise) {
  const auto major = major_of(version);
  return major ? *major : otherwise;
}

void compare_grain(const Promise& before, const Promise& after, std::vector<Shift>& out) {
  const std::string was = join(before.key, ", ");
  const std::string is = join(after.key, ", ");
  if (was != is)
    out.push_back(shift(was.empty()  ? "+"
                        : is.empty() ? "-"
                                     : "~",
                        "primary key", was, is,
                        was.empty() ? Verdict::compatible : Verdict::breaking,
                        was.empty() ? "" : "a row means something else: joins by it change"));
  for (const std::string& column : before.unique)
    if (std::ranges::find(after.unique, column) == after.unique.end()) {
      out.push_back(shift("-", "unique " + column, "unique", "", Verdict::breaking,
                          "joins by it may give a row more than once"));
      out.back().column = column;
    }
  for (const std::string& column : after.unique)
    if (std::ranges::find(before.unique, column) == before.unique.end()) {
      out.push_back(shift("+", "unique " + column, "", "unique", Verdict::compatible, ""));
      out.back().column = column;
    }
}

using Values = std::vector<std::pair<std::string, std::vector<std::string>>>;

const std::vector<std::string>* values_of(const Values& all, const std::string& column) {
  const auto found = std::ranges::find(all, column, &Values::value_type::first);
  return found == all.end() ? nullptr : &found->second;
}

// A value more is new to whoever lists them; one less is only never met again.
void compare_values(const Promise& before, const Promise& after, std::vector<Shift>& out) {
  const auto say = [&](std::string sign, const std::string& column, std::string from,
                       std::string to, bool more) {
    out.push_back(shift(std::move(sign), "values of " + column, std::move(from), std::move(to),
                        more ? Verdict::warning : Verdict::compatible,
                        more ? "readers may meet a value that they do not know" : ""));
    out.back().column = column.substr(0, column.find('.'));
  };
  for (const auto& [column, values] : before.values) {
    const auto* now = values_of(after.values, column);
    if (now == nullptr) {
      say("-", column, join(values, ", "), "", true);
    } else if (*now != values) {
      const bool more = !std::ranges::includes(values, *now);
      say("~", column, join(values, ", "), join(*now, ", "), more);
    }
  }
  for (const auto& [column, values] : after.values)
    if (values_of(before.values, column) == nullptr)
      say("+", column, "", join(values, ", "), false);
}

void compare_classified(const Promise& before, const Promise& after, std::vector<Shift>& out) {
  const auto word = [](const Promise& of, const std::string& column) {
    for (const auto& [name, words] : of.classified)
      if (name == column) return words;
    return std::string();
  };
  for (const Column& column : after.schema.columns) {
    const std::string was = word(before, column.name);
    const std::string is = word(after, column.name);
    if (was == is) continue;
    const bool raised = level_of(is) > level_of(was);
    out.push_back(shift(was.empty()  ? "+"
                        : is.empty() ? "-"
                                     : "~",
                        "classification of " + column.name, was, is,
                        raised ? Verdict::warning : Verdict::compatible,
                        raised ? "what is made of it has to be protected as much" : ""));
    out.back().column = column.name;
    out.back().protects = raised;
  }
}

std::string sla_text(const SlaProperty& sla) {
  const std::string value = sla.value.is_string() ? *sla.value.as_string() : to_text(sla.value);
  return sla.unit.empty() ? value : value + " " + sla.unit;
}

// Hours of a duration in a unit that the standard knows; less than nothing if it has none.
double hours_of(const SlaProperty& sla) {
  const auto value = sla.value.as_double();
  if (!value) return -1;
  const std::string unit = lower_ascii(sla.unit);
  if (unit == "d" || unit == "day" || unit == "days") return *value * 24;
  if (unit == "h" || unit == "hr" || unit == "hour" || unit == "hours") return *value;
  if (unit == "m" || unit == "min" || unit == "minute" || unit == "minutes") return *value / 60;
  if (unit == "s" || unit == "sec" || unit == "second" || unit == "seconds") return *value / 3600;
  if (unit == "w" || unit == "week" || unit == "weeks") return *value * 24 * 7;
  if (unit == "y" || unit == "yr" || unit == "year" || unit == "years") return *value * 24 * 365;
  return -1;
}

// Whether `after` promises less than `before`: of a latency or a time between two deliveries more
// is less, of a retention less. What cannot be compared counts as less, so that somebody looks.
bool weaker(const SlaProperty& before, const SlaProperty& after) {
  const double was = hours_of(before);
  const double is = hours_of(after);
  if (was < 0 || is < 0) return true;
  const std::string name = lower_ascii(before.property);
  return name == "retention" || name == "availability" ? is < was : is > was;
}

void compare_sla(const Promise& before, const Promise& after, std::vector<Shift>& out) {
  const auto find = [](const Promise& of, const SlaProperty& like) -> const SlaProperty* {
    for (const SlaProperty& each : of.sla)
      if (each.property == like.property && each.element == like.element) return &each;
    return nullptr;
  };
  const auto say = [&](std::string sign, const SlaProperty& of, std::string from, std::string to,
                       bool less) {
    out.push_back(shift(std::move(sign), "service level " + of.property, std::move(from),
                        std::move(to), less ? Verdict::warning : Verdict::compatible,
                        less ? "it promises less than readers may count on" : ""));
  };
  for (const SlaProperty& old : before.sla) {
    const auto* now = find(after, old);
    if (now == nullptr) say("-", old, sla_text(old), "", true);
    else if (sla_text(old) != sla_text(*now))
      say("~", old, sla_text(old), sla_text(*now), weaker(old, *now));
  }
  for (const SlaProperty& now : after.sla)
    if (find(before, now) == nullptr) say("+", now, "", sla_text(now), false);
}

void add_values(const std::vector<Property>& properties, const std::string& above, Values& out) {
  for (const Property& each : properties) {
    const std::string path = above + column_name(each);
    for (const auto& [name, value] : each.rest)
      if (const auto* list = name == "enum" ? value.as_array() : nullptr) {
        std::vector<std::string> values;
        for (const Json& item : *list)
          if (const Json* one = item.find("value")) values.push_back(to_text(*one));
        std::ranges::sort(values);
        out.emplace_back(path, std::move(values));
      }
    add_values(each.properties, path + ".", out);
  }
}

}  // namespace

Result<Mode> mode_of(const DataContract& contract) {
  const Json* wanted = find_custom(contract.custom, "compatibility");
  if (wanted == nullptr) return Mode::readers_safe;
  const std::string text = wanted->is_string() ? *wanted->as_string() : to_text(*wanted);
  if (text == "readers-safe") return Mode::readers_safe;
  if (text == "full") return Mode::full;
  if (text == "none") return Mode::none;
  return invalid(
      fmt::format("custom property 'compatibility' of contract {} is '{}'", contract.id, text),
      "one of readers-safe, full, none");
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::compatible: return "compatible";
    case Verdict::warning: return "warning";
    case Verdict::breaking: return "breaking";
  }
  return "";
}

Result<Promise> promise_of(const DataContract& contract, std::string_view port) {
  Promise out;
  HANSA_TRY(out.schema, port_schema(contract, port));
  HANSA_TRY(out.mode, mode_of(contract));
  out.version = contract.version;
  out.classified = classified(contract, port);
  out.sla = contract.sla;
  const SchemaObject* object =
      find_object(contract, contract.schema.size() == 1 ? std::string_view{} : port);
  if (object == nullptr) return out;
  out.key = key_columns(*object);
  for (const Property& each : object->properties)
    if (each.unique.value_or(false)) out.unique.push_back(column_name(each));
  add_values(object->properties, "", out.values);
  return out;
}

std::vector<Shift> shifts_between(const Promise& before, const Promise& after) {
  std::vector<Shift> out;
  const std::uint32_t was = major_or(before.version, 0);
  if (was != 0 && major_or(after.version, was) > was)
    out.push_back(shift("~", "meaning", before.version, after.version, Verdict::breaking,
                        "the contract's own major version says that it means something else"));
  Columns(out).compare(before.schema.columns, after.schema.columns, "", "");
  compare_grain(before, after, out);
  compare_values(before, after, out);
  compare_classified(before, after, out);
  compare_sla(before, after, out);
  return out;
}

bool refused(const Shift& shift, Mode mode) {
  if (shift.data) return true;
  if (shift.protects) return false;
  switch (mode) {
    case Mode::none: return false;
    case Mode::readers_safe: return shift.verdict == Verdict::breaking;
    case Mode::full: return shift.verdict != Verdict::compatible;
  }
  return true;
}

}  // namespace hansa::contract
