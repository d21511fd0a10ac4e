#include "service/answer_links.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/fields.h"
#include "model/spelling.h"
#include "policy/explain.h"
#include "service/authority/commit.h"
#include "service/step/answer_link.h"
#include "service/step/answering.h"
#include "service/step/migration.h"
#include "service/step/recipients.h"

namespace hansa::service {
namespace {

// Of one notice, that were used and are not over: more need one to sign in.
constexpr std::size_t kSpentMax = 1'000;

std::unexpected<Error> over(std::string text) {
  return blocked(std::move(text), "sign in and answer: hansa get notices");
}

struct Found {
  const NoticeChannel* channel = nullptr;
  const Migration* notice = nullptr;
  const Deprecation* deprecation = nullptr;
  const Port* port = nullptr;
};

// Whether what goes to the consumer goes to this channel now.
bool is_recipient(const Context& context, const View& view, const Found& found) {
  const store::Message message{.id = {},
                               .to_kind = std::string(name_of(found.notice->consumer.kind)),
                               .to = found.notice->consumer.id,
                               .about = found.port->product.ulid,
                               .type = {},
                               .at = {},
                               .facts = {}};
  const auto channels = channels_for(view, message, context.now);
  return std::ranges::find(channels, found.channel->id.ulid) != channels.end();
}

Result<Found> find(const Context& context, const View& view, const AnswerLink& link) {
  if (link.expires <= context.now) return over("this link is over: it was good for 30 days");
  Found out;
  out.channel = view.mesh.find<NoticeChannel>(link.channel);
  out.notice = view.mesh.find<Migration>(link.notice);
  if (out.notice != nullptr) {
    out.deprecation = view.mesh.find<Deprecation>(out.notice->port.ulid);
    out.port = view.mesh.find<Port>(out.notice->port);
  }
  if (out.deprecation == nullptr || out.port == nullptr)
    return over("what this link answers was taken back");
  if (out.channel == nullptr || out.channel->kind != ChannelKind::mail ||
      !is_recipient(context, view, out))
    return over("this link was for somebody who is not asked any more");
  if (out.deprecation->retired_at) return over("the version is retired already");
  if (std::ranges::find(out.notice->spent, spent_mark(link)) != out.notice->spent.end())
    return over("this link was used already, and each works once");
  return out;
}

Result<AnswerLink> read(const Sealer& sealer, const std::string& token) {
  const auto link = link_of(token, sealer.derive(answer_link_purpose));
  if (link) return *link;
  return not_found("this is no link that was sent from here", "was it cut in the mail?");
}

LinkShown shown(const View& view, const Found& found, Answer answer) {
  return {.answer = answer,
          .port = view.mesh.ref_of(*found.port),
          .consumer = policy::name_of(view.mesh, found.notice->consumer),
          .until = end_for(*found.deprecation, *found.notice),
          .why = found.deprecation->why};
}

// In whose name the right to answer is judged: the channel's own, or one of its team.
PrincipalId speaker(const View& view, const NoticeChannel& channel) {
  if (channel.owner.kind != GranteeKind::team) return PrincipalId{channel.owner.id};
  const auto* team = view.mesh.find<Team>(channel.owner.id);
  if (team == nullptr) return {};
  for (const PrincipalId each : team->members) {
    const auto* member = view.mesh.find<Principal>(each);
    if (member != nullptr && !member->disabled) return each;
  }
  return {};
}

void spend(const Context& context, const AnswerLink& link, Migration& notice) {
  const std::string now = fmt::format("{:016x}", context.now.us);
  std::erase_if(notice.spent, [&](const std::string& each) { return each.substr(0, 16) <= now; });
  notice.spent.push_back(spent_mark(link));
}

}  // namespace

Result<LinkShown> look_at_link(const Context& context, const Live& live, const Sealer& sealer,
                               const std::string& token) {
  HANSA_TRY(const AnswerLink link, read(sealer, token));
  return live.read([&](const View& view) -> Result<LinkShown> {
    HANSA_TRY(const Found found, find(context, view, link));
    return shown(view, found, link.answer);
  });
}

Result<LinkShown> use_link(const Context& context, Live& live, World& world, const Sealer& sealer,
                           const std::string& token, std::optional<Time> until,
                           const std::string& text) {
  HANSA_TRY(const AnswerLink link, read(sealer, token));
  LinkShown out;
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const Found found, find(context, view, link));
    if (found.notice->spent.size() >= kSpentMax)
      return over("so many links of this notice were used that no more are taken");
    Context as = context;
    as.who.id = speaker(view, *found.channel);
    Attempt attempt;
    HANSA_TRY(Permit permit,
              authorize(as, view, Action::know, on(*found.port), view.mesh.ref_of(*found.port)));
    attempt.permits.push_back(std::move(permit));
    // A team's mail is read by all of it: nobody of them is said to have answered.
    if (found.channel->owner.kind == GranteeKind::team) as.who.id = {};
    HANSA_TRY(Migration after, answered(as, *found.notice, *found.deprecation,
                                        {.domain = {},
                                         .port = {},
                                         .answer = link.answer,
                                         .until = until,
                                         .text = text,
                                         .on_behalf = {}}));
    const std::string via = fmt::format("a link mailed to {} of {}", found.channel->name,
                                        policy::name_of(view.mesh, found.channel->owner));
    after.answered_via = via;
    spend(context, link, after);
    out = shown(view, found, link.answer);
    attempt.relies_on.push_back(*view.mesh.noun("channel", found.channel->id.ulid));
    add_answer(as, view, *found.port, *found.deprecation, std::move(after), via, attempt);
    return attempt;
  }));
  return out;
}

}  // namespace hansa::service
