// What people say to those who make a product.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/product.h"
#include "api/route.h"
#include "model/issue.h"

namespace hansa::api {

struct IssueView {
  std::string id;
  std::string product;
  std::string port;
  IssueKind kind = IssueKind::wish;
  std::string text;
  IssueState state = IssueState::open;
  std::uint64_t askers = 0;
  bool mine = false;                  // the caller is one of them
  std::vector<std::string> asked_by;  // for the owning team
  Time at;
  // Of the askers, in the last 90 days; only where one product is asked for.
  std::optional<std::uint64_t> readers;
  std::optional<std::uint64_t> reads;
  std::string reply;
  std::string version;
  std::string incident;
  std::string answered_by;
  std::optional<Time> answered_at;
  std::optional<std::uint64_t> answered_after_seconds;
  std::optional<Time> ended_at;
};
void describe(Fields& f, IssueView& v);

struct RaiseIssue {
  std::string product;  // domain/product
  std::string port;     // or domain/port
  IssueKind kind = IssueKind::wish;
  std::string text;
};
void describe(Fields& f, RaiseIssue& v);
struct AlikeView {
  std::string id;
  std::string text;
  std::uint64_t askers = 0;
};
void describe(Fields& f, AlikeView& v);
struct RaisedView {
  IssueView issue;
  bool merged = false;           // the same was asked already
  std::vector<AlikeView> alike;  // that may be the same
};
void describe(Fields& f, RaisedView& v);
inline constexpr Route<RaiseIssue, RaisedView> raise_issue{
    Method::post, "/api/v1/issues", "raiseIssue",
    "Say a wish, a question or a problem to those who make a product", "talk"};

struct ListIssues {
  std::string product;
  std::string state;  // open: accepted too
  bool mine = false;
  Paging paging;
};
void describe(Fields& f, ListIssues& v);
inline constexpr Route<ListIssues, PageOf<IssueView>> list_issues{
    Method::get, "/api/v1/issues", "listIssues",
    "What is said of products; of one product, what its users need most comes first", "talk"};
struct OneIssue {
  std::string id;
};
void describe(Fields& f, OneIssue& v);
inline constexpr Route<OneIssue, IssueView> get_issue{Method::get, "/api/v1/issues/{id}",
                                                      "getIssue", "One of them", "talk"};
inline constexpr Route<OneIssue, IssueView> join_issue{Method::post, "/api/v1/issues/{id}/join",
                                                       "joinIssue", "Ask for the same", "talk"};

struct AnswerIssue {
  std::string id;
  IssueAct act = IssueAct::accept;
  std::string text;
  std::string version;  // domain/port@major
};
void describe(Fields& f, AnswerIssue& v);
inline constexpr Route<AnswerIssue, IssueView> answer_issue{
    Method::post, "/api/v1/issues/{id}/answer", "answerIssue",
    "Accept it, decline it with a reason, or say what fulfils it; for the owning team", "talk"};

}  // namespace hansa::api
