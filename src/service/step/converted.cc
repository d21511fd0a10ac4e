#include "service/step/converted.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "query/plan.h"
#include "service/step/held.h"
#include "service/step/written.h"
#include "world/engine/engine.h"
#include "world/object/object_store.h"

namespace hansa::service {
namespace {

// How many of `records` may be refused.
Result<std::uint64_t> accepted(std::string_view text, std::uint64_t records) {
  const bool percent = text.ends_with('%');
  const auto number = parse_double(percent ? text.substr(0, text.size() - 1) : text);
  if (!number || *number < 0 || (percent && *number > 100) ||
      (!percent && (*number != std::floor(*number) || *number > 1e15)))
    return invalid("max_rejects is a number of records, or a percentage",
                   "for instance 10 or 0.5%");
  return static_cast<std::uint64_t>(
      percent ? std::floor(*number / 100 * static_cast<double>(records)) : *number);
}

// What the contract says of the spelling of dates and times, by column.
Result<std::vector<std::string>> formats_of(const Live& live, const Target& target) {
  const PackedText packed = live.read([&](const View& view) {
    const auto* port = view.mesh.find<Port>(target.port);
    const auto* contract = port ? view.mesh.find<Contract>(port->contract) : nullptr;
    return contract ? contract->manifest : PackedText();
  });
  HANSA_TRY(const contract::DataContract document, document_of(packed));
  std::vector<std::string> formats(target.schema.columns.size());
  for (const auto& object : document.schema)
    for (const auto& property : object.properties) {
      const auto column =
          std::ranges::find(target.schema.columns, contract::column_name(property), &Column::name);
      const Json* format = property.logical_type_options.find("format");
      if (column != target.schema.columns.end() && format != nullptr && format->is_string())
        formats[static_cast<std::size_t>(column - target.schema.columns.begin())] =
            *format->as_string();
    }
  return formats;
}

std::string label_of(const api::Publish& ask, std::uint32_t file) {
  return file < ask.text->names.size() ? ask.text->names[file] : fmt::format("file {}", file);
}

// All of a source into an object that replaces what an earlier try left.
Result<void> write_all(object::Writing& writing, Source& source, std::uint64_t room) {
  std::uint64_t bytes = 0;
  for (;;) {
    HANSA_TRY(const auto chunk, source.next({}));
    if (!chunk) break;
    bytes += chunk->bytes.size();
    if (bytes > room) return over_quota(room);
    HANSA_CHECK(writing.write(chunk->bytes));
  }
  HANSA_TRY(const auto info, writing.finish());
  return {};
}

Result<query::Converted> convert_one(const Context& context, World& world, const Target& target,
                                     const api::Publish& ask, std::uint32_t file,
                                     const std::vector<std::string>& formats) {
  HANSA_TRY(const Location at, text_location(target, ask.publish, file));
  const auto info = world.objects.info(at);
  if (!info)
    return not_found(fmt::format("file {} of publish {} was not uploaded", file, ask.publish),
                     "upload it with kind=text, then publish");
  HANSA_TRY(std::string path, world.objects.local(at));
  query::Conversion conversion{
      .file = {.path = std::move(path), .label = label_of(ask, file), .bytes = info->bytes},
      .dialect = ask.text->dialect,
      .columns = target.schema,
      .formats = formats};
  // Nobody's worker: what it is told to read stays in it.
  HANSA_TRY(const auto lease, world.engine.lease(PrincipalId{}, context.deadline, context.stop));
  HANSA_TRY(const auto rows, lease->convert(query::ClosedPlan::convert(std::move(conversion))));
  HANSA_TRY(const Location place, rows_location(target, ask, file));
  HANSA_TRY(auto writing, world.objects.write(place, object::Taken::replace));
  HANSA_CHECK(write_all(*writing, *rows, room_of(target)));
  HANSA_TRY(const engine::Converted converted, lease->converted());
  HANSA_TRY(const Location report, rejects_location(target, ask.publish, file));
  HANSA_TRY(writing, world.objects.write(report, object::Taken::replace));
  HANSA_CHECK(write_all(*writing, *converted.report, UINT64_MAX));
  return converted.outcome;
}

void drop_rows(World& world, const Target& target, const api::Publish& ask) {
  for (std::uint32_t file = 0; file < ask.files; ++file)
    if (const auto at = rows_location(target, ask, file)) (void)world.objects.remove(*at);
}

}  // namespace

Result<Location> rows_location(const Target& target, const api::Publish& ask, std::uint32_t file) {
  return ask.dry_run ? trial_location(target, ask.publish, file)
                     : upload_location(target, ask.publish, file);
}

Result<ConvertedText> convert_text(const Context& context, const Live& live, World& world,
                                   const Target& target, const api::Publish& ask) {
  HANSA_CHECK(check_dialect(ask.text->dialect));
  for (const std::string& name : ask.text->names) HANSA_CHECK(check_text("name", name));
  HANSA_CHECK(accepted(ask.text->max_rejects, 0));
  HANSA_TRY(const auto formats, formats_of(live, target));
  ConvertedText out;
  std::string first;
  for (std::uint32_t file = 0; file < ask.files; ++file) {
    auto one = convert_one(context, world, target, ask, file, formats);
    if (!one) {
      drop_rows(world, target, ask);
      return std::unexpected(std::move(one).error());
    }
    out.rows += one->rows;
    out.rejected += one->rejected;
    if (first.empty() && one->rejected > 0)
      first = fmt::format("{}: {}", label_of(ask, file), one->first_rejects);
  }
  HANSA_TRY(const std::uint64_t most, accepted(ask.text->max_rejects, out.rows + out.rejected));
  if (ask.dry_run || out.rejected <= most) return out;
  drop_rows(world, target, ask);
  return invalid(
      fmt::format("{} of {} cannot be taken, and nothing was published: {}{}", out.rejected,
                  counted(out.rows + out.rejected, "record"), first,
                  out.rejected > 5 ? "; and others" : ""),
      fmt::format("all of them: hansa get rejects {} --publish {}; to publish the others: "
                  "--max-rejects {}",
                  target.ref, ask.publish, out.rejected));
}

void drop_trial(World& world, const Target& target, const api::Publish& ask) {
  if (ask.dry_run) drop_rows(world, target, ask);
}

void drop_text(World& world, const Target& target, const api::Publish& ask) {
  for (std::uint32_t file = 0; ask.text && file < ask.files; ++file)
    if (const auto at = text_location(target, ask.publish, file)) (void)world.objects.remove(*at);
}

}  // namespace hansa::service
