#include "service/step/enclosed.h"

#include <fmt/format.h>

#include "api/answer_link.h"
#include "base/json.h"
#include "base/text.h"
#include "service/step/answer_link.h"
#include "service/step/tidings.h"

namespace hansa::service {
namespace {

constexpr std::size_t kStatementsMax = 5;
// A statement is whole or not there.
constexpr std::size_t kStatementBytesMax = 4'000;
constexpr std::size_t kStatementsBytesMax = 16'000;

struct Offer {
  Answer answer;
  std::string_view says;
};
constexpr Offer kOffers[] = {{Answer::moved, "I moved"},
                             {Answer::needs_until, "I need it until a day that I give"},
                             {Answer::not_mine, "I do not read it"},
                             {Answer::question, "I have a question"}};

bool is_shown(const std::string& sql) {
  return !sql.empty() && sql.size() <= kStatementBytesMax && is_utf8(sql);
}

// Nothing but line ends and tabs controls anything.
std::string printable(std::string text) {
  std::erase(text, '\r');
  for (char& each : text) {
    const auto byte = static_cast<unsigned char>(each);
    if ((byte < ' ' && each != '\n' && each != '\t') || byte == 0x7F) each = ' ';
  }
  return text;
}

void add_statements(const std::vector<api::ReplayedView>& all, Letter& letter) {
  std::size_t bytes = 0;
  for (const api::ReplayedView& each : all) {
    if (!is_shown(each.sql)) continue;
    const bool both = is_shown(each.rewritten);
    bytes += each.sql.size() + (both ? each.rewritten.size() : 0);
    if (bytes > kStatementsBytesMax) return;
    letter.statements.push_back({"You asked", printable(each.sql)});
    if (both) letter.statements.push_back({"On the new version", printable(each.rewritten)});
  }
}

}  // namespace

void enclose(const Live& live, const Post& post, const OwnStatements& statements,
             const NoticeChannel& channel, const store::Message& message, Letter& letter) {
  const auto facts = parse_json(message.facts);
  const Json* fact = facts ? facts->find(notice_fact) : nullptr;
  const auto id = fact && fact->as_string() ? parse_ulid(*fact->as_string()) : std::nullopt;
  if (!id) return;
  const auto ref = live.read([&](const View& view) -> std::string {
    const auto* notice = view.mesh.find<Migration>(*id);
    const auto* port = notice ? view.mesh.find<Port>(notice->port) : nullptr;
    return port ? view.mesh.ref_of(*port) : "";
  });
  if (ref.empty()) return;
  // What a webhook of a chat leads to may be read by many; only a mailbox is one person's.
  if (channel.kind != ChannelKind::mail) return;
  // A team's channel is read by all of it, and a team is told what its members read together.
  if (statements && channel.owner.id == message.to && channel.owner.kind != GranteeKind::team)
    add_statements(statements(PrincipalId{channel.owner.id}, ref, kStatementsMax), letter);
  if (post.public_url.empty()) return;
  const auto key = post.sealer.derive(answer_link_purpose);
  for (const Offer& offer : kOffers) {
    const AnswerLink link{.message = message.id,
                          .channel = channel.id,
                          .notice = {*id},
                          .answer = offer.answer,
                          .expires = message.at + answer_link_lasts};
    letter.links.push_back(
        {std::string(offer.says),
         fmt::format("{}{}{}", post.public_url, api::answer_path, token_of(link, key))});
  }
}

}  // namespace hansa::service
