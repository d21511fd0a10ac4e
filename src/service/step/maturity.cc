#include "service/step/maturity.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "service/step/promises.h"
#include "service/step/standards.h"

namespace hansa::service {
namespace {

constexpr std::chrono::hours kLately{24 * 30};

std::uint32_t share(std::size_t part, std::size_t all) {
  return all == 0 ? 100 : static_cast<std::uint32_t>(part * 100 / all);
}

// Ports that pull their product down, each with what it says of itself.
struct PortShares {
  std::size_t ports = 0;
  std::uint64_t sum = 0;
  std::string worst;  // what the worst says
  std::string next;
  std::uint32_t least = 101;
  void add(std::uint32_t percent, std::string says, std::string what_next) {
    ++ports;
    sum += percent;
    if (percent >= least) return;
    least = percent;
    worst = std::move(says);
    next = std::move(what_next);
  }
  std::uint32_t percent() const {
    return ports == 0 ? 100 : static_cast<std::uint32_t>(sum / ports);
  }
};

class Look {
 public:
  Look(const View& view, const Product& product, contract::Patterns& patterns, Time now)
      : view_(view),
        product_(product),
        ports_(standing_ports(view, product.id)),
        judged_(judged_product(view.mesh, product, ports_)),
        patterns_(patterns),
        now_(now) {}

  Maturity all(const std::vector<const Standard*>& standards, std::uint64_t readers) {
    held_to(standards);
    described();
    classified();
    tested();
    promised();
    published();
    answered();
    healthy();
    used(readers);
    out_.score = score_of(out_.facts);
    out_.next = next();
    return std::move(out_);
  }

 private:
  void add(std::string fact, std::uint32_t weight, std::uint32_t percent, std::string says,
           std::string next) {
    out_.facts.push_back(
        {std::move(fact), percent, weight, std::move(says), percent == 100 ? "" : std::move(next)});
  }
  void add(std::string fact, std::uint32_t weight, const PortShares& shares,
           std::string_view all_well) {
    if (shares.ports == 0) return;
    const bool well = shares.percent() == 100;
    add(std::move(fact), weight, shares.percent(), well ? std::string(all_well) : shares.worst,
        shares.next);
  }
  static std::string called(const contract::JudgedPort& port) {
    return fmt::format("{}@{}", port.name, port.major);
  }

  void held_to(const std::vector<const Standard*>& standards) {
    std::size_t asked = 0, met = 0;
    for (const Standard* standard : standards) {
      if (!speaks_of(*standard, product_.domain, judged_)) continue;
      for (const Requirement& each : standard->requirements) {
        if (each.rule == Requirement::Kind::notice) continue;  // of no product as it stands
        ++asked;
        auto missed = contract::misses(each, judged_, patterns_);
        if (missed.empty()) ++met;
        for (contract::Miss& miss : missed)
          out_.misses.push_back({standard->name, each.rule, each.severity, std::move(miss)});
      }
    }
    std::ranges::stable_partition(out_.misses, [](const MissedRequirement& each) {
      return each.severity == Requirement::Severity::block;
    });
    if (asked > 0)
      add("standards", 30, share(met, asked),
          fmt::format("{} of {} met", met, counted(asked, "requirement")),
          out_.misses.empty() ? "" : out_.misses.front().miss.next);
  }

  void described() {
    std::size_t all = 1, has = judged_.described ? 1 : 0;
    std::string next = "write description: {purpose: ...} in the product's manifest";
    bool named = !judged_.described;
    const auto lacks = [&](std::string what) {
      if (!named) next = std::move(what);
      named = true;
    };
    for (const contract::JudgedPort& port : judged_.ports) {
      ++all;
      if (port.described) ++has;
      else lacks(fmt::format("write description at the output port {}", port.name));
      for (const contract::ColumnFacts& column : port.columns) {
        ++all;
        if (column.described) ++has;
        else
          lacks(fmt::format("write description of {} and its like in contract {}", column.name,
                            port.contract));
      }
    }
    add("described", 15, share(has, all),
        fmt::format("{} of {} that the product, its ports and columns can have", has,
                    counted(all, "description")),
        next);
  }

  void classified() {
    std::size_t all = 0, has = 0;
    std::string next;
    for (const contract::JudgedPort& port : judged_.ports)
      for (const contract::ColumnFacts& column : port.columns) {
        ++all;
        if (column.classified) ++has;
        else if (next.empty())
          next = fmt::format("write classification: internal of {} and its like in contract {}",
                             column.name, port.contract);
      }
    if (all > 0)
      add("classified", 10, share(has, all),
          fmt::format("{} of {} say how sensitive they are", has, counted(all, "column")), next);
  }

  void tested() {
    PortShares shares;
    for (std::size_t i = 0; i < ports_.size(); ++i) {
      const contract::JudgedPort& port = judged_.ports[i];
      const auto* checks = view_.mesh.find<Checks>(ports_[i]->id);
      const std::string look = fmt::format("hansa get checks {}", view_.mesh.ref_of(*ports_[i]));
      if (port.tests == 0)
        shares.add(
            0, "nothing tests the data of " + called(port),
            fmt::format("write required, unique or a quality rule in contract {}", port.contract));
      else if (ports_[i]->kind == PortKind::view) shares.add(100, {}, {});
      else if (checks == nullptr || checks->runs.empty())
        shares.add(50, "the tests of " + called(port) + " have not run yet",
                   fmt::format("hansa publish {} FILE", view_.mesh.ref_of(*ports_[i])));
      else if (checks->runs.back().failed > 0)
        shares.add(0, "the last run of the tests of " + called(port) + " failed", look);
      else if (checks->runs.back().warned > 0)
        shares.add(75, "the last run of the tests of " + called(port) + " passed with warnings",
                   look);
      else shares.add(100, {}, {});
    }
    add("tested", 15, shares, "the last run of its tests passed");
  }

