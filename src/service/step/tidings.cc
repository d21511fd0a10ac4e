#include "service/step/tidings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "policy/decide.h"
#include "policy/explain.h"
#include "service/step/owners.h"
#include "service/step/present.h"

namespace hansa::service {
namespace {

constexpr std::size_t kColumnsShown = 20;
constexpr std::size_t kChangesShown = 20;
constexpr std::size_t kTriedColumns = 5;

std::string list_of(const std::set<std::string>& columns) {
  std::vector<std::string> out;
  for (const std::string& each : columns) {
    if (out.size() == kColumnsShown) break;
    out.push_back(each);
  }
  std::string text = join(out, ", ");
  if (columns.size() > out.size()) text += fmt::format(" and {} more", columns.size() - out.size());
  return text;
}

// What everybody may read who may know of the old version: the new one is named if it is of the
// same product.
Json facts_of(const View& view, const Port& port, const Deprecation& deprecation) {
  Json out{Json::Object{{"port", view.mesh.ref_of(port)},
                        {"table", table_of(view, port)},
                        {"by", to_words(deprecation.by)},
                        {"why", deprecation.why}}};
  const auto* use = deprecation.use ? view.mesh.find<Port>(*deprecation.use) : nullptr;
  if (use != nullptr && use->product == port.product) out.set("use", table_of(view, *use));
  out.set("owner", policy::owner_words(view.mesh, port.domain));
  std::vector<std::string> brownouts;
  for (const Brownout& each : deprecation.brownouts)
    brownouts.push_back(fmt::format("{} to {}", to_text(each.from), to_text(each.until)));
  if (!brownouts.empty()) out.set("refused_for_a_while", join(brownouts, ", "));
  return out;
}

// How to look at the version that replaces it, by the doors that there are.
void add_try(const View& view, const Port& port, const Deprecation& deprecation, const ReadOf& read,
             Differing& differing, Json& facts) {
  const auto* use = deprecation.use ? view.mesh.find<Port>(*deprecation.use) : nullptr;
  if (use == nullptr || use->product != port.product) return;
  std::vector<std::string> names;
  for (const std::string& each : differing.names(view, deprecation, read.columns, kTriedColumns))
    names.push_back(sql_identifier(each));
  facts.set("in_sql", fmt::format("select {} from {} limit 10",
                                  names.empty() ? "*" : join(names, ", "), table_of(view, *use)));
  facts.set("on_the_command_line",
            fmt::format("hansa sql \"select * from {} limit 10\"", table_of(view, *use)));
  facts.set("over_http", fmt::format("GET /api/v1/data/{}?limit=10", view.mesh.ref_of(*use)));
}

void add_read(const View& view, const Port& port, const Deprecation& deprecation,
              const Migration& notice, const ReadOf& read, Differing& differing, Json& facts) {
  facts.set(std::string(notice_fact), to_text(notice.id));
  if (!read.columns.empty()) facts.set("columns", list_of(read.columns));
  if (read.reads != 0) facts.set("reads", std::to_string(read.reads));
  if (read.last) facts.set("last_read", to_words(*read.last));
  const auto* use = deprecation.use ? view.mesh.find<Port>(*deprecation.use) : nullptr;
  if (use != nullptr && use->product == port.product) {
    const auto changes = differing.words(view, deprecation, read.columns, kChangesShown);
    if (!changes.empty()) facts.set("what_differs", join(changes, "; "));
  }
  add_try(view, port, deprecation, read, differing, facts);
  facts.set("on_that_day", "reads of it are refused, and say what replaced it");
  facts.set("next", fmt::format("hansa answer {} --moved, --until DATE, --not-mine or --question "
                                "TEXT; hansa get notices shows what differs",
                                view.mesh.ref_of(port)));
}

// Those who may decide about it; where nobody may, those who can change that.
void tell_deciders(const Context& context, const View& view, const Grant& grant,
                   const Product& product, std::string_view type, Json facts,
                   std::vector<store::Message>& out) {
  const auto* domain = view.mesh.find<Domain>(product.domain);
  if (domain == nullptr) return;
  const std::string number = fmt::format("r-{}", grant.number);
  facts.set("next", fmt::format("hansa get access {0}; hansa access approve {0}", number));
  std::vector<std::string> deciders;
  for (const PrincipalId steward : domain->stewards)
    if (!policy::is_party(view.rights, view.mesh, steward, grant)) {
      out.push_back(
          message_to(context, {GranteeKind::user, steward.ulid}, product.id.ulid, type, facts));
      deciders.push_back(name_of_principal(view, steward));
    }
  if (!deciders.empty() && type != "access.overdue") return;
  facts.set("next", fmt::format("{} name {} steward of domain {} in its manifest, and hansa apply",
                                deciders.empty() ? "nobody may decide about it:"
                                                 : "ask " + join(deciders, ", ") + ", or",
                                domain->stewards.empty() ? "a" : "another", domain->name));
  out.push_back(message_to(context, {GranteeKind::team, domain->owner.ulid}, product.id.ulid, type,
                           std::move(facts)));
}

}  // namespace

store::Message tell_deprecated(const Context& context, const View& view, const Port& port,
                               const Deprecation& deprecation, const Migration& notice,
                               const ReadOf& read, Differing& differing) {
  Json facts = facts_of(view, port, deprecation);
  facts.set("because", join(notice.because, ", "));
  add_read(view, port, deprecation, notice, read, differing, facts);
  return message_to(context, notice.consumer, port.product.ulid, "version.deprecated",
                    std::move(facts));
}

store::Message tell_reminder(const Context& context, const View& view, const Port& port,
                             const Deprecation& deprecation, const Migration& migration,
                             const ReadOf& read, Differing& differing) {
  Json facts = facts_of(view, port, deprecation);
  facts.set("by", to_words(end_for(deprecation, migration)));
  if (migration.agreed) facts.set("agreed", "with you");
  add_read(view, port, deprecation, migration, read, differing, facts);
  return message_to(context, migration.consumer, port.product.ulid, "version.reminder",
                    std::move(facts));
}

store::Message tell_all_told(const Context& context, const View& view, const Port& port,
                             const Deprecation& deprecation, std::string_view type) {
  Json facts = facts_of(view, port, deprecation);
  if (!deprecation.retired_why.empty()) facts.set("retired_why", deprecation.retired_why);
  return message_to_told(context, port.id, port.product.ulid, type, std::move(facts));
}

store::Message tell_brownout(const Context& context, const View& view, const Port& port,
                             const Deprecation& deprecation, const Brownout& which,
                             std::string_view type) {
  Json facts = facts_of(view, port, deprecation);
  facts.set("from", to_words(which.from));
  facts.set("until", to_words(which.until));
  return message_to_told(context, port.id, port.product.ulid, type, std::move(facts));
}

store::Message tell_one_told(const Context& context, const View& view, const Port& port,
                             const Grantee& consumer, std::string_view type,
                             std::optional<Time> until) {
  Json facts{Json::Object{{"port", view.mesh.ref_of(port)}}};
  if (until) facts.set("until", to_words(*until));
  facts.set("owner", policy::owner_words(view.mesh, port.domain));
  return message_to(context, consumer, port.product.ulid, type, std::move(facts));
}

void tell_access(const Context& context, const View& view, const Grant& grant,
                 std::string_view type, std::vector<store::Message>& out) {
  const auto* product = view.mesh.find<Product>(grant.product);
  if (product == nullptr) return;
  // Who loses a hidden product may not know of it any more: the number tells what it was about.
  const bool veiled = product->hidden && type == "access.revoked";
  const std::string number = fmt::format("r-{}", grant.number);
  const Ulid about = veiled ? grant.id.ulid : product->id.ulid;
  Json facts{
      Json::Object{{"number", number},
                   {"port", veiled ? "what " + number + " opened" : port_name_of(view, grant)},
                   {"grantee", policy::name_of(view.mesh, grant.grantee)}}};
  // Once is enough for a text of any length.
  if (type == "access.requested") facts.set("purpose", grant.purpose);
  if (!veiled && !grant.reason.empty()) facts.set("reason", grant.reason);
  if (grant.until) facts.set("until", to_words(*grant.until));
  if (type == "access.expiring") {
    facts.set("owner", policy::owner_words(view.mesh, product->domain));
    facts.set("next", fmt::format("if you need it for longer, say so to who decides about it, who "
                                  "renews it: hansa access renew {} --until DATE",
                                  number));
  }
  if (type == "access.requested" || type == "access.waiting" || type == "access.overdue")
    return tell_deciders(context, view, grant, *product, type, facts, out);
  out.push_back(message_to(context, grant.grantee, about, type, facts));
  // It ends for those who have it.
  if (type == "access.expiring") return;
  if (grant.requested_by.ulid != grant.grantee.id && grant.requested_by != context.who.id)
    out.push_back(
        message_to(context, {GranteeKind::user, grant.requested_by.ulid}, about, type, facts));
}

store::Message tell_owner(const Context& context, const View& view, const Port& port,
                          std::string_view type, Json facts) {
  return message_to(context, {GranteeKind::team, team_of(view, port.domain).ulid},
                    port.product.ulid, type, std::move(facts));
}

}  // namespace hansa::service
