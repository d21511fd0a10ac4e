// Who is rung when the mesh has changed: those who follow it for long and hold no thread meanwhile.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>

#include "base/result.h"
#include "model/ids.h"

namespace hansa::service {

class Bells {
 public:
  // Of all, and of one principal.
  static constexpr std::size_t kBellsMax = 1'000;
  static constexpr std::size_t kBellsEachMax = 16;

  // One follower's place. A ring that is going on may come after it was dropped.
  class Bell {
   public:
    ~Bell();
    Bell(const Bell&) = delete;
    Bell& operator=(const Bell&) = delete;
    // Rings once, with the next change or sign of life, from any thread; `ring` must not wait, and
    // may not rely on the bell. Nothing is missed: ask for it, look, and only then wait.
    void when(std::function<void()> ring);

   private:
    friend class Bells;
    Bell(Bells& bells, PrincipalId who) : bells_(bells), who_(who) {}
    Bells& bells_;
    PrincipalId who_;
    std::function<void()> ring_;  // under the mutex of all
    std::list<Bell*>::iterator at_;
  };

  // The bells outlive it. Errors: exhausted.
  Result<std::unique_ptr<Bell>> add(PrincipalId who);
  void ring();
  // Rings for the last time: the server ends.
  void close();
  bool closed() const;
  std::size_t count() const;

 private:
  mutable std::mutex mutex_;
  std::list<Bell*> all_;
  std::map<PrincipalId, std::size_t> each_;
  bool closed_ = false;
};

}  // namespace hansa::service
