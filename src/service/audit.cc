#include "service/audit.h"

#include <fmt/format.h>

#include "base/text.h"
#include "service/step/find.h"
#include "service/step/present.h"
#include "world/store/store.h"

namespace hansa::service {
namespace {

Result<store::Question> question_of(const Context& context, const View& view,
                                    const api::ListAudit& ask) {
  store::Question question{.after = 0,
                           .max = ask.paging.limit,
                           .newest_first = true,
                           .kinds = {},
                           .who = {},
                           .subject = {},
                           .behind = {}};
  if (!ask.paging.after.empty()) {
    const auto after = parse_int(ask.paging.after);
    if (!after || *after < 1)
      return invalid(fmt::format("'{}' is no place in the audit", ask.paging.after.substr(0, 140)),
                     "give `after` the `next` of the page before");
    question.after = static_cast<std::uint64_t>(*after);
  }
  if (!ask.kind.empty()) question.kinds.push_back(ask.kind);
  if (!ask.who.empty()) {
    HANSA_TRY(const Principal* who, find_principal(context, view, ask.who));
    question.who = who->id;
  }
  if (!ask.port.empty()) {
    HANSA_TRY(const Port* port, find_port(context, view, ask.port));
    question.subject = port->id.ulid;
    if (may(context, view, Action::manage, on(*port))) return question;
  }
  if (question.who == context.who.id) return question;
  if (authorize(context, view, Action::administer, on_organisation(), "the audit")) return question;
  const auto* self = view.mesh.find<Principal>(context.who.id);
  return denied("the whole audit is for administrators",
                fmt::format("your own lines: hansa get audit --who {}\n"
                            "those of a port that your team owns: hansa get audit --port "
                            "DOMAIN/PORT",
                            self ? self->name : "NAME"));
}

// What is made of a port may be hidden from those who own it.
bool knows(const Context& context, const View& view, const Json& ref) {
  const auto parsed = parse_port_ref(ref.as_string() ? *ref.as_string() : std::string_view());
  const Port* port = parsed ? view.mesh.port(*parsed) : nullptr;
  return port != nullptr && may(context, view, Action::know, on(*port));
}

// The owner of a port learns who read what of it; the statement may name other ports, so it is for
// its author and the administrator.
void redact(const Context& context, const View& view, const store::Line& line, Json& details) {
  if (line.who == context.who.id || may(context, view, Action::administer, on_organisation()))
    return;
  if (Json::Object* members = details.as_object())
    std::erase_if(*members, [&](const auto& member) {
      return member.first == "sql" || member.first == "error" ||
             (member.first == "makes" && !knows(context, view, member.second));
    });
}

api::AuditLine line_of(const Context& context, const View& view, const store::Line& line) {
  api::AuditLine out{.number = line.number,
                     .seq = line.seq.number,
                     .at = line.at,
                     .kind = line.kind,
                     .who = line.who ? name_of_principal(view, line.who) : "",
                     .subject = {},
                     .details = {}};
  if (const auto* port = view.mesh.find<Port>(line.subject)) out.subject = view.mesh.ref_of(*port);
  else if (const auto* deleted = view.mesh.find<Deletion>(line.subject))
    out.subject = fmt::format("{} (deleted)", deleted->name);
  else if (line.subject)
    out.subject =
        (line.subject_kind.empty() ? "" : line.subject_kind + " ") + to_text(line.subject);
  out.details = parse_json(line.body).value_or(Json());
  // Nothing: the statement was recorded, and is no longer kept.
  if (!line.text_digest.empty()) out.details.set("sql", line.text ? Json(line.text->text) : Json());
  redact(context, view, line, out.details);
  return out;
}

}  // namespace

Result<api::PageOf<api::AuditLine>> list_audit(const Context& context, Live& live, World& world,
                                               const api::ListAudit& ask) {
  HANSA_TRY(const store::Question question,
            live.read([&](const View& view) { return question_of(context, view, ask); }));
  HANSA_TRY(const auto lines, world.store.history(question));
  api::PageOf<api::AuditLine> page;
  live.read([&](const View& view) {
    for (const store::Line& line : lines) page.items.push_back(line_of(context, view, line));
    return 0;
  });
  if (lines.size() == question.max && !lines.empty())
    page.next = std::to_string(lines.back().number);
  return page;
}

}  // namespace hansa::service
