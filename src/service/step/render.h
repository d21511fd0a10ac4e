// A letter as each kind of channel takes it: nothing that somebody wrote is markup, a mention, a
// link or a header of it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "service/step/letter.h"

namespace hansa::service {

// RFC 5322, with a plain and an HTML part. `from` and `to` are plain addresses.
std::string as_mail(const Letter& letter, std::string_view from, std::string_view to);
std::string as_plain(const Letter& letter);
std::string as_html(const Letter& letter);
// The body of an incoming webhook.
std::string as_slack(const Letter& letter);
std::string as_teams(const Letter& letter);
// A CloudEvent; its data are the message's facts.
std::string as_event(const store::Message& message, std::string_view source);

// The headers of Standard Webhooks: v1, one signature a secret ("whsec_..." as it was shown).
std::vector<std::pair<std::string, std::string>> signed_headers(
    std::string_view id, Time now, std::string_view body,
    const std::vector<Secret<std::string>>& secrets);

}  // namespace hansa::service
