#include "service/step/staged.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "base/text.h"
#include "query/plan.h"
#include "service/step/find.h"
#include "service/step/plan_bridge.h"
#include "world/engine/engine.h"
#include "world/object/object_store.h"

namespace hansa::service {
namespace {

// Ten differences say enough; a thousand hide the first.
constexpr std::size_t kShownMax = 10;

// No writer comes near it, and the sum of nine million such files still counts: a footer that lies
// would leave a table, and its account's quota, without a sum.
constexpr std::uint64_t kFileRowsMax = 1'000'000'000'000;

std::uint64_t bytes_of_others(const View& view, const Account& account, PortId but) {
  std::uint64_t bytes = 0;
  for (const auto& [id, entry] : view.mesh.all<Table>())
    if (entry.noun->location.bucket() == account.bucket && entry.noun->id != but &&
        entry.noun->current() != nullptr)
      bytes += entry.noun->current()->bytes;
  return bytes;
}

Result<void> check_contract(const Target& target, const query::Footer& footer) {
  std::vector<std::string> differ = misfits(target.schema, footer.schema);
  if (differ.empty()) return {};
  const std::size_t more = differ.size() > kShownMax ? differ.size() - kShownMax : 0;
  if (more > 0) differ.resize(kShownMax);
  std::string text = fmt::format("{} does not fit the contract of {}: {}", footer.label, target.ref,
                                 join(differ, "; "));
  if (more > 0) text += fmt::format("; and {} more", more);
  return invalid(std::move(text),
                 "publish data of the contract's columns and types, or a new version of the port");
}

Result<Location> piece_location(const Target& target, std::string_view publish, std::uint32_t file,
                                std::string_view folder, std::string_view ending) {
  if (!parse_ulid(publish))
    return invalid("the publish id is not a ULID",
                   "26 characters, for instance 01JDB0V6A0000000000000000");
  return target.location.below(fmt::format("{}/{}-{:05}{}", folder, publish, file, ending));
}

// What lies in one of a table's folders under such names, but for some publishes.
Result<std::vector<object::ObjectInfo>> pieces(World& world, const Table& table,
                                               std::string_view below,
                                               const std::set<std::string>* but) {
  constexpr std::size_t kAtOnce = 1'000;
  constexpr std::size_t kUlidBytes = 26;
  const std::string folder = fmt::format("{}/{}/", table.location.key(), below);
  std::vector<object::ObjectInfo> out;
  for (std::string after;;) {
    HANSA_TRY(auto listing, world.objects.list(table.location.bucket(), folder, after, kAtOnce));
    for (object::ObjectInfo& file : listing.objects) {
      after = file.location.key();
      const std::string publish = after.substr(folder.size(), kUlidBytes);
      // Only what piece_location names: whatever else lies here is not ours to judge.
      if (parse_ulid(publish) && (but == nullptr || !but->contains(publish)))
        out.push_back(std::move(file));
    }
    if (!listing.more || listing.objects.empty()) return out;
  }
}

// Of a publish whose snapshot was expired, files may be in the table still.
Result<void> drop_listed(World& world, Tables& tables, const Table& table,
                         std::vector<object::ObjectInfo>& out) {
  if (out.empty() || table.expiries.empty() || table.current() == nullptr) return {};
  HANSA_TRY(const auto listed, tables.listed(world.objects, *table.current()));
  std::set<Location> known;
  for (const TableFile& file : listed->files) known.insert(file.location);
  std::erase_if(out, [&](const auto& file) { return known.contains(file.location); });
  return {};
}

}  // namespace

Result<Target> find_target(const Context& context, const View& view, std::string_view text) {
  HANSA_TRY(const Port* port, find_port(context, view, text));
  HANSA_CHECK(authorize(context, view, Action::publish, on(*port), text));
  const auto* product = view.mesh.find<Product>(port->product);
  const auto* account = product ? view.mesh.find<Account>(product->account) : nullptr;
  const auto* contract = view.mesh.find<Contract>(port->contract);
  const auto* table = view.mesh.find<Table>(port->id.ulid);
  if (port->kind != PortKind::table || account == nullptr || contract == nullptr ||
      table == nullptr)
    return invalid(fmt::format("{} is not a table: nothing can be published into it", text));
  Target target{.port = port->id,
                .product = product->id,
                .account = account->id,
                .ref = view.mesh.ref_of(*port),
                .bucket = account->bucket,
                .schema = contract->schema,
                .location = table->location,
                .state = {},
                .forgets = !table->expiries.empty(),
                .held = table->held,
                .quota_bytes = account->quota_bytes};
  if (table->current() != nullptr) target.state = *table->current();
  if (target.quota_bytes != 0) target.other_bytes = bytes_of_others(view, *account, port->id);
  return target;
}

Result<Target> find_open_target(const Context& context, const View& view, std::string_view port) {
  HANSA_TRY(Target target, find_target(context, view, port));
  if (view.mesh.find<Derivation>(target.port) != nullptr)
    return blocked(fmt::format("{} is made by a query, and would be made anew", target.ref),
                   fmt::format("end that first: hansa publish {} --no-query", port));
  HANSA_CHECK(check_not_bridged(view, target.port));
  return target;
}

Result<Location> upload_location(const Target& target, std::string_view publish,
                                 std::uint32_t file) {
  return piece_location(target, publish, file, "data", ".parquet");
}
Result<Location> trial_location(const Target& target, std::string_view publish,
                                std::uint32_t file) {
  return piece_location(target, publish, file, "trial", ".parquet");
}
Result<Location> text_location(const Target& target, std::string_view publish, std::uint32_t file) {
  return piece_location(target, publish, file, "text", "");
}
Result<Location> rejects_location(const Target& target, std::string_view publish,
                                  std::uint32_t file) {
  return piece_location(target, publish, file, "rejects", ".ndjson");
}

Result<std::vector<object::ObjectInfo>> unpublished(World& world, Tables& tables,
                                                    const Table& table) {
  std::shared_ptr<const std::set<std::string>> published;
  if (table.current() != nullptr) {
    HANSA_TRY(published, tables.publishes(world.objects, table.current()->metadata));
  }
  HANSA_TRY(auto out, pieces(world, table, "data", published.get()));
  HANSA_CHECK(drop_listed(world, tables, table, out));
  for (const char* folder : {"text", "trial"}) {
    HANSA_TRY(auto more, pieces(world, table, folder, nullptr));
    std::ranges::move(more, std::back_inserter(out));
  }
  return out;
}

Result<std::vector<object::ObjectInfo>> reports(World& world, const Table& table) {
  return pieces(world, table, "rejects", nullptr);
}

Result<std::vector<iceberg::DataFile>> inspected(const Context& context, World& world,
                                                 const Target& target,
                                                 const std::vector<Location>& files) {
  query::Inspection inspection;
  std::vector<std::uint64_t> sizes;
  for (const Location& file : files) {
    HANSA_TRY(const object::ObjectInfo info, world.objects.info(file));
    HANSA_TRY(std::string path, world.objects.local(file));
    sizes.push_back(info.bytes);
    inspection.files.push_back(
        {.path = std::move(path), .label = file.text(), .bytes = info.bytes, .rows = 0});
  }
  HANSA_TRY(const auto lease, world.engine.lease(context.who.id, context.deadline, context.stop));
  HANSA_TRY(const auto footers, lease->inspect(query::ClosedPlan::inspect(std::move(inspection))));
  std::vector<iceberg::DataFile> out;
  for (std::size_t i = 0; i < footers.size() && i < files.size(); ++i) {
    HANSA_CHECK(check_contract(target, footers[i]));
    if (footers[i].rows > kFileRowsMax)
      return corrupt(
          fmt::format("{}: it says that it holds {} rows", files[i].text(), footers[i].rows),
          fmt::format("a file holds at most {}", kFileRowsMax));
    iceberg::DataFile file;
    file.path = files[i];
    file.record_count = static_cast<std::int64_t>(footers[i].rows);
    file.file_size = static_cast<std::int64_t>(sizes[i]);  // the disk's word, not a worker's
    out.push_back(std::move(file));
  }
  if (out.size() != files.size())
    return corrupt("a worker did not answer for every file", "try again");
  return out;
}

}  // namespace hansa::service
