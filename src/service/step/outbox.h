// How a job tells somebody of what it changes: a message that is written with the change, and goes
// to every channel that whoever it is for has then (world/store/outbox.h).
//
//   attempt.messages.push_back(message_to(context, team, product.ulid, "slo.breached", facts));
#pragma once

#include <string_view>

#include "base/json.h"
#include "model/grant.h"
#include "service/authority/context.h"
#include "world/store/outbox.h"

namespace hansa::service {

// `to`: a team, user or service account, or a product, account, role or group, which stand for
// their team or members. `about`: the product; or else the subject: messages about one reach a
// channel in their order, and whoever may not know of that product when it is sent is not told.
// `type`: as an event's, "version.deprecated". `facts`: an object of what its text is made of, each
// a text: names and dates, never data, partition values or secrets.
store::Message message_to(const Context& context, const Grantee& to, Ulid about,
                          std::string_view type, Json facts);

// To everybody who was told of the end of this version by the time it is sent.
store::Message message_to_told(const Context& context, PortId port, Ulid about,
                               std::string_view type, Json facts);
inline constexpr std::string_view told_kind = "told";

}  // namespace hansa::service
