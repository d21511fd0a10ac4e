#include "service/step/letter.h"

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"
#include "service/step/tidings.h"

namespace hansa::service {
namespace {

constexpr std::size_t kTitleBytesMax = 200;
constexpr std::size_t kTextBytesMax = 1'000;
constexpr std::size_t kLinesMax = 40;
constexpr std::size_t kDigestIdDigits = 26;

struct Title {
  std::string_view type;
  std::string_view says;  // {fact}
};
constexpr Title kTitles[] = {
    {"version.deprecated", "{port} will end on {by}"},
    {"version.reminder", "{port} ends on {by}, and you still read it"},
    {"version.brownout", "Reads of {port} will be refused from {from} to {until}"},
    {"version.brownout_cancelled", "Reads of {port} will not be refused from {from} to {until}"},
    {"version.extended", "{port} stays for you until {until}"},
    {"version.withdrawn", "{port} stays after all"},
    {"version.retired", "{port} is retired"},
    {"version.restored", "{port} is back"},
    {"version.changed", "What was announced of {port} changed: it ends on {by}"},
    {"version.bridged", "The rows of {port} are made of those of the version that replaces it"},
    {"version.unbridged", "{port} has rows of its own again"},
    {"access.requested", "{grantee} asks to read {port}"},
    {"access.waiting", "{grantee} still waits for an answer, to read {port}"},
    {"access.overdue", "{grantee} has waited too long for an answer, to read {port}"},
    {"access.expiring", "{grantee} may read {port} until {until}, and no longer"},
    {"access.approved", "{port} is open to {grantee}"},
    {"access.rejected", "{port} was not opened to {grantee}"},
    {"access.revoked", "{grantee} may no longer read {port}"},
    {"access.renewed", "{grantee} may read {port} until {until}"},
    {"access.carried", "{grantee} may read a new version of {port}"},
    {"access.asked_again", "A new version of {port} is asked for again, for {grantee}"},
    {"quality.failed", "The data of {port} failed its contract's checks"},
    {"quality.overridden", "{port} has data that failed its contract's checks"},
    {"version.asked", "{who} asks about {port}"},
    {"notice.answered", "The notice about {port} was answered for you: {answer}"},
    {"slo.breached", "{port} is late"},
    {"slo.recovered", "{port} is in time again"},
    {"incident.opened", "Something is wrong with {port}"},
    {"incident.updated", "News of what is wrong with {port}"},
    {"incident.resolved", "What was wrong with {port} is over"},
    {"issue.raised", "A {kind} about {product}"},
    {"issue.accepted", "The {kind} about {product} was accepted"},
    {"issue.declined", "The {kind} about {product} was declined"},
    {"issue.fulfilled", "The {kind} about {product} was fulfilled"},
    {"channel.tested", "A test of the channel {channel}"},
};

struct Label {
  std::string_view fact;
  std::string_view says;
};
constexpr Label kLabels[] = {
    {"port", "Version"},
    {"table", "In SQL"},
    {"use", "Use instead"},
    {"by", "Read until"},
    {"why", "Why"},
    {"columns", "You read"},
    {"last_read", "Last read"},
    {"because", "Told since"},
    {"grantee", "For"},
    {"in_sql", "Try it"},
    {"over_http", "Over HTTP"},
};

// One line that no channel takes for two, cut between characters.
std::string one_line(std::string_view text, std::size_t max) {
  if (!is_utf8(text)) return "?";
  std::string out;
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < ' ' || c == '\x7f';
    out += control ? ' ' : c;
  }
  if (out.size() <= max) return out;
  return std::string(cut(out, max)) + "...";
}

std::string text_of(const Json& fact) {
  if (const std::string* text = fact.as_string()) return *text;
  return to_text(fact);
}

std::string filled(std::string_view says, const Json& facts) {
  std::string out;
  while (!says.empty()) {
    const auto open = says.find('{');
    out += says.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = says.find('}', open);
    const Json* fact = facts.find(says.substr(open + 1, close - open - 1));
    out += fact != nullptr ? text_of(*fact) : "?";
    says.remove_prefix(close + 1);
  }
  return out;
}

std::string label_of(std::string_view fact) {
  for (const Label& each : kLabels)
    if (each.fact == fact) return std::string(each.says);
  std::string out(fact);
  std::ranges::replace(out, '_', ' ');
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z')
    out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return one_line(out, kTitleBytesMax);
}

}  // namespace

Letter letter_of(const store::Message& message) {
  const Json facts = parse_json(message.facts).value_or(Json());
  const auto* title = std::ranges::find(kTitles, message.type, &Title::type);
  Letter out{
      .id = to_text(message.id),
      .type = message.type,
      .at = message.at,
      .title = one_line(title != std::end(kTitles) ? filled(title->says, facts) : message.type,
                        kTitleBytesMax),
      .lines = {},
      .next = {}};
  const Json::Object* all = facts.as_object();
  if (all == nullptr) return out;
  for (const auto& [name, fact] : *all) {
    std::string text = one_line(text_of(fact), kTextBytesMax);
    if (name == notice_fact) continue;
    if (name == "next") out.next = std::move(text);
    else if (out.lines.size() < kLinesMax && !text.empty())
      out.lines.push_back({label_of(name), std::move(text)});
  }
  return out;
}

Letter digest_of(const std::vector<const store::Message*>& messages) {
  Letter out{.id = {},
             .type = "digest",
             .at = messages.back()->at,
             .title = counted(messages.size(), "message"),
             .lines = {},
             .next = "hansa get notices and hansa get events show the whole of them"};
  std::string ids;
  for (const store::Message* each : messages) {
    const Letter one = letter_of(*each);
    ids += one.id;
    std::string text = one.title;
    for (const Letter::Line& line : one.lines)
      if (line.label == "Why" || line.label == "Use instead" || line.label == "Reason")
        text += "; " + line.label + ": " + line.text;
    out.lines.push_back({to_words(one.at), one_line(text, kTextBytesMax) + " (" + one.id + ")"});
  }
  out.id = "digest-" + to_hex(sha256(ids)).substr(0, kDigestIdDigits);
  return out;
}

}  // namespace hansa::service
