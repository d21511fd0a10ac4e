// Wishes, questions and problems, and what became of them.
#pragma once

#include "api/issue.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "world/world.h"

namespace hansa::service {

// For whoever may know of the product. The same words again make the caller one of the askers.
// Errors: not_found; invalid; exhausted: so many of the caller's, or of the product's, are open.
Result<api::RaisedView> raise_issue(const Context& context, Live& live, World& world,
                                    const api::RaiseIssue& ask);
Result<api::PageOf<api::IssueView>> list_issues(const Context& context, Live& live, World& world,
                                                const api::ListIssues& ask);
// Errors: not_found, for what the caller may not know too.
Result<api::IssueView> get_issue(const Context& context, Live& live, World& world,
                                 const api::OneIssue& ask);
Result<api::IssueView> join_issue(const Context& context, Live& live, World& world,
                                  const api::OneIssue& ask);
// For the owning team. Errors: denied; conflict: it ended.
Result<api::IssueView> answer_issue(const Context& context, Live& live, World& world,
                                    const api::AnswerIssue& ask);

}  // namespace hansa::service
