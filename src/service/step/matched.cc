#include "service/step/matched.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "query/names.h"
#include "search/document.h"
#include "service/step/present.h"

namespace hansa::service {
namespace {

constexpr std::size_t kTextsMax = 8;
constexpr std::size_t kPortsMax = 20;
constexpr std::size_t kWordsMax = 16;  // of one text
// Of a description: what fits on a line or two.
constexpr std::size_t kAboutBytes = 240;

// No piece of a letter at either end.
std::string_view whole_letters(std::string_view text) {
  const auto inside = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  while (!text.empty() && inside(text.front())) text.remove_prefix(1);
  for (std::size_t back = 1; back <= std::min<std::size_t>(4, text.size()); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if (inside(static_cast<char>(byte))) continue;
    const std::size_t bytes = byte < 0x80 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
    if (bytes > back) text.remove_suffix(back);
    break;
  }
  return text;
}

std::string beginning(std::string_view text) {
  text = text.substr(0, text.find("\n\n"));
  if (text.size() <= kAboutBytes) return trim(text);
  return trim(whole_letters(text.substr(0, kAboutBytes))) + "…";
}

// The text around a place, if it is long.
std::string around(std::string_view text, std::size_t at) {
  if (text.size() <= kAboutBytes) return std::string(text);
  const std::size_t from = at < kAboutBytes / 3 ? 0 : at - kAboutBytes / 3;
  const auto piece = whole_letters(text.substr(from, kAboutBytes));
  return fmt::format("{}{}{}", from == 0 ? "" : "…", trim(piece),
                     from + kAboutBytes < text.size() ? "…" : "");
}

std::string_view name_of(search::Field field) {
  switch (field) {
    case search::Field::full:
    case search::Field::name: return "name";
    case search::Field::title: return "title";
    case search::Field::tag: return "tag";
    case search::Field::column:
    case search::Field::column_about: return "column";
    case search::Field::owner: return "owner";
    case search::Field::about: return "description";
  }
  return "";
}

// The texts of one product that answer a query.
class Reasons {
 public:
  Reasons(const View& view, const search::Query& query, std::set<std::string>& meant)
      : view_(view), query_(query), meant_(meant) {}

  void look(const search::Text& text) {
    if (out.size() == kTextsMax) return;
    api::MatchView match;
    std::size_t first = 0;
    search::Splitter splitter(text.text);
    while (const auto* compound = splitter.next()) {
      if (match.words.size() == kWordsMax) break;
      const std::size_t before = match.words.size();
      look(text.text, *compound, match.words);
      if (before == 0 && !match.words.empty()) first = compound->from();
    }
    if (match.words.empty()) return;
    if (text.port != nullptr) ports_.insert(text.port);
    match.field = name_of(text.field);
    match.text = around(text.text, first);
    match.column = text.column;
    if (text.port != nullptr) match.port = view_.mesh.ref_of(*text.port);
    const bool told = std::ranges::any_of(out, [&](const api::MatchView& each) {
      return each.field == match.field && each.text == match.text;
    });
    if (!told) out.push_back(std::move(match));
  }
  bool names(const Port* port) const { return ports_.contains(port); }

  std::vector<api::MatchView> out;

 private:
  using Fit = search::Fit;

  Fit fit(const search::Asked& asked, std::string_view word) {
    const Fit found = asked.fit(word);
    if (found == Fit::near) meant_.emplace(word);
    return found;
  }
  void look(std::string_view text, const search::Compound& compound,
            std::vector<std::string>& words) {
    const auto add = [&](std::size_t from, std::size_t to) {
      std::string word(text.substr(from, to - from));
      if (std::ranges::find(words, word) == words.end()) words.push_back(std::move(word));
    };
    for (const search::Term& term : query_.terms) {
      const Fit whole = fit(term.whole, compound.word());
      bool any = false;
      for (std::size_t i = 0; whole != Fit::exact && i < compound.parts.size(); ++i) {
        const std::string_view part = compound.part(i);
        bool hit = fit(term.whole, part) != Fit::none;
        for (const search::Asked& asked : term.parts) hit = hit || fit(asked, part) != Fit::none;
        if (hit) add(compound.parts[i].from, compound.parts[i].to);
        any = any || hit;
      }
      if (!any && whole != Fit::none) add(compound.from(), compound.to());
    }
  }

