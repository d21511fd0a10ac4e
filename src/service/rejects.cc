#include "service/rejects.h"

#include <fmt/format.h>

#include "base/text.h"
#include "service/step/staged.h"
#include "world/object/object_store.h"

namespace hansa::service {
namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 20;

// Where a page begins: a file, and a byte of its report.
struct Place {
  std::uint32_t file = 0;
  std::uint64_t byte = 0;
};

Result<Place> place_of(std::string_view text) {
  if (text.empty()) return Place{};
  const auto parts = split(text, ':');
  const auto file = parts.size() == 2 ? parse_int(parts[0]) : Result<std::int64_t>(-1);
  const auto byte = parts.size() == 2 ? parse_int(parts[1]) : Result<std::int64_t>(-1);
  if (!file || !byte || *file < 0 || *byte < 0 ||
      *file >= static_cast<std::int64_t>(limits::files_per_publish_max))
    return invalid("`after` is no place in the list", "give what the page before gave as `next`");
  return Place{static_cast<std::uint32_t>(*file), static_cast<std::uint64_t>(*byte)};
}

// A line is what a worker wrote: read as strictly as anything that a stranger sends.
Result<api::RejectView> reject_of(std::string_view line, std::uint32_t file) {
  HANSA_TRY(Json json, parse_json(line));
  json.set("file", std::uint64_t{file});
  return from_json<api::RejectView>(json);
}

}  // namespace

Result<api::RejectList> list_rejects(const Context& context, const Live& live, World& world,
                                     const api::ListRejects& ask) {
  HANSA_TRY(const Target target,
            live.read([&](const View& view) { return find_target(context, view, ask.port); }));
  HANSA_TRY(Place place, place_of(ask.paging.after));
  api::RejectList out;
  for (; place.file < limits::files_per_publish_max; place = {place.file + 1, 0}) {
    HANSA_TRY(const Location at, rejects_location(target, ask.publish, place.file));
    const auto info = world.objects.info(at);
    if (!info && info.error().code != Code::not_found) return std::unexpected(info.error());
    if (!info) {
      if (place.file == 0)
        return not_found(
            fmt::format("there is no report of publish {} into {}", ask.publish, target.ref),
            "only CSV and NDJSON have one, for a month");
      return out;
    }
    while (place.byte < info->bytes) {
      HANSA_TRY(const auto source, world.objects.read(at, place.byte, kReadBytes));
      HANSA_TRY(const std::string bytes, drain(*source, 2 * kReadBytes));
      std::string_view rest = bytes;
      for (std::size_t end = 0; (end = rest.find('\n')) != std::string_view::npos;) {
        if (out.items.size() == ask.paging.limit) {
          out.next = fmt::format("{}:{}", place.file, place.byte);
          return out;
        }
        auto item = reject_of(rest.substr(0, end), place.file);
        if (!item) return corrupt("the report cannot be read", "publish again");
        out.items.push_back(*std::move(item));
        rest.remove_prefix(end + 1);
        place.byte += end + 1;
      }
      if (rest.size() == bytes.size()) return corrupt("the report cannot be read", "publish again");
    }
  }
  return out;
}

}  // namespace hansa::service
