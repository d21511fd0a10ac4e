#include "world/store/body/body.h"

#include <fmt/format.h>

#include <optional>

#include "world/store/body/bytes.h"
#include "world/store/body/fields_life.h"

namespace hansa::store {
namespace {

void number(Table& table, Rev rev) {
  for (TableState& state : table.states)
    if (state.seq == Seq{}) state.seq = rev;
}
void number(Grant& grant, Rev rev) {
  for (GrantStep& step : grant.steps)
    if (step.seq == Seq{}) step.seq = rev;
}
template <class T>
void number(T&, Rev) {}

template <class T>
Result<Noun> read_as(std::string_view kind, std::string_view bytes, Rev rev) {
  auto noun = std::make_shared<T>();
  if (const std::string problem = BodyReader(bytes).whole(*noun); !problem.empty())
    return corrupt(fmt::format("the body of a {}: {}", kind, problem));
  number(*noun, rev);
  return Noun(std::shared_ptr<const T>(std::move(noun)));
}

// By the order of kNounKinds, so that a new noun is named here by the compiler.
template <std::size_t... Is>
Result<Noun> read_kind(std::string_view kind, std::string_view bytes, Rev rev,
                       std::index_sequence<Is...>) {
  std::optional<Result<Noun>> out;
  const auto read = [&]<class T>(std::type_identity<std::shared_ptr<const T>>) {
    out = read_as<T>(kind, bytes, rev);
    return true;
  };
  (void)((kind == kNounKinds[Is] &&
          read(std::type_identity<std::variant_alternative_t<Is, Noun>>{})) ||
         ...);
  if (!out) return corrupt(fmt::format("unknown kind of noun '{}'", kind));
  return *std::move(out);
}

}  // namespace

std::string body_of(const Noun& noun) {
  std::string out(1, kBodyLevel);
  BodyWriter writer(out);
  std::visit(
      // `describe` takes a reference so that one function both reads and writes.
      [&]<class T>(const std::shared_ptr<const T>& shared) {
        writer.write(const_cast<T&>(*shared));
      },
      noun);
  return out;
}

Result<Noun> noun_of(std::string_view kind, std::string_view body, Rev rev) {
  if (body.empty()) return corrupt(fmt::format("the body of a {} is empty", kind));
  if (body.front() != kBodyLevel)
    return unavailable(fmt::format("a {} was written by another version of hansa", kind),
                       "start that version instead");
  return read_kind(kind, body.substr(1), rev, std::make_index_sequence<std::size(kNounKinds)>());
}

}  // namespace hansa::store
