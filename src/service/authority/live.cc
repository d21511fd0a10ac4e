#include "service/authority/live.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
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

}  // namespace

Result<void> Live::load(store::Store& store) {
  Loading loading;
  HANSA_TRY(const Seq seq, store.load([&](store::Row row) { loading.add(std::move(row)); }));
  HANSA_TRY(const Loading::Nouns nouns, loading.finish());
  std::array<std::size_t, std::size(kNounKinds)> counts{};
  std::ranges::transform(nouns, counts.begin(), [](const auto& kind) { return kind.size(); });
  {
    const std::unique_lock lock(mutex_);
    mesh_.reserve(counts);
    for (const auto& kind : nouns)
      for (const auto& each : kind) mesh_.apply(each.noun, false, each.rev);
    for (const auto& kind : nouns)
      for (const auto& each : kind) rights_.apply(mesh_, each.noun, false);
    seq_ = seq;
  }
  release(seq);
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
  const std::unique_lock lock(mutex_);
  if (batch.seq.number != seq_.number + 1)
    return corrupt(fmt::format("commit {} follows {}", batch.seq.number, seq_.number));
  for (const Decoded& each : nouns) {
    mesh_.apply(each.noun, each.gone, batch.seq);
    rights_.apply(mesh_, each.noun, each.gone);
  }
  seq_ = batch.seq;
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
