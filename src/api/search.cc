#include "api/search.h"

namespace hansa::api {

void describe(Fields& f, Search& v) {
  f.required(
      "q", v.q,
      "words that must all be found: in names, titles, descriptions, columns, tags, synonyms "
      "or the owner; the last one may be the beginning of a word");
  f.optional("domain", v.domain, "only of this domain");
  f.optional("team", v.team, "only of domains of this team");
  f.optional("visibility", v.visibility, "only these; hidden ones are restricted");
  f.optional("tag", v.tag, "only with this tag");
  f.optional("status", v.status, "only of this status: active, draft, deprecated, ...");
  f.optional("limit", v.paging.limit, "how many at most, 1 to 100");
  f.optional("after", v.paging.after, "continue behind this: the `next` of the page before");
  f.rule(v.paging.limit >= 1 && v.paging.limit <= kSearchItemsMax, "limit must be 1 to 100");
}

void describe(Fields& f, MatchView& v) {
  f.required("field", v.field, "name, title, tag, column, owner or description");
  f.required("text", v.text, "the text, or the part of it around the first word");
  f.required("words", v.words, "the pieces of the text that answer, as they stand in it");
  f.optional("port", v.port, "domain/port@major, if it is a port's");
  f.optional("column", v.column, "its path, if it is a column's");
}

void describe(Fields& f, FoundPortView& v) {
  f.required("ref", v.ref, "domain/port@major");
  f.required("name", v.name);
  f.optional("description", v.description, "its beginning");
  f.required("deprecated", v.deprecated);
  f.required("readable", v.readable, "whether the caller may read its rows now");
  f.optional("published", v.published, "last; absent: never");
  f.optional("next", v.next, "what to do with it, or how to ask for it");
}

void describe(Fields& f, FoundView& v) {
  f.required("ref", v.ref, "domain/product");
  f.required("name", v.name);
  f.optional("title", v.title);
  f.optional("about", v.about, "the beginning of its description");
  f.required("domain", v.domain);
  f.required("owner", v.owner, "the team");
  f.optional("channels", v.channels, "how to reach the owner");
  f.required("visibility", v.visibility);
  f.required("hidden", v.hidden);
  f.required("readable", v.readable, "whether the caller may read one of its ports now");
  f.optional("status", v.status);
  f.required("deprecated", v.deprecated);
  f.optional("tags", v.tags);
  f.optional("published", v.published, "last, into any port; absent: never");
  f.optional("ports", v.ports, "those that matched first, 20 at most");
  f.required("ports_total", v.ports_total);
  f.required("matched", v.matched, "why it was found, 8 texts at most");
  f.optional("next", v.next, "what to do with it, or how to ask for it");
}

void describe(Fields& f, FacetView& v) {
  f.required("name", v.name);
  f.required("count", v.count);
}

void describe(Fields& f, FacetsView& v) {
  f.optional("domains", v.domains);
  f.optional("teams", v.teams);
  f.optional("visibilities", v.visibilities);
  f.optional("statuses", v.statuses);
  f.optional("tags", v.tags);
}

void describe(Fields& f, Found& v) {
  f.required("items", v.items, "best first");
  f.required("total", v.total, "how many the caller may know of, on all pages");
  f.optional("next", v.next, "absent: that was the last page");
  f.optional("facets", v.facets, "how all of them spread, most first, 50 at most of each");
  f.optional("meant", v.meant,
             "nothing has the words that were asked for; these, one letter away, were taken");
}

}  // namespace hansa::api
