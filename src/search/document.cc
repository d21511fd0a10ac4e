#include "search/document.h"

#include <algorithm>
#include <bit>

namespace hansa::search {
namespace {

void columns(const std::vector<Column>& all, const std::string& above, const Port& port,
             bool descriptions, const OnText& on) {
  for (const Column& each : all) {
    const std::string path = above + each.name;
    if (!descriptions) on({Field::column, each.name, &port, path});
    else if (!each.description.empty()) on({Field::column_about, each.description, &port, path});
    columns(each.type.fields, path + ".", port, descriptions, on);
  }
}

// The words of many texts, gathered in one piece of memory and sorted there.
class Gatherer {
 public:
  void add(Fields fields, std::string_view word) {
    if (places_.size() == kWordsMax) return;
    places_.push_back({bytes_.size(), word.size(), fields});
    bytes_ += word;
  }
  void add(const Text& text) {
    Splitter splitter(text.text);
    while (const Compound* compound = splitter.next()) {
      if (compound->parts.size() > 1)
        for (std::size_t i = 0; i < compound->parts.size(); ++i)
          add(bit(text.field), compound->part(i));
      const bool full =
          text.field == Field::name && compound->from() == 0 && compound->to() == text.text.size();
      add(bit(text.field) | (full ? bit(Field::full) : Fields{}), compound->word());
    }
  }
  std::vector<Word> take() {
    const auto text = [&](const Place& p) { return std::string_view(bytes_).substr(p.at, p.size); };
    std::ranges::sort(places_, {}, text);
    std::vector<Word> out;
    for (const Place& each : places_) {
      if (out.empty() || out.back().text != text(each)) out.push_back({std::string(text(each)), 0});
      out.back().fields |= each.fields;
    }
    return out;
  }

 private:
  struct Place {
    std::size_t at, size;
    Fields fields;
  };
  std::string bytes_;
  std::vector<Place> places_;
};

std::size_t described(const std::vector<Column>& all, std::size_t& count) {
  std::size_t out = 0;
  for (const Column& each : all) {
    ++count;
    out += !each.description.empty();
    out += described(each.type.fields, count);
  }
  return out;
}

bool is_late(const Mesh& mesh, const Port& port) {
  const auto* slo = mesh.find<Slo>(port.id);
  return slo != nullptr && std::ranges::any_of(slo->lines, [](const SloLine& line) {
           return line.state == SloState::late;
         });
}

std::uint8_t trust_in(const Mesh& mesh, const Product& product,
                      const std::vector<const Port*>& ports) {
  std::size_t columns = 0, with_words = 0, with_contract = 0;
  for (const Port* port : ports) {
    const auto* contract = mesh.find<Contract>(port->contract);
    if (contract == nullptr) continue;
    with_contract += !contract->schema.columns.empty();
    with_words += described(contract->schema.columns, columns);
  }
  const std::size_t says = (product.description.empty() ? 0 : 8) +
                           (!ports.empty() && with_contract == ports.size() ? 4 : 0) +
                           (columns == 0 ? 0 : 8 * with_words / columns);
  // What breaks a promise is trusted half as much as what it says of itself.
  const bool late =
      std::ranges::any_of(ports, [&](const Port* port) { return is_late(mesh, *port); });
  return static_cast<std::uint8_t>(late ? says / 2 : says);
}

}  // namespace

void texts_of(const Mesh& mesh, const Product& product, const OnText& on) {
  const auto ports = mesh.ports_of(product.id);
  std::vector<std::pair<const Port*, const Contract*>> contracts;
  for (const Port* port : ports)
    if (const auto* contract = mesh.find<Contract>(port->contract))
      contracts.emplace_back(port, contract);
  on({Field::name, product.name});
  for (const Port* port : ports) on({Field::name, port->name, port});
  on({Field::title, product.title});
  for (const auto* words : {&product.tags, &product.synonyms})
    for (const std::string& each : *words) on({Field::tag, each});
  for (const Port* port : ports)
    for (const auto* words : {&port->tags, &port->synonyms})
      for (const std::string& each : *words) on({Field::tag, each, port});
  for (const auto& [port, contract] : contracts)
    for (const Synonym& each : contract->synonyms)
      on({each.column.empty() ? Field::tag : Field::column, each.word, port, each.column});
  for (const auto& [port, contract] : contracts)
    columns(contract->schema.columns, "", *port, false, on);
  on({Field::about, product.description});
  for (const Port* port : ports) on({Field::about, port->description, port});
  for (const auto& [port, contract] : contracts)
    columns(contract->schema.columns, "", *port, true, on);
}

void texts_of(const Mesh& mesh, const Domain& domain, const OnText& on) {
  on({Field::owner, domain.name});
  const auto* team = mesh.find<Team>(domain.owner);
  if (team == nullptr) return;
  on({Field::owner, team->name});
  for (const Channel& each : team->channels) on({Field::owner, each.channel});
}

template <class T>
std::vector<Word> words_of(const Mesh& mesh, const T& thing) {
  Gatherer gatherer;
  texts_of(mesh, thing, [&](const Text& text) { gatherer.add(text); });
  return gatherer.take();
}
template std::vector<Word> words_of(const Mesh&, const Product&);
template std::vector<Word> words_of(const Mesh&, const Domain&);

std::uint8_t trust_of(const Mesh& mesh, const Domain& domain) {
  const auto* team = mesh.find<Team>(domain.owner);
  return static_cast<std::uint8_t>(team == nullptr ? 0 : team->channels.empty() ? 4 : 12);
}

Life life_of(const Mesh& mesh, const Product& product) {
  if (product.status == "retired") return Life::retired;
  const auto ports = mesh.ports_of(product.id);
  const bool all_deprecated =
      !ports.empty() && std::ranges::all_of(ports, [](const Port* p) { return p->deprecated; });
  if (product.deprecated || product.status == "deprecated" || all_deprecated)
    return Life::deprecated;
  return product.status == "draft" || product.status == "proposed" ? Life::draft : Life::active;
}

std::uint8_t use_of(std::uint64_t readers, std::uint64_t reads) {
  const int use = 2 * std::bit_width(readers) + std::bit_width(reads) / 2;
  return static_cast<std::uint8_t>(std::min<int>(use, use_max));
}

Facts facts_of(const Mesh& mesh, const Product& product) {
  const auto ports = mesh.ports_of(product.id);
  Facts out{.id = product.id.ulid,
            .domain = product.domain.ulid,
            .status = product.status,
            .tags = product.tags,
            .open = product.visibility == Visibility::open && !product.hidden,
            .life = life_of(mesh, product),
            .trust = trust_in(mesh, product, ports)};
  for (const Port* port : ports) {
    out.tags.insert(out.tags.end(), port->tags.begin(), port->tags.end());
    const auto* table = mesh.find<Table>(port->id.ulid);
    if (table != nullptr && table->current() != nullptr)
      out.published = std::max(out.published, table->current()->at);
  }
  std::ranges::sort(out.tags);
  const auto twice = std::ranges::unique(out.tags);
  out.tags.erase(twice.begin(), twice.end());
  return out;
}

}  // namespace hansa::search
