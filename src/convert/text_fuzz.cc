// Whatever a text file holds: it is converted or refused, its lines stay in order, and what one
// thread makes of it does not depend on how its bytes arrive.
#include <cstdint>
#include <cstdlib>

#include "convert/columns_test.h"
#include "convert/infer.h"

using namespace hansa;
using namespace hansa::convert;

namespace {

Source source(std::string_view text, Encoding encoding, std::size_t piece) {
  return Source(
      [text, at = std::size_t{0}, piece](std::size_t most) mutable -> Result<std::string> {
        std::string out(text.substr(std::min(at, text.size()), std::min(piece, most)));
        at += out.size();
        return out;
      },
      encoding);
}

Type type(TypeKind kind, std::vector<Column> fields = {}) {
  return {kind, kind == TypeKind::decimal ? 9U : 0U, kind == TypeKind::decimal ? 2U : 0U,
          std::move(fields)};
}
Column column(std::string name, Type type) {
  return {.name = std::move(name), .type = std::move(type), .description = {}};
}

std::string read(std::string_view text, const TableOptions& options, std::size_t piece) {
  auto table = Table::open(source(text, options.dialect.encoding, piece), options);
  if (!table) return table.error().text;
  const auto part = (*table)->part();
  std::string out;
  std::uint64_t rows = 0;
  for (;;) {
    Columns memory((*table)->columns(), 16);
    const auto filled = part->fill(memory.slots(), memory, 16);
    if (!filled) return filled.error().text;
    if (*filled == 0) break;
    for (std::uint64_t row = 0; row < *filled; ++row)
      for (const Slot& slot : memory.slots()) out += Columns::text_of(slot, row) + "|";
    rows += *filled;
  }
  if (rows != (*table)->rows()) std::abort();
  std::uint64_t line = 0;
  for (const Reject& reject : (*table)->rejects().take()) {
    if (reject.line <= line || reject.last_line < reject.line || reject.reason.empty())
      std::abort();
    line = reject.last_line;
    out += reject.reason;
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  TableOptions options;
  Dialect& dialect = options.dialect;
  dialect.format = (data[0] & 1) != 0 ? TextFormat::ndjson : TextFormat::csv;
  dialect.encoding = static_cast<Encoding>(data[0] >> 1 & 3);
  dialect.header = (data[0] & 8) == 0;
  if ((data[0] & 16) != 0) dialect.escape = "\\";
  if ((data[0] & 32) != 0) dialect.date_format = "d.M.yy hh:mm a";
  options.columns.columns = {
      column("a", type(TypeKind::int64)), column("b", type(TypeKind::string)),
      column("c", type(TypeKind::decimal)),
      column("d", type(TypeKind::structure,
                       {column("e", type(TypeKind::date)),
                        column("f", type(TypeKind::list,
                                         {column("element", type(TypeKind::timestamptz))}))})),
      column("m", type(TypeKind::map, {column("key", type(TypeKind::string)),
                                       column("value", type(TypeKind::float64))}))};
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  if (read(text, options, 1 + data[1]) != read(text, options, 1 << 20)) std::abort();
  (void)infer(source(text, dialect.encoding, 64), dialect);
  (void)Pattern::compile(text);
  return 0;
}
