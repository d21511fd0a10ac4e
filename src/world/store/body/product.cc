#include "model/spelling.h"
#include "world/store/body/fields.h"

namespace hansa {

void describe(Fields& f, InputPort& v) {
  f.required("name", v.name);
  f.optional("version", v.version);
  f.optional("contract", v.contract);
}

void describe(Fields& f, Product& v) {
  f.required("id", v.id);
  f.required("name", v.name);
  f.required("domain", v.domain);
  f.required("account", v.account);
  f.optional("title", v.title);
  f.optional("description", v.description);
  f.optional("version", v.version);
  f.optional("status", v.status);
  f.required("visibility", v.visibility);
  f.required("hidden", v.hidden);
  f.optional("tags", v.tags);
  f.optional("inputs", v.inputs);
  f.optional("repository", v.repository);
  f.optional("manifest", v.manifest);
  f.optional("aliases", v.aliases);
}

void describe(Fields& f, Port& v) {
  f.required("id", v.id);
  f.required("product", v.product);
  f.required("domain", v.domain);
  f.required("name", v.name);
  f.required("major", v.major);
  f.required("is_default", v.is_default);
  f.optional("version", v.version);
  f.required("kind", v.kind);
  f.optional("description", v.description);
  f.required("contract", v.contract);
  f.optional("aliases", v.aliases);
}

// A type is its text where it has one, else its parts.
void describe(Fields& f, Type& v) {
  std::string text = is_nested(v.kind) ? (v.kind == TypeKind::structure ? "struct"
                                          : v.kind == TypeKind::list    ? "list"
                                                                        : "map")
                                       : to_text(v);
  f.required("type", text);
  f.optional("fields", v.fields);
  if (f.mode() != Fields::Mode::read) return;
  if (text == "struct" || text == "list" || text == "map") {
    v.kind = text == "struct" ? TypeKind::structure
             : text == "list" ? TypeKind::list
                              : TypeKind::map;
    return;
  }
  auto read = parse_primitive(text);
  f.rule(read.has_value() && v.fields.empty(), "not a type");
  if (read) v = std::move(*read);
}

void describe(Fields& f, Column& v) {
  f.required("id", v.id);
  f.required("name", v.name);
  f.required("of", v.type);
  f.optional("required", v.required);
  f.optional("description", v.description);
}

void describe(Fields& f, Schema& v) {
  f.required("id", v.id);
  f.required("columns", v.columns);
}

void describe(Fields& f, Contract& v) {
  f.required("id", v.id);
  f.required("port", v.port);
  f.required("key", v.key);
  f.optional("version", v.version);
  f.optional("status", v.status);
  f.required("schema", v.schema);
  f.optional("manifest", v.manifest);
}

// A Location is its text.
Result<void> field_from_text(std::string_view text, Location& v) {
  HANSA_TRY(v, Location::parse(text));
  return {};
}
std::string field_to_text(const Location& v) { return v.text(); }

void describe(Fields& f, TableState& v) {
  f.required("metadata", v.metadata);
  f.required("snapshot", v.snapshot);
  f.required("operation", v.operation);
  f.required("at", v.at);
  f.required("by", v.by);
  f.required("rows", v.rows);
  f.required("bytes", v.bytes);
  f.required("files", v.files);
  std::map<std::string, std::string> made_by(v.made_by.begin(), v.made_by.end());
  f.optional("made_by", made_by);
  v.made_by.assign(made_by.begin(), made_by.end());
}

void describe(Fields& f, Table& v) {
  f.required("id", v.id);
  f.required("location", v.location);
  f.optional("states", v.states);
}

}  // namespace hansa
