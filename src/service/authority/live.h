// The one mesh in memory, changed only by the store's batches, in their order.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "base/time.h"
#include "model/mesh.h"
#include "policy/rights.h"
#include "service/authority/bells.h"
#include "service/authority/words.h"
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
  // All of the store. Words are learned behind it, by a thread that ends with this. Errors:
  // corrupt; unavailable; as Store::load.
  Result<void> load(store::Store& store);

  // Runs `f` on a view that does not change meanwhile, and returns its value. `f` must not wait,
  // and must not return references into the view.
  template <class F>
  auto read(F&& f) const {
    const std::shared_lock lock(mutex_);
    return f(view());
  }

  // The same with the index of search, which holds what the view does; it may only lag behind by
  // batches whose commits were not acknowledged yet. Waits until the words of what was loaded are
  // learned. Errors: unavailable: not by `patience`.
  template <class F>
  auto search(Micros patience, F&& f) const
      -> std::invoke_result_t<F, const View&, const search::Index&> {
    HANSA_CHECK(learned(patience));
    const std::shared_lock lock(mutex_);
    return f(view(), index_);
  }

  // How much products are read, for the ranks of search. Errors: unavailable: its words are not
  // learned yet.
  Result<void> put_use(const std::unordered_map<Ulid, std::uint8_t>& use);

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
  void learn_all(const std::stop_token& stop);
  Result<void> learned(Micros patience) const;

  mutable std::shared_mutex mutex_;
  Mesh mesh_;
  policy::Rights rights_;
  Seq seq_;
  search::Index index_;
  // Until all that was loaded is learned: what changed meanwhile.
  bool learning_ = false;
  Touched missed_;

  mutable Bells bells_;
  mutable std::mutex released_mutex_;
  mutable std::condition_variable released_bell_;
  Seq released_;
  bool learned_ = false;
  std::jthread learner_;
};

}  // namespace hansa::service
