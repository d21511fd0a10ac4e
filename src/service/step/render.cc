#include "service/step/render.h"

#include <fmt/format.h>

#include <array>

#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"

namespace hansa::service {
namespace {

constexpr std::string_view kSecretPrefix = "whsec_";
// Of an encoded word: 75 with its frame (RFC 2047).
constexpr std::size_t kWordBytes = 42;
constexpr std::size_t kBase64Line = 76;

// Slack reads <...> as links and mentions, and & as an entity; formatting is switched off.
std::string slack(std::string_view text) {
  std::string out;
  for (const char c : text) switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out += c;
    }
  return out;
}

// Any text as words of a header: no byte of it stands there as it is.
std::string encoded_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view word = cut(text, kWordBytes);
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + to_base64(word) + "?=";
    text.remove_prefix(word.size());
  }
  return out;
}

std::string base64_lines(std::string_view bytes) {
  const std::string all = to_base64(bytes);
  std::string out;
  for (std::size_t at = 0; at < all.size(); at += kBase64Line)
    out += all.substr(at, kBase64Line) + "\r\n";
  return out;
}

// "Mon, 23 Nov 2026 03:15:00 +0000"
std::string mail_date(Time at) {
  constexpr std::array days{"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string text = to_text(at);  // 2026-11-23T03:15:00...
  const auto day = static_cast<std::size_t>(at.us / (std::int64_t{86'400} * 1'000'000));
  const auto month = static_cast<std::size_t>(parse_int(text.substr(5, 2)).value_or(1)) - 1;
  return fmt::format("{}, {} {} {} {} +0000", days.at(day % days.size()), text.substr(8, 2),
                     months.at(month), text.substr(0, 4), text.substr(11, 8));
}

Json run_of(std::string text, bool bold) {
  Json out{Json::Object{{"type", "TextRun"}, {"text", std::move(text)}}};
  if (bold) out.set("weight", "Bolder");
  return out;
}

Json block_of(Json::Array runs) {
  return Json::Object{{"type", "RichTextBlock"}, {"inlines", std::move(runs)}};
}

}  // namespace

std::string as_plain(const Letter& letter) {
  std::string out = letter.title + "\n\n";
  for (const Letter::Line& line : letter.lines) out += line.label + ": " + line.text + "\n";
  for (const Letter::Line& each : letter.statements)
    out += "\n" + each.label + ":\n\n" + each.text + "\n";
  if (!letter.links.empty()) out += "\nAnswer, once each:\n";
  for (const Letter::Line& each : letter.links) out += each.label + ": " + each.text + "\n";
  if (!letter.next.empty()) out += "\n" + letter.next + "\n";
  return out + "\n" + letter.id + "\n";
}

std::string as_html(const Letter& letter) {
  std::string out = "<!doctype html><html><body><h3>" + markup_text(letter.title) + "</h3><table>";
  for (const Letter::Line& line : letter.lines)
    out +=
        "<tr><td>" + markup_text(line.label) + "</td><td>" + markup_text(line.text) + "</td></tr>";
  out += "</table>";
  for (const Letter::Line& each : letter.statements)
    out += "<p>" + markup_text(each.label) + "</p><pre>" + markup_text(each.text) + "</pre>";
  for (const Letter::Line& each : letter.links)
    out += "<p><a href=\"" + markup_text(each.text) + "\">" + markup_text(each.label) + "</a></p>";
  if (!letter.next.empty()) out += "<p>" + markup_text(letter.next) + "</p>";
  return out + "<p><small>" + markup_text(letter.id) + "</small></p></body></html>";
}

std::string as_mail(const Letter& letter, std::string_view from, std::string_view to) {
  const std::string boundary = "hansa-" + letter.id;
  const std::string_view host = from.substr(std::min(from.rfind('@') + 1, from.size()));
  std::string out;
  const auto header = [&](std::string_view name, std::string_view value) {
    out += fmt::format("{}: {}\r\n", name, value);
  };
  header("From", fmt::format("Hansa <{}>", from));
  header("To", fmt::format("<{}>", to));
  header("Subject", encoded_words(letter.title));
  header("Date", mail_date(letter.at));
  header("Message-ID", fmt::format("<{}@{}>", letter.id, host));
  header("Auto-Submitted", "auto-generated");
  header("MIME-Version", "1.0");
  header("Content-Type", fmt::format("multipart/alternative; boundary=\"{}\"", boundary));
  const auto part = [&](std::string_view type, std::string_view text) {
    out += fmt::format("\r\n--{}\r\n", boundary);
    header("Content-Type", fmt::format("{}; charset=utf-8", type));
    header("Content-Transfer-Encoding", "base64");
    out += "\r\n" + base64_lines(text);
  };
  part("text/plain", as_plain(letter));
  part("text/html", as_html(letter));
  return out + fmt::format("\r\n--{}--\r\n", boundary);
}

std::string as_slack(const Letter& letter) {
  return to_text(Json(Json::Object{{"text", slack(as_plain(letter))}, {"mrkdwn", false}}));
}

// Runs of rich text hold no markdown, unlike all other texts of a card.
std::string as_teams(const Letter& letter) {
  Json::Array body{block_of({run_of(letter.title, true)})};
  for (const Letter::Line& line : letter.lines)
    body.push_back(block_of({run_of(line.label + ": ", true), run_of(line.text, false)}));
  for (const Letter::Line& each : letter.statements) {
    body.push_back(block_of({run_of(each.label + ":", true)}));
    for (const std::string_view line : split(each.text, '\n'))
      body.push_back(block_of({run_of(std::string(line), false)}));
  }
  if (!letter.next.empty()) body.push_back(block_of({run_of(letter.next, false)}));
  body.push_back(block_of({run_of(letter.id, false)}));
  Json card{Json::Object{{"type", "AdaptiveCard"}, {"version", "1.2"}, {"body", std::move(body)}}};
  Json attachment{Json::Object{{"contentType", "application/vnd.microsoft.card.adaptive"},
                               {"content", std::move(card)}}};
  return to_text(
      Json(Json::Object{{"type", "message"}, {"attachments", Json::Array{std::move(attachment)}}}));
}

std::string as_event(const store::Message& message, std::string_view source) {
  return to_text(Json(Json::Object{{"specversion", "1.0"},
                                   {"id", to_text(message.id)},
                                   {"source", source},
                                   {"type", "hansa." + message.type},
                                   {"subject", to_text(message.about)},
                                   {"time", to_text(message.at)},
                                   {"datacontenttype", "application/json"},
                                   {"data", parse_json(message.facts).value_or(Json())}}));
}

std::vector<std::pair<std::string, std::string>> signed_headers(
    std::string_view id, Time now, std::string_view body,
    const std::vector<Secret<std::string>>& secrets) {
  const std::string seconds = std::to_string(now.us / 1'000'000);
  const std::string covered = fmt::format("{}.{}.{}", id, seconds, body);
  std::string signatures;
  for (const Secret<std::string>& secret : secrets) {
    const auto key = from_base64(std::string_view(secret.expose()).substr(kSecretPrefix.size()));
    if (!key) continue;
    if (!signatures.empty()) signatures += ' ';
    signatures += "v1," + to_base64(hmac_sha256(*key, covered));
  }
  return {{"webhook-id", std::string(id)},
          {"webhook-timestamp", seconds},
          {"webhook-signature", signatures}};
}

}  // namespace hansa::service
