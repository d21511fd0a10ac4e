#include "api/events.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/time.h"
#include "door/http/bind.h"
#include "service/events.h"

namespace hansa::http {
namespace {

constexpr std::string_view kStreamType = "text/event-stream";
// After as long a silence a sign of life is sent.
constexpr std::int64_t kSilence_us = 9'000'000;

// Server-sent events (WHATWG HTML, 9.2).
class EventStream : public net::Feed {
 public:
  explicit EventStream(std::unique_ptr<service::EventFeed> feed) : feed_(std::move(feed)) {}

  void when(std::function<void()> ring) override { feed_->when(std::move(ring)); }

  Result<std::optional<Chunk>> next(Want) override {
    std::string out;
    if (!std::exchange(begun_, true))
      out = fmt::format("retry: 2000\nid: {}\n\n", feed_->position());
    for (;;) {
      HANSA_TRY(const auto events, feed_->next());
      if (!events) return std::nullopt;
      add(*events, out);
      // More may lie there without any of it being the caller's: it has no bell of its own.
      if (!out.empty() || !events->more) break;
    }
    if (out.empty() && steady_us() - spoke_us_ >= kSilence_us)
      out = fmt::format("id: {}\n\n", feed_->position());
    if (!out.empty()) spoke_us_ = steady_us();
    return Chunk{.bytes = std::move(out)};
  }

 private:
  void add(const api::Events& events, std::string& out) {
    for (std::size_t i = 0; i < events.items.size(); ++i) {
      const api::EventView& event = events.items[i];
      const bool last = i + 1 == events.items.size() || events.items[i + 1].seq != event.seq;
      if (last) out += fmt::format("id: {}\n", event.seq);
      out += fmt::format("event: {}\ndata: {}\n\n", event.type, to_text(to_json(event)));
    }
  }

  std::unique_ptr<service::EventFeed> feed_;
  std::int64_t spoke_us_ = 0;
  bool begun_ = false;
};

bool wants_stream(const net::Request& request) {
  const std::string* accept = request.header("accept");
  if (accept == nullptr) return false;
  for (const std::string_view part : split(*accept, ','))
    if (trim(lower_ascii(part.substr(0, part.find(';')))) == kStreamType) return true;
  return false;
}

Result<net::Response> list(House& house, const service::Context& context, const Json& json,
                           const net::Request& request) {
  HANSA_TRY(api::ListEvents ask, from_json<api::ListEvents>(json));
  if (!wants_stream(request)) {
    HANSA_TRY(const api::Events events,
              service::list_events(context, house.live, house.world, ask));
    return Routes::json_response(200, to_json(events));
  }
  if (const std::string* last = request.header("last-event-id")) {
    const auto after = parse_int(*last);
    if (!after || *after < 0) return invalid("last-event-id must be the id of an event");
    ask.after = static_cast<std::uint64_t>(*after);
    ask.last = {};
  }
  HANSA_TRY(auto feed,
            service::EventFeed::open(context, house.live, house.world, house.clock, ask));
  net::Response response{.status = 200,
                         .headers = {{"content-type", std::string(kStreamType)},
                                     {"cache-control", "no-store"},
                                     {"x-content-type-options", "nosniff"},
                                     // Proxies that gather an answer before they pass it on.
                                     {"x-accel-buffering", "no"}}};
  response.body = std::make_unique<EventStream>(std::move(feed));
  return response;
}

}  // namespace

void add_events(Routes& routes) {
  House& house = routes.house();
  routes.add_handler(api::info_of(api::list_events), true, limits::body_bytes_max,
                     [&house](const service::Context& context, Json ask, net::Request& request) {
                       return list(house, context, ask, request);
                     });
}

}  // namespace hansa::http
