// The one door out: what the server sends to addresses that somebody wrote down. Whose machine an
// address leads to is decided here, after its name was resolved, and nowhere else.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace hansa::outbound {

// A POST. No redirect is followed, no proxy of the environment is used, and the answer's body is
// not looked at.
struct Request {
  std::string_view url;  // http or https; as good as a key, so no error quotes it
  std::vector<std::pair<std::string, std::string>> headers;
  std::string_view body;
};

// To the mail server that the configuration names.
struct Mail {
  std::string to;       // check_mail_address
  std::string message;  // header and body, CRLF (RFC 5322)
  // What is in it, for whoever looks at it here.
  Time at;
  std::string subject;
  std::string text;
};

struct Outbound {
  virtual ~Outbound() = default;
  // Waits for the answer, a few seconds at most, and returns its status. Any thread may call.
  // Errors: invalid: no URL for this; denied: it leads to an address that is not the internet's,
  // and that no administrator allowed; unavailable: the network, or the other side.
  virtual Result<int> post(const Request& request) = 0;
  // Errors: blocked: no mail server is configured; invalid: refused for good; unavailable.
  virtual Result<void> mail(const Mail& mail) = 0;
  // Ends what runs, and refuses what comes: the program ends.
  virtual void stop() = 0;
};

// The part of an address that may be shown and logged: "https://hooks.example". Errors: invalid:
// neither http nor https, a user name or password in it, no host, longer than 2,000 bytes, or bytes
// that no URL has.
Result<std::string> check_url(std::string_view url);
// As RFC 5321 has them, without quotes and comments. Errors: invalid.
Result<void> check_mail_address(std::string_view address);

}  // namespace hansa::outbound
