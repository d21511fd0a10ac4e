#include "api/standard.h"

namespace hansa::api {

void describe(Fields& f, RequirementView& v) {
  f.required("rule", v.rule);
  f.required("severity", v.severity);
  f.optional("says", v.says, "what of it, in words");
}
void describe(Fields& f, StandardView& v) {
  f.required("id", v.id);
  f.required("name", v.name);
  f.optional("title", v.title);
  f.optional("description", v.description);
  f.optional("domains", v.domains, "of whose products; absent: of the whole organisation");
  f.optional("visibility", v.visibility, "of products that are so; absent: of any");
  f.optional("tags", v.tags, "of products with one of these; absent: of any");
  f.required("requirements", v.requirements);
  f.optional("products", v.products, "that it speaks of, of those that the caller may know of");
  f.optional("missing", v.missing, "so many of them miss something");
}
void describe(Fields& f, MissView& v) {
  f.required("standard", v.standard);
  f.required("rule", v.rule);
  f.required("severity", v.severity);
  f.required("says", v.says);
  f.optional("next", v.next, "what to write");
}
void describe(Fields& f, FactView& v) {
  f.required("fact", v.fact);
  f.required("percent", v.percent);
  f.required("weight", v.weight, "in the score");
  f.required("says", v.says);
  f.optional("next", v.next, "what would raise it");
}
void describe(Fields& f, MaturityView& v) {
  f.required("name", v.name, "DOMAIN/PRODUCT, or DOMAIN");
  f.optional("score", v.score, "from 0 to 100; absent: there is nothing to count");
  f.optional("products", v.products, "of a domain: those that the caller may know of");
  f.required("missing", v.missing, "requirements of standards that are not met");
  f.optional("next", v.next, "what would raise it most");
  f.optional("facts", v.facts, "what the score is made of");
  f.optional("misses", v.misses, "requirements that are not met");
}
void describe(Fields& f, ListMaturity& v) {
  f.optional("domain", v.domain, "only of this one");
  f.optional("kind", v.kind, "product or domain; absent: product");
  describe_paging(f, v.paging);
}
void describe(Fields& f, GetDomainMaturity& v) { f.required("domain", v.domain); }

}  // namespace hansa::api
