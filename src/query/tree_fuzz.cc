// The walk of a parse tree by whatever a broken-in worker can send.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/limits.h"
#include "query/tree.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hansa;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto facts = query::walk(
      text, {.defaults = {.catalog = "acme", .schema = "home"}, .sql = text.substr(0, 64)});
  if (!facts) return 0;
  if (facts->tables.size() > limits::relations_per_query_max) std::abort();
  for (const query::TableUse& use : facts->tables) {
    // What is named is a legal name of its own, and names itself again.
    const auto again = query::read_table_name({use.table.catalog, use.table.schema, use.table.name},
                                              {.catalog = "acme", .schema = ""});
    if (!again || *again != use.table) std::abort();
  }
  return 0;
}
