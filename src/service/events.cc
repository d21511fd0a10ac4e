#include "service/events.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "service/authority/authenticate.h"
#include "service/authority/authorize.h"
#include "service/step/doomed.h"
#include "service/step/find.h"
#include "service/step/present.h"
#include "service/step/subscribers.h"
#include "world/store/store.h"

namespace hansa::service {
namespace {

// Lines looked at for one answer: a caller who may know little is told how far that was.
constexpr std::size_t kLinesMax = 5'000;

bool is_administrator(const Context& context, const View& view) {
  return may(context, view, Action::administer, on_organisation());
}

// The port of a subscription that ended, for those who own it: they were told of it while it was.
const Port* left_port(const Context& context, const View& view, const store::Line& line) {
  const auto details = parse_json(line.body);
  const Json* ref = details ? details->find("port") : nullptr;
  const auto parsed = parse_port_ref(ref && ref->as_string() ? *ref->as_string() : std::string());
  const Port* port = parsed ? view.mesh.port(*parsed) : nullptr;
  return port != nullptr && may(context, view, Action::manage, on(*port)) ? port : nullptr;
}

// Of what is about one port: that port, or nullptr if it is gone. Nothing of any other.
std::optional<const Port*> port_behind(const View& view, const store::Line& line) {
  const std::string_view kind = line.subject_kind;
  if (kind == "port" || kind == "table" || kind == "deprecation" || kind == "slo")
    return view.mesh.find<Port>(line.subject);
  if (kind == "contract") {
    const auto* contract = view.mesh.find<Contract>(line.subject);
    return contract ? view.mesh.find<Port>(contract->port) : nullptr;
  }
  if (kind != "incident") return std::nullopt;
  const auto* incident = view.mesh.find<Incident>(line.subject);
  return incident ? view.mesh.find<Port>(incident->port) : nullptr;
}

// Of an issue; nullptr if one of them is gone.
const Product* product_behind(const View& view, const store::Line& line) {
  const auto* issue = view.mesh.find<Issue>(line.subject);
  return issue ? view.mesh.find<Product>(issue->product) : nullptr;
}

// What is asked of products is for every member.
std::optional<std::string> of_standard(const Context& context, const View& view, Ulid id) {
  const auto* standard = view.mesh.find<Standard>(id);
  if (standard == nullptr || !may(context, view, Action::know, on_organisation()))
    return std::nullopt;
  return "standard " + standard->name;
}

// What an event is about, in the caller's words; nothing: the caller may not know of it. What was
// deleted is for those who might have known it. What else is gone is not decided about any more: it
// is for those who run the mesh, and for whoever did it; a subscription for its port's owners too.
std::optional<std::string> subject_of(const Context& context, const View& view,
                                      const store::Line& line) {
  const std::string_view kind = line.subject_kind;
  const auto known = [&](const auto* noun, auto name) -> std::optional<std::string> {
    if (noun == nullptr || !may(context, view, Action::know, on(*noun))) return std::nullopt;
    return name(*noun);
  };
  const auto of_deleted = [&]() -> std::optional<std::string> {
    const auto* deleted = view.mesh.find<Deletion>(line.subject);
    if (deleted == nullptr || !hansa::service::knows(context, view, *deleted)) return std::nullopt;
    return deleted->kind == DeletionKind::port
               ? deleted->name
               : fmt::format("{} {}", hansa::name_of(deleted->kind), deleted->name);
  };
  const auto of_port = [&](const Port* port) {
    return known(port, [&](const Port& p) { return view.mesh.ref_of(p); });
  };
  const auto named = [&](const auto* noun) {
    return known(noun, [&](const auto& n) { return fmt::format("{} {}", kind, n.name); });
  };
  if ((kind == "port" || kind == "table" || kind == "product" || kind == "account") &&
      view.mesh.find<Deletion>(line.subject) != nullptr)
    return of_deleted();
  if (const auto port = port_behind(view, line)) return of_port(*port);
  if (kind == "product") {
    return known(view.mesh.find<Product>(line.subject), [&](const Product& product) {
      const auto* domain = view.mesh.find<Domain>(product.domain);
      return fmt::format("product {}/{}", domain ? domain->name : "?", product.name);
    });
  }
  if (kind == "grant")
    return known(view.mesh.find<Grant>(line.subject),
                 [](const Grant& grant) { return fmt::format("r-{}", grant.number); });
  if (kind == "domain") return named(view.mesh.find<Domain>(line.subject));
  if (kind == "team") return named(view.mesh.find<Team>(line.subject));
  if (kind == "standard") return of_standard(context, view, line.subject);
  if (kind == "account") return named(view.mesh.find<Account>(line.subject));
  if (kind == "principal") return named(view.mesh.find<Principal>(line.subject));
  if (kind == "mount") {
    const auto* mount = view.mesh.find<Mount>(line.subject);
    const bool known_target = mount != nullptr && knows_target(context, view, *mount);
    return named(known_target ? view.mesh.find<Account>(mount->into) : nullptr);
  }
  if (kind == "issue")
    return known(product_behind(view, line),
                 [&](const Product& product) { return "issue of " + view.mesh.ref_of(product); });
  // For whoever was told, and for those who told them.
  if (kind == "migration") {
    const auto* told = view.mesh.find<Migration>(line.subject);
    const auto* port = told ? view.mesh.find<Port>(told->port) : nullptr;
    if (port == nullptr) return std::nullopt;
    const bool own = policy::benefits(view.rights, view.mesh, context.who.id, told->consumer);
    if (!own && !may(context, view, Action::manage, on(*port))) return std::nullopt;
    return fmt::format("notice of {}", view.mesh.ref_of(*port));
  }
  if (kind == "subscription") {
    const auto* subscription = view.mesh.find<Subscription>(line.subject);
    if (subscription == nullptr) return of_port(left_port(context, view, line));
    if (!knows(context, view, *subscription)) return std::nullopt;
    return of_port(view.mesh.find<Port>(subscription->port));
  }
  // Their details may name what others may not know of.
  if (kind == "derivation" || kind == "checks" || kind == "replay") {
    const auto* port = view.mesh.find<Port>(line.subject);
    if (port == nullptr || !may(context, view, Action::publish, on(*port))) return std::nullopt;
    return view.mesh.ref_of(*port);
  }
  return std::nullopt;
}

// What is in quarantine is for those who may publish there, though it is a table's.
bool is_aside(const store::Line& line) { return line.kind.starts_with("quarantine."); }
std::optional<std::string> aside_of(const Context& context, const View& view,
                                    const store::Line& line) {
  const auto* port = view.mesh.find<Port>(line.subject);
  if (port == nullptr || !may(context, view, Action::publish, on(*port))) return std::nullopt;
  return view.mesh.ref_of(*port);
}

std::string actor_of(const Context& context, const View& view, PrincipalId who) {
  const auto* principal = view.mesh.find<Principal>(who);
  if (principal == nullptr || !may(context, view, Action::know, on(*principal))) return {};
  return principal->name;
}

// Tells two changes of one commit apart, and not how many there were.
std::string id_of(const store::Line& line) {
  const std::string digest = sha256(line.kind + to_text(line.subject));
  return fmt::format("{}.{}", line.seq.number, to_hex(digest).substr(0, 8));
}

std::optional<api::EventView> event_of(const Context& context, const View& view,
                                       const store::Line& line) {
  auto subject = is_aside(line) ? aside_of(context, view, line) : subject_of(context, view, line);
  if (!subject && (line.who == context.who.id || is_administrator(context, view)))
    subject = fmt::format("{} {}", line.subject_kind, to_text(line.subject));
  if (!subject) return std::nullopt;
  return api::EventView{.id = id_of(line),
                        .source = "/",
                        .type = "hansa." + line.kind,
                        .time = line.at,
                        .subject = *std::move(subject),
                        .seq = line.seq.number,
                        .actor = actor_of(context, view, line.who),
                        .data = parse_json(line.body).value_or(Json(Json::Object{}))};
}

bool is_wanted(const api::ListEvents& ask, std::string_view kind) {
  return ask.type.empty() || std::ranges::any_of(ask.type, [&](std::string_view type) {
           return type == kind || (type.starts_with("hansa.") && type.substr(6) == kind);
         });
}

// The events of whole commits behind `after`, about `max` of them.
Result<std::vector<store::Line>> whole_commits(store::Store& store, std::uint64_t after,
                                               std::size_t max) {
  store::Question question;
  question.behind = Seq{after};
  question.max = max;
  HANSA_TRY(auto lines, store.history(question));
  if (lines.size() < max) return lines;
  const Seq last = lines.back().seq;
  if (lines.front().seq != last) {
    std::erase_if(lines, [&](const store::Line& line) { return line.seq == last; });
    return lines;
  }
  // One commit alone fills it.
  question.max = limits::changes_per_commit_max + 1;
  HANSA_TRY(lines, store.history(question));
  std::erase_if(lines, [&](const store::Line& line) { return line.seq != last; });
  return lines;
}

void add(const Context& context, const View& view, const api::ListEvents& ask,
         const std::vector<store::Line>& lines, api::Events& out) {
  for (const store::Line& line : lines) {
    if (!is_wanted(ask, line.kind)) continue;
    if (auto event = event_of(context, view, line)) out.items.push_back(*std::move(event));
  }
}

}  // namespace

Result<api::Events> list_events(const Context& context, Live& live, World& world,
                                const api::ListEvents& ask) {
  // What this node has not applied yet is not told: it would be decided on an older mesh.
  const std::uint64_t head = live.seq().number;
  api::Events out;
  out.next = ask.last ? head - std::min(head, *ask.last) : ask.after.value_or(0);
  for (std::size_t looked = 0; looked < kLinesMax && out.items.size() < ask.limit;) {
    HANSA_TRY(auto lines, whole_commits(world.store, out.next, ask.limit + 1));
    std::erase_if(lines, [&](const store::Line& line) { return line.seq.number > head; });
    if (lines.empty()) break;
    looked += lines.size();
    out.next = lines.back().seq.number;
    live.read([&](const View& view) {
      add(context, view, ask, lines, out);
      return 0;
    });
  }
  out.more = out.next < head;
  return out;
}

EventFeed::EventFeed(const Context& context, Live& live, World& world, Clock& clock,
                     api::ListEvents ask, std::unique_ptr<Bells::Bell> bell)
    : context_{.who = context.who,
               .request = context.request,
               .now = context.now,
               .deadline = context.deadline,
               .stop = context.stop,
               .trail = trail_},
      live_(live),
      world_(world),
      clock_(clock),
      ask_(std::move(ask)),
      bell_(std::move(bell)) {}

Result<std::unique_ptr<EventFeed>> EventFeed::open(const Context& context, Live& live, World& world,
                                                   Clock& clock, const api::ListEvents& ask) {
  HANSA_TRY(auto bell, live.bells().add(context.who.id));
  api::ListEvents from = ask;
  const std::uint64_t head = live.seq().number;
  if (!from.after) from.after = head - std::min(head, from.last.value_or(0));
  from.last = {};
  return std::unique_ptr<EventFeed>(
      new EventFeed(context, live, world, clock, std::move(from), std::move(bell)));
}

Result<std::optional<api::Events>> EventFeed::next() {
  if (live_.bells().closed()) return std::nullopt;
  context_.now = clock_.now();
  const auto over = live_.read(
      [&](const View& view) { return ended(view, context_.who.credential, context_.now); });
  if (over) return std::unexpected(*over);
  HANSA_TRY(auto events, list_events(context_, live_, world_, ask_));
  ask_.after = events.next;
  return events;
}

}  // namespace hansa::service
