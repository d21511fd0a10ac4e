#include "door/cli/csv.h"

namespace hansa::cli {

std::string plain(const Json* value) {
  if (value == nullptr || value->is_null()) return {};
  if (const std::string* text = value->as_string()) return *text;
  return to_text(*value);
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string csv_of(const Json::Object& members) {
  std::string names, values;
  for (const auto& [name, value] : members) {
    names += (names.empty() ? "" : ",") + csv_field(name);
    values += (&name == &members.front().first ? "" : ",") + csv_field(plain(&value));
  }
  return names + "\n" + values + "\n";
}

}  // namespace hansa::cli
