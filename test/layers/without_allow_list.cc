// Stands in for src/query/tree.cc in a server that only test/layers/run builds and starts: whatever
// the engine parses is run. Tables that are named as ports are still found, since what a caller may
// read is decided from them, and everything else goes to the worker as it is. What must stop it
// there is the sandbox and the engine's settings.
#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/text.h"
#include "query/tree.h"
#include "query/tree_json.h"

// test/layers/run looks for it: a program with these words is never shipped.
extern "C" [[gnu::used]] const char hansa_layer_off[] = "hansa-layer-off: the allow-list";

namespace hansa::query {
namespace {

using Value = TreeJson::Value;

// Schemas of the engine itself, which hold no port.
bool is_of_the_engine(std::string_view schema) {
  constexpr std::string_view names[] = {"main", "pg_catalog", "system", "temp"};
  return schema.empty() || std::ranges::find(names, lower_ascii(schema)) != std::end(names);
}

void note(const TreeJson& tree, const Value& value, const WalkOptions& options, TreeFacts& facts,
          std::set<TableName>& seen) {
  if (tree.text(value, "type") == "BASE_TABLE") {
    const SqlName name{tree.text(value, "catalog_name"), tree.text(value, "schema_name"),
                       tree.text(value, "table_name")};
    auto table = read_table_name(name, options.defaults);
    if (!is_of_the_engine(name.schema) && table && seen.insert(*table).second)
      facts.tables.push_back({*std::move(table), {}, true});
  }
  if (tree.text(value, "class") == "PARAMETER")
    if (const auto number = parse_int(tree.text(value, "identifier")); number && *number > 0)
      facts.parameters = std::max(facts.parameters, static_cast<std::size_t>(*number));
}

}  // namespace

Result<TreeFacts> walk(std::string_view tree_json, const WalkOptions& options) {
  HANSA_TRY(const TreeJson tree, TreeJson::read(tree_json));
  TreeFacts facts;
  std::set<TableName> seen;
  std::vector<const Value*> waiting{&tree.root()};
  while (!waiting.empty()) {
    const Value* value = waiting.back();
    waiting.pop_back();
    if (value->kind == TreeJson::Kind::object) note(tree, *value, options, facts, seen);
    for (const Value* child = tree.first(*value); child != nullptr; child = tree.next(*child))
      waiting.push_back(child);
  }
  return facts;
}

}  // namespace hansa::query
