// The one mesh in memory, changed only by the store's batches, in their order.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <shared_mutex>

#include "base/time.h"
#include "model/mesh.h"
#include "policy/rights.h"
#include "service/authority/bells.h"
#include "world/store/store.h"

namespace hansa::service {

// What a question is answered from. Valid only inside Live::read.
struct View {
  const Mesh& mesh;
  const policy::Rights& rights;
  Seq seq;
};

class Live {
 public:
  // All of the store. Errors: corrupt; unavailable; as Store::load.
  Result<void> load(store::Store& store);

  // Runs `f` on a view that does not change meanwhile, and returns its value. `f` must not wait,
  // and must not return references into the view.
  template <class F>
  auto read(F&& f) const {
    const std::shared_lock lock(mutex_);
    return f(view());
  }

  // The next batch. Errors: corrupt: a body that cannot be read, or a number that does not follow.
  Result<void> apply(const store::Batch& batch);
  // Rings those who wait in reach: call after running work was decided anew on this batch.
  void release(Seq seq);
  // Whoever waits for changes without a thread is rung here.
  Bells& bells() const { return bells_; }
  // Waits until everything up to `seq` is applied and released. Errors: unavailable at the
  // deadline.
  Result<void> reach(Seq seq, Micros patience) const;

  Seq seq() const;

 private:
  View view() const { return {mesh_, rights_, seq_}; }

  mutable std::shared_mutex mutex_;
  Mesh mesh_;
  policy::Rights rights_;
  Seq seq_;

  mutable Bells bells_;
  mutable std::mutex released_mutex_;
  mutable std::condition_variable released_bell_;
  Seq released_;
};

}  // namespace hansa::service
