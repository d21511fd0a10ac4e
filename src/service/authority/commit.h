// The only caller of Store::commit.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "model/change.h"
#include "model/decision.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "world/store/store.h"

namespace hansa::service {

// What a pure step wants: the nouns as they will be, and the permits that allow it.
struct Attempt {
  std::vector<Change> changes;  // none: nothing to do, which is fine
  std::vector<Permit> permits;  // at least one if there is a change
  // Nouns that were only looked at, and must still be the same when this is written.
  std::vector<Noun> relies_on;
  // Ports that nobody must have read since the caller looked: it looks again, since the step
  // cannot.
  std::vector<store::Unread> unread;
  // Whom it is told (step/outbox.h), in the same transaction.
  std::vector<store::Message> messages = {};
  // The answer to repeat if the caller repeats the call.
  std::optional<store::Remembered> answer;
};

// Runs `step` on the mesh as it is and writes what it wants, again if the mesh moved on meanwhile,
// and returns when the change is durable, applied here, and has cut what lost its right. Errors:
// the step's own; as Store::commit; conflict after many tries, or at once if the step wanted
// something unread.
Result<Seq> commit(const Context& context, const Live& live, store::Store& store,
                   const std::function<Result<Attempt>(const View&)>& step);

// What the server sees by itself: nobody asks for it, so there is no permit, and only nouns of the
// kind `slo` are written, and of the kinds `migration` and `grant` that nothing changed of but when
// somebody was told. Errors: as commit.
Result<Seq> observe(const Context& context, const Live& live, store::Store& store,
                    const std::function<Result<Attempt>(const View&)>& step);

// The first commit of an empty store, before there is anybody to authorise. Errors: conflict if
// there is a commit already.
Result<Seq> found(const Context& context, const Live& live, store::Store& store,
                  std::vector<Change> changes);

Attempt attempt(Permit permit, Change change);

// A change with its event, in the caller's name.
Change change(const Context& context, Noun after, std::string_view event, Json details = {});
Change removal(const Context& context, Noun before, std::string_view event, Json details = {});

}  // namespace hansa::service
