// What changed, for the caller: the events of the audit that are about what it may know now.
#pragma once

#include <functional>
#include <memory>

#include "api/events.h"
#include "service/authority/bells.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "world/world.h"

namespace hansa::service {

Result<api::Events> list_events(const Context& context, Live& live, World& world,
                                const api::ListEvents& ask);

// The same without an end. One thread at a time.
class EventFeed {
 public:
  // Begins behind `ask.after`; without it with what happens from now on. Errors: exhausted: too
  // many follow already.
  static Result<std::unique_ptr<EventFeed>> open(const Context& context, Live& live, World& world,
                                                 Clock& clock, const api::ListEvents& ask);

  // What happened since, perhaps nothing that the caller may know of. Nothing at all: the server
  // ends. Errors: denied: the caller's token ended.
  Result<std::optional<api::Events>> next();
  // The commit up to which all was told.
  std::uint64_t position() const { return *ask_.after; }
  void when(std::function<void()> ring) { bell_->when(std::move(ring)); }

 private:
  EventFeed(const Context& context, Live& live, World& world, Clock& clock, api::ListEvents ask,
            std::unique_ptr<Bells::Bell> bell);

  Trail trail_;
  Context context_;
  Live& live_;
  World& world_;
  Clock& clock_;
  api::ListEvents ask_;
  std::unique_ptr<Bells::Bell> bell_;
};

}  // namespace hansa::service
