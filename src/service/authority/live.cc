#include "service/authority/live.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>
#include <vector>

#include "service/authority/loading.h"
#include "world/store/body/body.h"

namespace hansa::service {
namespace {

struct Decoded {
  Noun noun;
  bool gone;
};

// Nouns in the order of their kinds: a domain before what lies in it.
void sort_by_kind(std::vector<Decoded>& nouns) {
  std::ranges::stable_sort(nouns, {}, [](const Decoded& d) { return d.noun.index(); });
}

// Products read under one lock, so that nobody waits for it long.
constexpr std::size_t kLessonMax = 256;
constexpr std::size_t kSlotsAtOnce = 16'384;

}  // namespace

Result<void> Live::load(store::Store& store) {
  Loading loading;
  HANSA_TRY(const Seq seq, store.load([&](store::Row row) { loading.add(std::move(row)); }));
  HANSA_TRY(Loading::Nouns nouns, loading.finish());
  std::array<std::size_t, std::size(kNounKinds)> counts{};
  std::ranges::transform(nouns, counts.begin(), [](const auto& kind) {
    std::size_t count = 0;
    for (const Loading::Piece& piece : kind) count += piece.size();
    return count;
  });
  {
    const std::unique_lock lock(mutex_);
    mesh_.reserve(counts);
    // Kind by kind: facts of a product are not made again for ports that are still to come.
    for (auto& kind : nouns) {
      for (const auto& [noun, rev] : std::views::join(kind)) mesh_.apply(noun, false, rev);
      for (const auto& [noun, rev] : std::views::join(kind)) rights_.apply(mesh_, noun, false);
      kind = {};
    }
    seq_ = seq;
    learning_ = true;
  }
  release(seq);
  learner_ = std::jthread([this](const std::stop_token& stop) { learn_all(stop); });
  return {};
}

// Into an index that nobody sees, from the mesh as it is at each moment; what changes meanwhile is
// learned again, until little is left.
void Live::learn_all(const std::stop_token& stop) {
  search::Index index;
  Touched left;
  read([&](const View& v) {
    left.add_all(v.mesh);
    return 0;
  });
  for (bool done = false; !done;) {
    while (left.size() != 0) {
      if (stop.stop_requested()) return;
      Touched::learn(read([&](const View& v) { return left.take(v.mesh, kLessonMax); }), index);
    }
    const std::unique_lock lock(mutex_);
    left = std::exchange(missed_, {});
    if (left.size() > kLessonMax) continue;
    Touched::learn(left.take(mesh_, kLessonMax), index);
    index_ = std::move(index);
    learning_ = false;
    done = true;
  }
  {
    const std::lock_guard lock(released_mutex_);
    learned_ = true;
  }
  released_bell_.notify_all();
}

Result<void> Live::learned(Micros patience) const {
  std::unique_lock lock(released_mutex_);
  if (released_bell_.wait_for(lock, patience, [&] { return learned_; })) return {};
  return unavailable("the server has just started and still reads what can be searched",
                     "search again in a moment");
}

Result<void> Live::put_use(const std::unordered_map<Ulid, std::uint8_t>& use) {
  HANSA_CHECK(learned(Micros{0}));
  for (Slot next = 0; next != kNoSlot;) {
    const std::unique_lock lock(mutex_);
    next = index_.put_use(next, kSlotsAtOnce, use);
  }
  return {};
}

Result<void> Live::apply(const store::Batch& batch) {
  std::vector<Decoded> nouns;
  for (const store::Row& row : batch.rows) {
    if (row.body) {
      auto noun = store::noun_of(row.kind, *row.body, batch.seq);
      if (!noun)
        return in_context(fmt::format("following commit {}", batch.seq.number), noun.error());
      nouns.push_back({*std::move(noun), false});
    } else if (auto noun = read([&](const View& v) { return v.mesh.noun(row.kind, row.id); })) {
      nouns.push_back({*std::move(noun), true});
    }
  }
  sort_by_kind(nouns);
  Touched touched;
  {
    const std::unique_lock lock(mutex_);
    if (batch.seq.number != seq_.number + 1)
      return corrupt(fmt::format("commit {} follows {}", batch.seq.number, seq_.number));
    for (const Decoded& each : nouns) touched.add(mesh_, each.noun);
    for (const Decoded& each : nouns) {
      mesh_.apply(each.noun, each.gone, batch.seq);
      rights_.apply(mesh_, each.noun, each.gone);
    }
    for (const Decoded& each : nouns) touched.add(mesh_, each.noun);
    seq_ = batch.seq;
    if (learning_) missed_.add(std::exchange(touched, {}));
    else touched.forget(mesh_, index_);
  }
  // Only this thread changes the mesh, so it may be read meanwhile: texts are taken apart while
  // others read, and only the lists are changed while nobody does.
  while (touched.size() != 0) {
    Touched::Lesson lesson = read([&](const View& v) { return touched.take(v.mesh, kLessonMax); });
    const std::unique_lock lock(mutex_);
    Touched::learn(std::move(lesson), index_);
  }
  return {};
}

void Live::release(Seq seq) {
  {
    const std::lock_guard lock(released_mutex_);
    released_ = seq;
  }
  released_bell_.notify_all();
  bells_.ring();
}

Result<void> Live::reach(Seq seq, Micros patience) const {
  std::unique_lock lock(released_mutex_);
  if (released_bell_.wait_for(lock, patience, [&] { return released_ >= seq; })) return {};
  return unavailable(fmt::format("commit {} is durable, but was not applied in time", seq.number),
                     "look again: the change will appear");
}

Seq Live::seq() const {
  const std::shared_lock lock(mutex_);
  return seq_;
}

}  // namespace hansa::service