  void promised() {
    PortShares shares;
    for (std::size_t i = 0; i < ports_.size(); ++i) {
      const contract::JudgedPort& port = judged_.ports[i];
      const auto promises = promises_of(view_, *ports_[i], now_);
      const auto state = worst(promises);
      const std::string look = fmt::format("hansa get slo {}", view_.mesh.ref_of(*ports_[i]));
      if (promises.empty())
        shares.add(0, called(port) + " promises no service",
                   fmt::format("write slaProperties: [{{property: latency, value: 24, unit: h}}] "
                               "in contract {}",
                               port.contract));
      else if (!state && ports_[i]->kind != PortKind::view)
        shares.add(50, "what " + called(port) + " promises is not measured", look);
      else if (state == SloState::late) shares.add(0, called(port) + " is late", look);
      else if (state == SloState::at_risk) shares.add(75, called(port) + " may get late", look);
      else shares.add(100, {}, {});
    }
    add("promises", 15, shares, "what it promises as a service is kept");
  }

  void published() {
    PortShares shares;
    for (const Port* port : ports_) {
      const auto* table = view_.mesh.find<Table>(port->id.ulid);
      const bool has = port->kind == PortKind::view
                           ? view_.mesh.find<Derivation>(port->id) != nullptr
                           : table != nullptr && table->current() != nullptr;
      const std::string ref = view_.mesh.ref_of(*port);
      if (has) shares.add(100, {}, {});
      else
        shares.add(0, fmt::format("{}@{} has no data", port->name, port->major),
                   port->kind == PortKind::view
                       ? fmt::format("hansa publish {} --query FILE.sql", ref)
                       : fmt::format("hansa publish {} FILE", ref));
    }
    add("published", 5, shares, "each port has data");
  }

  void answered() {
    std::size_t all = 0, waiting = 0;
    std::string first;
    for (const Issue* issue : view_.mesh.issues_of(product_.id)) {
      ++all;
      if (issue->state != IssueState::open) continue;
      if (waiting++ == 0) first = to_text(issue->id);
    }
    add("answered", 10, share(all - waiting, all),
        waiting == 0 ? "nobody waits for an answer"
                     : fmt::format("{} of {} wait{} for an answer", waiting, counted(all, "issue"),
                                   waiting == 1 ? "s" : ""),
        fmt::format("hansa issue accept {}, or decline or fulfil it", first));
  }

  void healthy() {
    std::size_t open = 0;
    std::string first;
    for (const Port* port : ports_)
      for (const Incident* incident : view_.mesh.open_incidents_of(port->id))
        if (open++ == 0) first = to_text(incident->id);
    add("healthy", 5, open == 0 ? 100 : 0,
        open == 0 ? "no incident is open" : fmt::format("{} open", counted(open, "incident")),
        fmt::format("hansa incident resolve {} --text TEXT, once it is over", first));
  }

  void used(std::uint64_t readers) {
    add("used", 10, readers == 0 ? 0 : 100,
        readers == 0 ? "nobody else read it in the last 30 days"
                     : "it was read by others in the last 30 days",
        fmt::format("make it found: tags and synonyms in its manifest, then hansa search {}",
                    product_.name));
  }

  // What blocks comes first, then what the score loses most by.
  std::string next() const {
    if (!out_.misses.empty() && out_.misses.front().severity == Requirement::Severity::block)
      return out_.misses.front().miss.next;
    const MaturityFact* most = nullptr;
    const auto loss = [](const MaturityFact& fact) { return fact.weight * (100 - fact.percent); };
    for (const MaturityFact& fact : out_.facts)
      if (loss(fact) > 0 && (most == nullptr || loss(fact) > loss(*most))) most = &fact;
    return most == nullptr ? "" : most->next;
  }

  const View& view_;
  const Product& product_;
  std::vector<const Port*> ports_;
  contract::JudgedProduct judged_;
  contract::Patterns& patterns_;
  Time now_;
  Maturity out_;
};

}  // namespace

Maturity maturity_of(const View& view, const Product& product,
                     const std::vector<const Standard*>& standards, contract::Patterns& patterns,
                     std::uint64_t readers, Time now) {
  return Look(view, product, patterns, now).all(standards, readers);
}

Result<std::uint64_t> readers_lately(store::Store& store, const std::vector<PortId>& ports,
                                     Time now) {
  const Time since = now - kLately;
  std::set<PrincipalId> readers;
  for (const PortId port : ports)
    HANSA_CHECK(store.uses({.port = port, .who = {}, .hour_min = store::hour_of(since)},
                           [&](const store::UseKey& key, const store::UseCount& count) {
                             if (count.last >= since) readers.insert(key.who);
                           }));
  return readers.size();
}

std::uint32_t score_of(const std::vector<MaturityFact>& facts) {
  std::uint64_t sum = 0, weights = 0;
  for (const MaturityFact& fact : facts) {
    sum += std::uint64_t{fact.weight} * fact.percent;
    weights += fact.weight;
  }
  return weights == 0 ? 0 : static_cast<std::uint32_t>(sum / weights);
}

}  // namespace hansa::service
