#include "service/authority/words.h"

#include <algorithm>

namespace hansa::service {

void Touched::add_product(const Mesh& mesh, ProductId id) {
  if (const Slot slot = mesh.slot(id); slot != kNoSlot) products_.emplace_back(slot, id);
  sorted_ = false;
}

void Touched::add_all(const Mesh& mesh) {
  for (const Order::Entry& each : mesh.products_in_order())
    products_.emplace_back(each.slot, ProductId{each.id});
  sorted_ = false;
  for (const auto& [id, entry] : mesh.all<Domain>()) domains_.insert(entry.noun->id);
}

// Descending, so that taking the first is cheap: products that come in the order of their slots are
// appended to the index's lists.
void Touched::sort() {
  if (std::exchange(sorted_, true)) return;
  std::ranges::reverse(products_);
  constexpr auto slot = [](const auto& each) { return each.first; };
  std::ranges::stable_sort(products_, std::greater(), slot);
  const auto twice = std::ranges::unique(products_, {}, slot);
  products_.erase(twice.begin(), twice.end());
}

void Touched::add_port(const Mesh& mesh, PortId id) {
  if (const auto* port = mesh.find<Port>(id)) add_product(mesh, port->product);
}

void Touched::add(const Mesh& mesh, const Noun& noun) {
  if (const auto* product = std::get_if<std::shared_ptr<const Product>>(&noun)) {
    add_product(mesh, (*product)->id);
  } else if (const auto* port = std::get_if<std::shared_ptr<const Port>>(&noun)) {
    add_product(mesh, (*port)->product);
    add_port(mesh, (*port)->id);
  } else if (const auto* contract = std::get_if<std::shared_ptr<const Contract>>(&noun)) {
    add_port(mesh, (*contract)->port);
  } else if (const auto* table = std::get_if<std::shared_ptr<const Table>>(&noun)) {
    add_port(mesh, (*table)->id);
  } else if (const auto* slo = std::get_if<std::shared_ptr<const Slo>>(&noun)) {
    add_port(mesh, (*slo)->id);
  } else if (const auto* domain = std::get_if<std::shared_ptr<const Domain>>(&noun)) {
    domains_.insert((*domain)->id);
  } else if (const auto* team = std::get_if<std::shared_ptr<const Team>>(&noun)) {
    for (const auto& [id, entry] : mesh.all<Domain>())
      if (entry.noun->owner == (*team)->id) domains_.insert(entry.noun->id);
  }
}

void Touched::add(const Touched& other) {
  products_.insert(products_.end(), other.products_.begin(), other.products_.end());
  sorted_ = false;
  domains_.insert(other.domains_.begin(), other.domains_.end());
}

void Touched::forget(const Mesh& mesh, search::Index& index) {
  sort();
  std::vector<search::Index::Change> gone;
  for (const auto& [slot, id] : products_)
    if (index.row(slot).present && (index.id(slot) != id.ulid || mesh.slot(id) != slot))
      gone.push_back({.slot = slot, .words = {}, .facts = {}});
  if (!gone.empty()) index.put(std::move(gone));
}

Touched::Lesson Touched::take(const Mesh& mesh, std::size_t max) {
  Lesson out;
  sort();
  while (!products_.empty() && out.products.size() < max) {
    const auto [slot, id] = products_.back();
    products_.pop_back();
    const auto* product = mesh.slot(id) == slot ? mesh.find<Product>(id) : nullptr;
    search::Index::Change change{.slot = slot, .words = {}, .facts = {}};
    if (product != nullptr) {
      change.words = search::words_of(mesh, *product);
      change.facts = search::facts_of(mesh, *product);
    }
    out.products.push_back(std::move(change));
  }
  while (!domains_.empty() && out.domains.size() < max) {
    const DomainId id = *domains_.begin();
    domains_.erase(domains_.begin());
    const auto* domain = mesh.find<Domain>(id);
    if (domain == nullptr) out.domains.push_back({.id = id.ulid, .words = {}, .trust = 0});
    else
      out.domains.push_back({.id = id.ulid,
                             .words = search::words_of(mesh, *domain),
                             .trust = search::trust_of(mesh, *domain)});
  }
  return out;
}

void Touched::learn(Lesson lesson, search::Index& index) {
  if (!lesson.products.empty()) index.put(std::move(lesson.products));
  for (const Lesson::Place& each : lesson.domains)
    index.put_domain(each.id, each.words, each.trust);
}

}  // namespace hansa::service
