// Who says that it relies on a port.
#pragma once

#include <string>

#include "api/product.h"
#include "api/route.h"

namespace hansa::api {

struct SubscriptionView {
  std::string id;
  std::string port;
  bool pinned = true;
  std::string subscriber;
  std::string purpose;
  std::string by;
  Time at;
};
void describe(Fields& f, SubscriptionView& v);
struct Subscribe {
  std::string port;
  std::string as;
  std::string purpose;
};
void describe(Fields& f, Subscribe& v);
inline constexpr Route<Subscribe, SubscriptionView> subscribe{
    Method::post, "/api/v1/subscriptions", "subscribe",
    "Say that somebody relies on a port; it grants nothing", "use"};
struct ListSubscriptions {
  std::string port;
  Paging paging;
};
void describe(Fields& f, ListSubscriptions& v);
inline constexpr Route<ListSubscriptions, PageOf<SubscriptionView>> list_subscriptions{
    Method::get, "/api/v1/subscriptions", "listSubscriptions",
    "Subscriptions of the caller and its teams, and to the ports that it owns", "use"};
struct Unsubscribe {
  std::string id;
};
void describe(Fields& f, Unsubscribe& v);
inline constexpr Route<Unsubscribe, Nothing> unsubscribe{
    Method::delete_, "/api/v1/subscriptions/{id}", "unsubscribe", "End a subscription", "use"};

}  // namespace hansa::api
