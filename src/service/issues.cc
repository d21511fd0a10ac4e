#include "service/issues.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "service/step/find.h"
#include "service/step/present.h"
#include "service/step/talk.h"

namespace hansa::service {
namespace {

constexpr double kAlike = 0.5;
constexpr std::size_t kAlikeMax = 5;

struct Meant {
  const Product* product = nullptr;
  const Port* port = nullptr;
};

Result<Meant> meant_by(const Context& context, const View& view, const api::RaiseIssue& ask) {
  if (!ask.port.empty()) {
    HANSA_TRY(const Port* port, find_port(context, view, ask.port));
    return Meant{view.mesh.find<Product>(port->product), port};
  }
  const auto slash = ask.product.find('/');
  if (slash == std::string::npos)
    return invalid(fmt::format("'{}' does not name a product", ask.product.substr(0, 140)),
                   "write domain/product");
  HANSA_TRY(const Product* product, find_product(context, view, ask.product.substr(0, slash),
                                                 ask.product.substr(slash + 1)));
  return Meant{product, nullptr};
}

Result<void> check_room(const Context& context, const View& view, const Product& product) {
  if (view.mesh.open_issues_of(context.who.id) >= issues_per_asker_max)
    return exhausted(fmt::format("{} of your issues are open", issues_per_asker_max),
                     "join one that is there, or wait for answers");
  const auto open = std::ranges::count_if(view.mesh.issues_of(product.id),
                                          [](const Issue* each) { return is_open(each->state); });
  if (static_cast<std::size_t>(open) >= issues_per_product_max)
    return exhausted(
        fmt::format("{} issues of {} are open", issues_per_product_max, view.mesh.ref_of(product)),
        "join one that is there, or ask its owner");
  return {};
}

// The product is not deleted meanwhile.
Attempt written(const Context& context, const View& view, Permit permit, Issue issue,
                std::string_view event) {
  const Json details = details_of(view, issue);
  auto product = view.mesh.noun("product", issue.product.ulid);
  auto messages = messages_to_askers(context, view, issue, event);
  Attempt out =
      attempt(std::move(permit), change(context, share(std::move(issue)), event, details));
  out.messages = std::move(messages);
  if (product) out.relies_on.push_back(*std::move(product));
  return out;
}

Result<Attempt> joining(const Context& context, const View& view, Permit permit,
                        const Issue& issue) {
  HANSA_TRY(Issue after, joined(issue, context.who.id, context.now));
  if (after == issue) return Attempt{};
  return written(context, view, std::move(permit), std::move(after), "issue.joined");
}

std::vector<api::AlikeView> alike_to(const View& view, const Issue& issue) {
  std::vector<std::pair<double, const Issue*>> found;
  for (const Issue* each : view.mesh.issues_of(issue.product))
    if (each->id != issue.id && is_open(each->state))
      if (const double by = likeness(each->text, issue.text); by >= kAlike)
        found.emplace_back(-by, each);
  std::ranges::sort(found, {},
                    [](const auto& each) { return std::pair(each.first, each.second->id); });
  std::vector<api::AlikeView> out;
  for (const auto& [by, each] : found)
    if (out.size() < kAlikeMax) out.push_back({to_text(each->id), each->text, each->askers.size()});
  return out;
}

Result<api::IssueView> issue_now(const Context& context, const Live& live, World& world,
                                 const std::string& id) {
  HANSA_TRY(const ProductId product, live.read([&](const View& view) -> Result<ProductId> {
    HANSA_TRY(const Issue* issue, find_issue(context, view, id));
    return issue->product;
  }));
  HANSA_TRY(const ReadsOf reads, reads_of_product(world.store, live, product, context.now));
  return live.read([&](const View& view) -> Result<api::IssueView> {
    HANSA_TRY(const Issue* issue, find_issue(context, view, id));
    return issue_view(context, view, *issue, &reads);
  });
}

// Open ones first, then those that real readers need most, then the oldest.
std::string place_of(const Issue& issue, const api::IssueView& shown) {
  const std::uint64_t weight = shown.readers.value_or(0) * 1'000'000 +
                               std::min(shown.reads.value_or(0), std::uint64_t{999'999});
  return fmt::format("{}{:020}{:010}-{}", is_open(issue.state) ? 0 : 1, UINT64_MAX - weight,
                     UINT32_MAX - shown.askers, shown.id);
}

bool is_wanted(const Context& context, const Issue& issue, const api::ListIssues& ask) {
  if (ask.state == "open" && !is_open(issue.state)) return false;
  if (ask.state == "declined" && issue.state != IssueState::declined) return false;
  if (ask.state == "fulfilled" && issue.state != IssueState::fulfilled) return false;
  return !ask.mine ||
         std::ranges::find(issue.askers, context.who.id, &Asker::who) != issue.askers.end();
}

}  // namespace

Result<api::RaisedView> raise_issue(const Context& context, Live& live, World& world,
                                    const api::RaiseIssue& ask) {
  HANSA_TRY(const std::string text, spoken("text", ask.text, issue_text_max, true));
  if (ask.product.empty() == ask.port.empty()) return invalid("name a product or a port");
  if (normalised(text).empty()) return invalid("text has no words", "say what it is about");
  auto id = new_id<IssueId>(context.now);
  bool merged = false;
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const Meant meant, meant_by(context, view, ask));
    if (meant.product == nullptr) return unknown("product", ask.port);
    HANSA_TRY(Permit permit, authorize(context, view, Action::know, on(*meant.product),
                                       view.mesh.ref_of(*meant.product)));
    const auto port = meant.port ? std::optional(meant.port->id) : std::nullopt;
    const auto* known =
        view.mesh.named<Issue>(claim::issue(meant.product->id, port, ask.kind, text));
    merged = known != nullptr;
    if (known != nullptr) {
      id = known->id;
      return joining(context, view, std::move(permit), *known);
    }
    HANSA_CHECK(check_room(context, view, *meant.product));
    return written(context, view, std::move(permit),
                   {.id = id,
                    .product = meant.product->id,
                    .port = port,
                    .kind = ask.kind,
                    .text = text,
                    .askers = {{context.who.id, context.now}}},
                   "issue.raised");
  }));
  api::RaisedView out{.merged = merged};
  HANSA_TRY(out.issue, issue_now(context, live, world, to_text(id)));
  out.alike = live.read([&](const View& view) {
    const auto* issue = view.mesh.find<Issue>(id);
    return issue != nullptr && !merged ? alike_to(view, *issue) : std::vector<api::AlikeView>();
  });
  return out;
}

