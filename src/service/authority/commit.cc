#include "service/authority/commit.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "model/keys.h"
#include "world/store/body/body.h"

namespace hansa::service {
namespace {

constexpr int kTriesMax = 32;
constexpr Micros kPatience = std::chrono::seconds(10);

Rev rev_of(const Mesh& mesh, const Noun& noun) {
  return std::visit(
      [&]<class T>(const std::shared_ptr<const T>& shared) { return mesh.rev<T>(shared->id.ulid); },
      noun);
}

// What a decision stood on: who asked, and the team, domain or grant that decided. If one of them
// moves before the commit, it is decided anew.
std::vector<Noun> behind(const View& view, const Decision& decision) {
  std::vector<Noun> out;
  const auto add = [&](std::string_view kind, Ulid id) {
    if (auto noun = view.mesh.noun(kind, id)) out.push_back(*std::move(noun));
  };
  add("principal", decision.ask.who.ulid);
  for (const std::string_view kind : {"team", "domain", "grant"}) add(kind, decision.reason.by);
  return out;
}

// Errors: internal: a noun that could not be read again, which would stop the mesh for good.
Result<store::Commit> written(const View& view, const Attempt& attempt) {
  store::Commit out;
  const auto expect = [&](const Noun& noun) {
    out.expects.push_back({std::string(kind_of(noun)), id_of(noun), rev_of(view.mesh, noun)});
  };
  for (const Noun& noun : attempt.relies_on) expect(noun);
  for (const Permit& permit : attempt.permits)
    for (const Noun& noun : behind(view, permit.decision())) expect(noun);
  for (const Change& change : attempt.changes) {
    const std::string kind(kind_of(change.after));
    const Ulid id = id_of(change.after);
    expect(change.after);
    store::Write write{.kind = kind, .id = id, .body = {}, .names = {}};
    if (!change.gone) {
      write.body = store::body_of(change.after);
      if (const auto again = store::noun_of(kind, *write.body, {}); !again)
        return fail(Code::internal, "the change was not made: " + again.error().text,
                    "tell whoever runs this server; nothing was changed");
      write.names = claims_of(change.after);
    }
    out.writes.push_back(std::move(write));
    out.events.push_back({.kind = change.event.kind,
                          .by = change.event.by,
                          .at = change.event.at,
                          .subject = id,
                          .subject_kind = kind,
                          .details = to_text(change.event.details)});
  }
  out.unread = attempt.unread;
  out.messages = attempt.messages;
  out.answer = attempt.answer;
  return out;
}

Result<Seq> try_commit(const Context& context, const Live& live, store::Store& store,
                       const std::function<Result<Attempt>(const View&)>& step,
                       const std::function<bool(const View&, const Attempt&)>& is_allowed) {
  for (int tries = 0; tries < kTriesMax; ++tries) {
    Seq seen;
    Result<store::Commit> wanted = live.read([&](const View& view) -> Result<store::Commit> {
      seen = view.seq;
      HANSA_TRY(const Attempt attempt, step(view));
      // A bug, not an input: a step that changes something without having asked.
      HANSA_ASSERT(attempt.changes.empty() || is_allowed(view, attempt));
      return written(view, attempt);
    });
    if (!wanted) return std::unexpected(wanted.error());
    if (wanted->writes.empty()) return seen;
    const bool once = !wanted->unread.empty();
    auto done = store.commit(*std::move(wanted));
    if (done) {
      HANSA_CHECK(live.reach(*done, kPatience));
      return *done;
    }
    if (done.error().code != Code::conflict) return std::unexpected(done.error());
    if (context.stop.stop_requested()) return unavailable("the caller has gone");
    // Somebody else was faster: wait until this node has seen what they did. If nothing comes, the
    // conflict is about a name this node will never see change.
    const bool moved =
        live.reach(Seq{seen.number + 1}, std::chrono::milliseconds(50 + 10 * tries)).has_value();
    if (once || (!moved && tries > 2)) return std::unexpected(done.error());
  }
  return conflict("too many others change the same thing at once", "try again");
}

}  // namespace

Result<Seq> commit(const Context& context, const Live& live, store::Store& store,
                   const std::function<Result<Attempt>(const View&)>& step) {
  return try_commit(context, live, store, step,
                    [](const View&, const Attempt& attempt) { return !attempt.permits.empty(); });
}

namespace {

// Whether nothing of a noun that is there changes but when somebody was told of it.
template <class N>
bool only_tells(const View& view, const Change& change, std::optional<Time> N::* told) {
  const auto* after = std::get_if<std::shared_ptr<const N>>(&change.after);
  const auto* before = after == nullptr ? nullptr : view.mesh.find<N>((*after)->id);
  if (before == nullptr) return false;
  N same = *before;
  same.*told = (**after).*told;
  return same == **after;
}

bool is_seen(const View& view, const Change& change) {
  if (change.gone) return false;
  return std::holds_alternative<std::shared_ptr<const Slo>>(change.after) ||
         only_tells(view, change, &Migration::reminded_at) ||
         only_tells(view, change, &Grant::prompted_at);
}

}  // namespace

Result<Seq> observe(const Context& context, const Live& live, store::Store& store,
                    const std::function<Result<Attempt>(const View&)>& step) {
  return try_commit(context, live, store, step, [](const View& view, const Attempt& attempt) {
    return std::ranges::all_of(attempt.changes,
                               [&](const Change& change) { return is_seen(view, change); });
  });
}

Result<Seq> found(const Context& context, const Live& live, store::Store& store,
                  std::vector<Change> changes) {
  if (live.seq().number != 0 || context.stop.stop_requested())
    return conflict("this installation was founded already");
  Attempt first;
  first.changes = std::move(changes);
  HANSA_TRY(auto wanted, live.read([&](const View& view) { return written(view, first); }));
  HANSA_TRY(const Seq seq, store.commit(std::move(wanted)));
  HANSA_CHECK(live.reach(seq, kPatience));
  return seq;
}

Attempt attempt(Permit permit, Change change) {
  Attempt out;
  out.changes.push_back(std::move(change));
  out.permits.push_back(std::move(permit));
  return out;
}

Change change(const Context& context, Noun after, std::string_view event, Json details) {
  const Ulid id = id_of(after);
  return {std::move(after),
          false,
          {std::string(event), context.who.id, context.now, id, std::move(details)}};
}

Change removal(const Context& context, Noun before, std::string_view event, Json details) {
  Change out = change(context, std::move(before), event, std::move(details));
  out.gone = true;
  return out;
}

}  // namespace hansa::service
