#include "service/step/use.h"

#include <algorithm>
#include <map>
#include <set>

namespace hansa::service {

bool reads_column(const UseBy& use, std::string_view column) {
  return std::ranges::binary_search(use.columns, column);
}

Result<std::vector<UseBy>> readers_of(store::Store& store, PortId port, Time since) {
  std::map<std::pair<PrincipalId, PortId>, UseBy> found;
  std::map<std::pair<PrincipalId, PortId>, std::set<std::string>> columns;
  HANSA_CHECK(store.uses(
      {.port = port, .who = {}, .hour_min = store::hour_of(since)},
      [&](const store::UseKey& key, const store::UseCount& count) {
        if (count.last < since) return;
        const std::pair reader{key.who, key.makes};
        UseBy& use =
            found.try_emplace(reader, UseBy{key.who, key.makes, {}, 0, count.first, {}, {}})
                .first->second;
        use.reads += count.reads;
        use.first = std::min(use.first, count.first);
        if (count.last >= use.last) use.client = count.client;
        use.last = std::max(use.last, count.last);
        columns[reader].insert(key.columns.begin(), key.columns.end());
      }));
  std::vector<UseBy> out;
  for (auto& [reader, use] : found) {
    const std::set<std::string>& all = columns[reader];
    use.columns.assign(all.begin(), all.end());
    out.push_back(std::move(use));
  }
  std::ranges::sort(out, [](const UseBy& a, const UseBy& b) {
    return std::tie(b.last, a.who, a.makes) < std::tie(a.last, b.who, b.makes);
  });
  return out;
}

Result<std::unordered_map<Ulid, std::uint8_t>> use_of_products(store::Store& store,
                                                               const Live& live, Time since) {
  struct Sum {
    std::set<PrincipalId> readers;
    std::uint64_t reads = 0;
  };
  std::unordered_map<Ulid, Sum> ports, products;
  HANSA_CHECK(store.uses({.port = {}, .who = {}, .hour_min = store::hour_of(since)},
                         [&](const store::UseKey& key, const store::UseCount& count) {
                           Sum& sum = ports[key.port.ulid];
                           sum.readers.insert(key.who);
                           sum.reads += count.reads;
                         }));
  live.read([&](const View& view) {
    for (auto& [id, sum] : ports) {
      const auto* port = view.mesh.find<Port>(id);
      if (port == nullptr) continue;
      Sum& product = products[port->product.ulid];
      product.readers.merge(sum.readers);
      product.reads += sum.reads;
    }
    return 0;
  });
  std::unordered_map<Ulid, std::uint8_t> out;
  for (const auto& [id, sum] : products) out[id] = search::use_of(sum.readers.size(), sum.reads);
  return out;
}

}  // namespace hansa::service
