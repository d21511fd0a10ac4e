#include "door/cli/events.h"

#include <fmt/format.h>

#include <thread>

#include "api/events.h"
#include "base/text.h"
#include "door/cli/width.h"

namespace hansa::cli {
namespace {

constexpr std::uint64_t kCommitsDefault = 100;
constexpr Seconds kPause{2};
// A line is an event; the server's longest commit details are far below.
constexpr std::size_t kLineBytesMax = std::size_t{16} << 20;

Outcome<std::optional<std::uint64_t>> place_of(const std::string& after) {
  if (after.empty()) return std::nullopt;
  const auto number = parse_int(after);
  if (!number || *number < 0)
    return usage("--after must be the number of a commit", "for example --after 812");
  return std::optional(static_cast<std::uint64_t>(*number));
}

std::string text_at(const Json& event, std::string_view member) {
  const Json* found = event.find(member);
  return found && found->as_string() ? *found->as_string() : std::string();
}

std::string line_for_people(const Json& event) {
  const Json* seq = event.find("seq");
  const std::string time = text_at(event, "time");
  const std::string type = text_at(event, "type");
  return fmt::format("{:>8}  {}  {:<22} {:<32} {}\n", seq ? to_text(*seq) : "", time.substr(0, 19),
                     type.starts_with("hansa.") ? type.substr(6) : type, text_at(event, "subject"),
                     text_at(event, "actor"));
}

// Server-sent events, cut anywhere, as lines.
class Stream {
 public:
  Stream(Session& session, bool people) : session_(session), people_(people) {}

  Result<void> feed(std::string_view bytes) {
    for (const char c : bytes) {
      if (c != '\n') {
        if (line_.size() == kLineBytesMax) return corrupt("an event is too long");
        line_ += c;
        continue;
      }
      HANSA_CHECK(take(std::exchange(line_, {})));
    }
    return session_.console().flush();
  }
  // The commit behind which to go on; empty: nothing came yet.
  const std::string& last() const { return last_; }

 private:
  Result<void> take(const std::string& line) {
    if (line.starts_with("id: ")) last_ = line.substr(4);
    if (!line.starts_with("data: ")) return {};
    const std::string data = line.substr(6);
    if (!people_) return session_.console().out(data + "\n");
    HANSA_TRY(const Json event, parse_json(data));
    return session_.console().out(visible(line_for_people(event)));
  }

  Session& session_;
  bool people_;
  std::string line_;
  std::string last_;
};

bool pause(Session& session) {
  for (int i = 0; i < 20; ++i) {
    if (session.console().interrupted()) return false;
    std::this_thread::sleep_for(kPause / 20);
  }
  return true;
}

}  // namespace

Outcome<Json::Array> list_of_events(Client& client, const std::string& after, std::size_t items_max,
                                    bool& more) {
  api::ListEvents ask{.limit = limits::page_items_max};
  HANSA_TRY(ask.after, place_of(after));
  if (!ask.after) ask.last = kCommitsDefault;
  Json::Array out;
  for (more = true; more && out.size() < items_max;) {
    HANSA_TRY(const Json page, client.call(api::list_events, ask));
    HANSA_TRY(const auto events, read_answer<api::Events>(page));
    for (const Json& item : *page.find("items")->as_array()) out.push_back(item);
    ask.after = events.next;
    ask.last = {};
    more = events.more;
  }
  if (out.size() > items_max) {
    out.resize(items_max);
    more = true;
  }
  return out;
}

Done watch_events(Session& session, const Words& words) {
  const Format format = session.settings().format;
  if (format != Format::table && format != Format::json)
    return usage("events are watched as a table or as JSON, one event a line",
                 "leave -o away, or give -o json");
  HANSA_TRY(const auto after, place_of(words.text("after")));
  HANSA_TRY(Client* const client, session.client());
  std::string last = after ? std::to_string(*after) : "";
  for (bool connected = false;;) {
    Stream stream(session, format == Format::table);
    Call call{.method = api::Method::get, .timeout = Seconds(0)};
    call.headers.emplace_back("accept", "text/event-stream");
    if (!last.empty()) call.headers.emplace_back("last-event-id", last);
    call.receive = [&](std::string_view bytes) { return stream.feed(bytes); };
    const auto reply = client->send(std::move(call), api::list_events.path);
    if (!stream.last().empty()) {
      last = stream.last();
      connected = true;
    }
    if (!reply && (!connected || reply.error().error.code != Code::unavailable))
      return std::unexpected(reply.error());
    if (session.console().interrupted() || session.console().reader_gone())
      return std::unexpected(reply ? Failure(Error{Code::unavailable, "interrupted", {}})
                                   : reply.error());
    if (!reply) session.say("the connection was lost; trying again");
    if (!pause(session)) return api::Exit::ok;
  }
}

}  // namespace hansa::cli
