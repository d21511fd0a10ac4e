#include "service/step/answering.h"

#include <fmt/format.h>

#include "base/text.h"
#include "policy/explain.h"
#include "service/step/tidings.h"
#include "service/step/told.h"

namespace hansa::service {
namespace {

// What may be named to the owning team.
std::string name_for_owner(const View& view, const Grantee& consumer) {
  return consumer.kind == GranteeKind::product ? "a product that reads it"
                                               : policy::name_of(view.mesh, consumer);
}

}  // namespace

Result<Migration> answered(const Context& context, Migration before, const Deprecation& deprecation,
                           const api::AnswerNotice& ask) {
  HANSA_CHECK(check_words("text", ask.text));
  if (ask.answer == Answer::none)
    return invalid("say what you answer", "moved, needs_until, not_mine or question");
  if ((ask.answer == Answer::needs_until) != ask.until.has_value())
    return invalid("a date belongs to needs_until, and to nothing else", "--until DATE");
  if (ask.answer == Answer::question && trim(ask.text).empty())
    return invalid("ask something", "--question TEXT");
  if (ask.until) HANSA_CHECK(check_date(context, *ask.until));
  before.answer = ask.answer;
  before.text = trim(ask.text);
  before.answered_by = context.who.id;
  before.answered_at = context.now;
  before.answered_via.clear();
  if (ask.answer == Answer::question) return before;  // it takes back nothing
  before.wanted = ask.until;
  // What was announced needs nobody's consent.
  if (ask.until && *ask.until <= deprecation.by) before.agreed = ask.until;
  if (!ask.until) before.agreed.reset();
  return before;
}

void add_answer(const Context& context, const View& view, const Port& port,
                const Deprecation& deprecation, Migration after, const std::string& via,
                Attempt& out) {
  const std::string ref = view.mesh.ref_of(port);
  const std::string said(hansa::name_of(after.answer));
  Json details{Json::Object{{"port", ref}, {"answer", said}}};
  if (after.wanted) details.set("until", to_text(*after.wanted));
  if (!via.empty()) details.set("via", via);
  // Whoever retires the version meanwhile looks again.
  if (after.wanted && !deprecation.retired_at) {
    Deprecation noticed = deprecation;
    ++noticed.joined;
    out.changes.push_back(
        change(context, share(std::move(noticed)), "version.needed", Json::Object{{"port", ref}}));
  } else {
    out.relies_on.push_back(*view.mesh.noun("deprecation", port.id.ulid));
  }
  const bool asks = after.answer == Answer::question ||
                    (after.answer == Answer::needs_until && after.agreed != after.wanted);
  if (asks) {
    Json facts{Json::Object{{"port", ref}, {"who", name_for_owner(view, after.consumer)}}};
    if (after.wanted) facts.set("until", to_words(*after.wanted));
    if (!after.text.empty()) facts.set("text", after.text);
    facts.set("next", fmt::format("hansa deprecate status {0}; hansa deprecate extend {0} "
                                  "CONSUMER DATE",
                                  ref));
    out.messages.push_back(tell_owner(context, view, port, "version.asked", std::move(facts)));
  }
  // Mail is passed on: those in whose name it was answered learn of it.
  if (!via.empty())
    out.messages.push_back(message_to(
        context, after.consumer, port.product.ulid, "notice.answered",
        Json::Object{{"port", ref},
                     {"answer", said},
                     {"via", via},
                     {"next", "if that was none of you: hansa answer " + ref + " ..."}}));
  out.changes.push_back(
      change(context, share(std::move(after)), "notice.answered", std::move(details)));
}

}  // namespace hansa::service
