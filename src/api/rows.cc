#include "api/rows.h"

#include "api/query.h"

namespace hansa::api {

void describe(Fields& f, ReadRows& v) {
  f.required("domain", v.domain);
  f.required("port", v.port, "with @2 for its second major version");
  f.optional("columns", v.columns, "one parameter each, in the order they are wanted; absent: all");
  f.optional("filter", v.filter, "country = 'SE' and plays >= 10");
  f.optional("order", v.order, "a column, or -column to fall; nulls stand last");
  f.optional("limit", v.limit, "rows a page, 1 to 100000");
  f.optional("cursor", v.cursor,
             "the `next` of the page before: it holds columns, filter, order and the snapshot");
  describe_format_and_kind(f, v.format, v.kind);
  f.rule(v.limit >= 1 && v.limit <= rows_page_max, "limit must be 1 to 100000");
  f.rule(v.filter.size() <= rows_filter_bytes_max, "filter must be at most 4096 bytes");
  f.rule(v.order.size() <= rows_order_max, "order must be at most 16 columns");
  f.rule(v.cursor.empty() || (v.columns.empty() && v.filter.empty() && v.order.empty()),
         "the cursor holds columns, filter and order already: give it without them");
}

}  // namespace hansa::api