Result<api::PageOf<api::IssueView>> list_issues(const Context& context, Live& live, World& world,
                                                const api::ListIssues& ask) {
  HANSA_CHECK(check_state(ask.state, {"open", "declined", "fulfilled"}));
  ReadsOf reads;
  std::optional<ProductId> only;
  if (!ask.product.empty()) {
    HANSA_TRY(only, live.read([&](const View& view) -> Result<std::optional<ProductId>> {
      HANSA_TRY(const Meant meant,
                meant_by(context, view, {.product = ask.product, .port = {}, .text = {}}));
      return std::optional(meant.product->id);
    }));
    HANSA_TRY(reads, reads_of_product(world.store, live, *only, context.now));
  }
  return live.read([&](const View& view) -> Result<api::PageOf<api::IssueView>> {
    std::vector<const Issue*> found;
    const auto take = [&](const Issue& each) {
      const auto* product = view.mesh.find<Product>(each.product);
      if (product != nullptr && is_wanted(context, each, ask) &&
          may(context, view, Action::know, on(*product)))
        found.push_back(&each);
    };
    if (only)
      for (const Issue* each : view.mesh.issues_of(*only)) take(*each);
    else
      for (const auto& [id, entry] : view.mesh.all<Issue>()) take(*entry.noun);
    std::vector<std::pair<std::string, const Issue*>> placed;
    for (const Issue* each : found)
      placed.emplace_back(
          only ? place_of(*each, issue_view(context, view, *each, &reads)) : to_text(each->id),
          each);
    std::ranges::sort(placed);
    api::PageOf<api::IssueView> page;
    std::string last;
    for (const auto& [place, issue] : placed) {
      if (place <= ask.paging.after) continue;
      if (page.items.size() == ask.paging.limit) {
        page.next = last;
        break;
      }
      page.items.push_back(issue_view(context, view, *issue, only ? &reads : nullptr));
      last = place;
    }
    return page;
  });
}

Result<api::IssueView> get_issue(const Context& context, Live& live, World& world,
                                 const api::OneIssue& ask) {
  return issue_now(context, live, world, ask.id);
}

Result<api::IssueView> join_issue(const Context& context, Live& live, World& world,
                                  const api::OneIssue& ask) {
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const Issue* issue, find_issue(context, view, ask.id));
    HANSA_TRY(Permit permit,
              authorize(context, view, Action::know, {ResourceKind::product, issue->product.ulid},
                        "the product"));
    return joining(context, view, std::move(permit), *issue);
  }));
  return issue_now(context, live, world, ask.id);
}

Result<api::IssueView> answer_issue(const Context& context, Live& live, World& world,
                                    const api::AnswerIssue& ask) {
  HANSA_TRY(const std::string text, spoken("text", ask.text, issue_text_max, false));
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const Issue* issue, find_issue(context, view, ask.id));
    const auto* product = view.mesh.find<Product>(issue->product);
    HANSA_TRY(Permit permit,
              authorize(context, view, Action::manage, on(*product), view.mesh.ref_of(*product)));
    std::optional<PortId> version;
    if (!ask.version.empty()) {
      HANSA_TRY(const Port* port, find_port(context, view, ask.version));
      version = port->id;
    }
    HANSA_TRY(Issue after, answered(*issue, ask.act, text, version, context.who.id, context.now));
    const std::string_view event = ask.act == IssueAct::accept    ? "issue.accepted"
                                   : ask.act == IssueAct::decline ? "issue.declined"
                                                                  : "issue.fulfilled";
    return written(context, view, std::move(permit), std::move(after), event);
  }));
  return issue_now(context, live, world, ask.id);
}

}  // namespace hansa::service
