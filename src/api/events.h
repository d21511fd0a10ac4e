// What changes, for whoever follows it. Each change is a CloudEvent (CloudEvents 1.0, JSON format);
// its place in the feed is the number of the commit that made it. A commit's changes come together,
// so that the number of the last one says where to go on.
//
// With `accept: text/event-stream` the same path is an endless stream (WHATWG HTML, server-sent
// events): `data` is one event, `id` the number of its commit, sent with the last event of a
// commit; `last-event-id` goes on behind it. A line with an id alone is a sign of life.
#pragma once

#include <string>
#include <vector>

#include "api/route.h"

namespace hansa::api {

struct EventView {
  std::string specversion = "1.0";
  std::string id;      // "812.5f0c2a91": the commit, and which of its changes
  std::string source;  // "/"
  std::string type;    // "hansa.port.published"
  Time time;
  std::string subject;  // "audience/daily_plays@1", "r-7", "team ads"
  std::string datacontenttype = "application/json";
  std::uint64_t seq = 0;
  std::string actor;  // who did it; an extension, as seq is
  Json data;
};
void describe(Fields& f, EventView& v);
struct Events {
  std::vector<EventView> items;
  // Everything up to here was looked at: give it as `after`. Never empty.
  std::uint64_t next = 0;
  bool more = false;  // there are later commits already
};
void describe(Fields& f, Events& v);
struct ListEvents {
  std::optional<std::uint64_t> after;
  std::optional<std::uint64_t> last;
  std::vector<std::string> type;
  std::uint32_t limit = limits::page_items_default;
};
void describe(Fields& f, ListEvents& v);
inline constexpr Route<ListEvents, Events> list_events{
    Method::get, "/api/v1/events", "listEvents",
    "Changes the caller may know of, oldest first; as text/event-stream an endless stream",
    "events"};

}  // namespace hansa::api