  const View& view_;
  const search::Query& query_;
  std::set<std::string>& meant_;
  std::set<const Port*> ports_;
};

std::string sql_of(const View& view, const Port& port) {
  const auto* domain = view.mesh.find<Domain>(port.domain);
  return fmt::format(
      "hansa sql -c 'from {} limit 10'",
      query::sql_name_of({domain ? domain->name : "?", port.name,
                          port.is_default ? std::nullopt : std::optional(port.major)}));
}

api::FoundPortView port_of(const Context& context, const View& view, const Port& port) {
  const Ask ask{.who = context.who.id, .what = Action::read, .on = on(port), .now = context.now};
  const auto decided = policy::decide(view.rights, view.mesh, ask, view.seq);
  const auto* table = view.mesh.find<Table>(port.id.ulid);
  api::FoundPortView out{.ref = view.mesh.ref_of(port),
                         .name = port.name,
                         .description = beginning(port.description),
                         .deprecated = port.deprecated,
                         .readable = decided.has_value(),
                         .published = {},
                         .next = {}};
  if (table != nullptr && table->current() != nullptr) out.published = table->current()->at;
  out.next = !decided        ? decided.error().next_action
             : out.published ? sql_of(view, port)
                             : fmt::format("hansa get ports {}", out.ref);
  return out;
}

void add_ports(const Context& context, const View& view, const Product& product,
               const Reasons& reasons, api::FoundView& out) {
  auto ports = view.mesh.ports_of(product.id);
  out.ports_total = ports.size();
  // What answers first, then what is meant by a name without a version, then by name.
  std::ranges::stable_sort(ports, std::greater(), [&](const Port* port) {
    return std::tuple(reasons.names(port), !port->deprecated, port->is_default);
  });
  for (const Port* port : ports) {
    const auto* table = view.mesh.find<Table>(port->id.ulid);
    if (table != nullptr && table->current() != nullptr)
      out.published = std::max(out.published.value_or(Time{}), table->current()->at);
    if (out.ports.size() < kPortsMax) out.ports.push_back(port_of(context, view, *port));
  }
  const auto readable = std::ranges::find(out.ports, true, &api::FoundPortView::readable);
  out.readable = readable != out.ports.end();
  if (out.readable) out.next = readable->next;
  else if (!out.ports.empty()) out.next = out.ports.front().next;
}

}  // namespace

api::FoundView found_view(const Context& context, const View& view, const Product& product,
                          const search::Query& query, std::set<std::string>& meant) {
  const auto* domain = view.mesh.find<Domain>(product.domain);
  const auto* team = domain ? view.mesh.find<Team>(domain->owner) : nullptr;
  Reasons reasons(view, query, meant);
  const search::OnText look = [&](const search::Text& text) { reasons.look(text); };
  search::texts_of(view.mesh, product, look);
  if (domain != nullptr) search::texts_of(view.mesh, *domain, look);
  api::FoundView out{.ref = view.mesh.ref_of(product),
                     .name = product.name,
                     .title = product.title,
                     .about = beginning(product.description),
                     .domain = domain ? domain->name : "?",
                     .owner = team ? team->name : "?",
                     .channels = team ? channels_of(*team) : std::vector<api::ChannelView>{},
                     .visibility = product.visibility,
                     .hidden = product.hidden,
                     .readable = false,
                     .status = product.status,
                     .deprecated = search::life_of(view.mesh, product) == search::Life::deprecated,
                     .tags = search::facts_of(view.mesh, product).tags,
                     .published = {},
                     .ports = {},
                     .ports_total = 0,
                     .matched = {},
                     .next = {}};
  add_ports(context, view, product, reasons, out);
  out.matched = std::move(reasons.out);
  return out;
}

}  // namespace hansa::service
