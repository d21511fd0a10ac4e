#include "service/step/standards.h"

#include <fmt/format.h>

#include <algorithm>

namespace hansa::service {
namespace {

bool asks_domain(const Standard& standard, DomainId domain) {
  return standard.domains.empty() ||
         std::ranges::find(standard.domains, domain) != standard.domains.end();
}

}  // namespace

std::string words_of(const Requirement& asked) {
  std::vector<std::string> out;
  const auto add = [&](std::string_view what, const std::vector<std::string>& list) {
    if (!list.empty()) out.push_back(fmt::format("{} {}", what, join(list, " or ")));
  };
  for (const Requirement::Part part : asked.of) out.emplace_back(name_of(part));
  if (asked.share) out.push_back(fmt::format("{} % of columns", *asked.share));
  for (const std::string& property : asked.properties) out.push_back(property);
  add("products", asked.products);
  add("ports", asked.ports);
  add("columns", asked.columns);
  if (asked.days) out.push_back(counted(*asked.days, "day"));
  return join(out, ", ");
}

std::vector<const Standard*> standards_for(const View& view, DomainId domain) {
  std::vector<const Standard*> out;
  for (const auto& [id, entry] : view.mesh.all<Standard>())
    if (asks_domain(*entry.noun, domain)) out.push_back(entry.noun.get());
  std::ranges::sort(out, {}, &Standard::name);
  return out;
}

std::size_t work_of(const View& view, const Product& product,
                    const std::vector<const Standard*>& standards) {
  std::size_t names = 1, asked = 1;
  for (const Port* port : view.mesh.ports_of(product.id)) {
    const auto* contract = view.mesh.find<Contract>(port->contract);
    names += 1 + (contract ? contract->schema.columns.size() : 0);
  }
  for (const Standard* standard : standards)
    for (const Requirement& each : standard->requirements)
      asked += 1 + each.products.size() + each.ports.size() + each.columns.size();
  return names * asked;
}

bool speaks_of(const Standard& standard, DomainId domain, const contract::JudgedProduct& product) {
  return asks_domain(standard, domain) &&
         contract::speaks_of(standard.visibility, standard.tags, product);
}

std::vector<const Port*> standing_ports(const View& view, ProductId product) {
  std::vector<const Port*> out = view.mesh.ports_of(product);
  std::erase_if(out, [&](const Port* port) {
    const auto* ends = view.mesh.find<Deprecation>(port->id);
    return ends != nullptr && ends->retired_at;
  });
  return out;
}

contract::JudgedProduct judged_now(const View& view, const Product& product) {
  return judged_product(view.mesh, product, standing_ports(view, product.id));
}

Result<std::vector<Permit>> permits_to_write(const Context& context, const View& view,
                                             const std::vector<DomainId>& domains,
                                             std::string_view called) {
  const auto owns = [&](DomainId id) {
    return may(context, view, Action::manage, {ResourceKind::domain, id.ulid});
  };
  std::vector<Permit> out;
  if (domains.empty() || !std::ranges::all_of(domains, owns)) {
    HANSA_TRY(Permit permit,
              authorize(context, view, Action::administer, on_organisation(), called));
    out.push_back(std::move(permit));
    return out;
  }
  for (const DomainId id : domains) {
    HANSA_TRY(Permit permit,
              authorize(context, view, Action::manage, {ResourceKind::domain, id.ulid}, called));
    out.push_back(std::move(permit));
  }
  return out;
}

LeastNotice least_notice(const View& view, const Port& port, Requirement::Severity severity) {
  LeastNotice out;
  const auto* product = view.mesh.find<Product>(port.product);
  if (product == nullptr) return out;
  const contract::JudgedProduct judged = judged_now(view, *product);
  for (const Standard* standard : standards_for(view, product->domain)) {
    if (!speaks_of(*standard, product->domain, judged)) continue;
    for (const Requirement& asked : standard->requirements)
      if (asked.rule == Requirement::Kind::notice && asked.severity == severity &&
          asked.days.value_or(0) > out.days)
        out = {*asked.days, standard->name};
  }
  return out;
}

}  // namespace hansa::service
