#include "api/issue.h"

#include <fmt/format.h>

#include "model/spelling.h"

namespace hansa::api {
namespace {

void describe_text(Fields& f, const std::string& text) {
  f.rule(text.size() <= issue_text_max, fmt::format("text: at most {} bytes", issue_text_max));
}

}  // namespace

void describe(Fields& f, IssueView& v) {
  f.required("id", v.id);
  f.required("product", v.product, "domain/product");
  f.optional("port", v.port, "what it is about, if that is one version");
  f.required("kind", v.kind);
  f.required("text", v.text);
  f.required("state", v.state);
  f.required("askers", v.askers);
  f.required("mine", v.mine, "the caller is one of them");
  f.optional("asked_by", v.asked_by, "the first of them, for the owning team");
  f.required("at", v.at);
  f.optional("readers", v.readers, "of the askers, who read the product in the last 90 days");
  f.optional("reads", v.reads, "by them");
  f.optional("reply", v.reply);
  f.optional("version", v.version, "that fulfils it");
  f.optional("incident", v.incident, "that was opened for it");
  f.optional("answered_by", v.answered_by);
  f.optional("answered_at", v.answered_at);
  f.optional("answered_after_seconds", v.answered_after_seconds);
  f.optional("ended_at", v.ended_at);
}
void describe(Fields& f, RaiseIssue& v) {
  f.optional("product", v.product, "DOMAIN/PRODUCT");
  f.optional("port", v.port, "or DOMAIN/PORT, whose product it is");
  f.required("kind", v.kind);
  f.required("text", v.text, "at most 2000 bytes; everybody who may know of the product reads it");
  describe_text(f, v.text);
}
void describe(Fields& f, AlikeView& v) {
  f.required("id", v.id);
  f.required("text", v.text);
  f.required("askers", v.askers);
}
void describe(Fields& f, RaisedView& v) {
  f.required("issue", v.issue);
  f.required("merged", v.merged, "the same was asked already, and the caller is one of its askers");
  f.optional("alike", v.alike, "open ones that may mean the same");
}
void describe(Fields& f, ListIssues& v) {
  f.optional("product", v.product, "only of DOMAIN/PRODUCT, what its users need most first");
  f.optional("state", v.state, "open (accepted ones too), declined or fulfilled");
  f.optional("mine", v.mine, "that the caller asks for");
  describe_paging(f, v.paging);
}
void describe(Fields& f, OneIssue& v) { f.required("id", v.id); }
void describe(Fields& f, AnswerIssue& v) {
  f.required("id", v.id);
  f.required("act", v.act);
  f.optional("text", v.text, "at most 2000 bytes; everybody who asked is told");
  f.optional("version", v.version, "DOMAIN/PORT@2: that fulfils it");
  describe_text(f, v.text);
}

}  // namespace hansa::api
