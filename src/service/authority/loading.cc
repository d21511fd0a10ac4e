#include "service/authority/loading.h"

#include <fmt/format.h>

#include <ranges>
#include <utility>

#include "world/store/body/body.h"

namespace hansa::service {
namespace {

constexpr std::size_t kRowsOfPart = 1'000;

}  // namespace

void Loading::make(Part& part) {
  if (part.taken.exchange(true)) return;
  const std::string bodies = std::exchange(part.bodies, {});
  std::size_t begin = 0;
  for (const Waiting& row : std::exchange(part.rows, {})) {
    const auto body = std::string_view(bodies).substr(begin, row.end - begin);
    begin = row.end;
    auto noun = store::noun_of(row.kind, body, row.rev);
    if (!noun) {
      part.outcome =
          in_context(fmt::format("loading {} {}", row.kind, to_text(row.id)), noun.error());
      return;
    }
    part.nouns[noun->index()].push_back({*std::move(noun), row.rev});
  }
}

void Loading::add(store::Row row) {
  if (open_ == 0) parts_.emplace_back().rows.reserve(kRowsOfPart);
  Part& part = parts_.back();
  if (row.body) part.bodies += *row.body;
  part.rows.push_back({std::move(row.kind), row.id, row.rev, part.bodies.size()});
  if (++open_ == kRowsOfPart) close();
}

// Rows that wait take memory: where too many do, the reader makes nouns as well.
void Loading::close() {
  open_ = 0;
  Part& part = parts_.back();
  if (!beside_.submit(Pool::Class::interactive, [&part] { make(part); })) make(part);
}

Result<Loading::Nouns> Loading::finish() {
  // From the end, while the other thread goes on from the front.
  for (Part& part : std::views::reverse(parts_)) make(part);
  beside_.stop();
  Nouns nouns;
  for (; !parts_.empty(); parts_.pop_front()) {
    HANSA_CHECK(parts_.front().outcome);
    for (std::size_t kind = 0; kind < nouns.size(); ++kind)
      if (Piece& piece = parts_.front().nouns[kind]; !piece.empty())
        nouns[kind].push_back(std::move(piece));
  }
  return nouns;
}

}  // namespace hansa::service
