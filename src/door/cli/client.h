// The routes of api/, called.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/route.h"
#include "base/json.h"
#include "base/time.h"
#include "door/cli/config.h"
#include "door/cli/console.h"
#include "door/cli/failure.h"
#include "door/cli/transport.h"

namespace hansa::cli {

struct ClientOptions {
  Seconds timeout{30};
  bool debug = false;  // prints each call, without its secrets
};

class Client {
 public:
  Client(Endpoint endpoint, std::unique_ptr<Transport> transport, Console& console,
         ClientOptions options)
      : endpoint_(std::move(endpoint)),
        transport_(std::move(transport)),
        console_(console),
        options_(options) {}

  // The answer as the server wrote it: what machines are given, members we do not know included.
  template <class Ask, class Answer>
  Outcome<Json> call(const api::Route<Ask, Answer>& route, const Ask& ask) {
    return call_json(route.method, route.path, to_json(ask));
  }
  // The same for what takes as long as it takes.
  template <class Ask, class Answer>
  Outcome<Json> wait(const api::Route<Ask, Answer>& route, const Ask& ask) {
    return call_json(route.method, route.path, to_json(ask), Seconds(0));
  }
  // The items of all pages, until there are `items_max`; `more` tells whether the list goes on.
  template <class Ask, class Answer>
  Outcome<Json::Array> list(const api::Route<Ask, Answer>& route, const Ask& ask,
                            std::size_t items_max, bool& more) {
    return call_pages(route.path, to_json(ask), items_max, more);
  }

  // A call whose body or answer is streamed: `call` holds what is special about it. The URL and the
  // caller's token are added here; a refusal becomes a Failure.
  Outcome<Reply> send(Call call, std::string_view address);

  const Endpoint& endpoint() const { return endpoint_; }

 private:
  Outcome<Json> call_json(api::Method method, std::string_view path, Json ask,
                          std::optional<Seconds> timeout = {});
  Outcome<Json::Array> call_pages(std::string_view path, Json ask, std::size_t items_max,
                                  bool& more);
  Failure failure_of(const Reply& reply) const;

  Endpoint endpoint_;
  std::unique_ptr<Transport> transport_;
  Console& console_;
  ClientOptions options_;
};

// An answer as a value. Members that a newer server added are passed over. Errors: corrupt.
template <class Answer>
Outcome<Answer> read_answer(const Json& json) {
  Answer answer{};
  Fields::Session session;
  session.unknown_is_warning = true;
  Fields::read_value(json, answer, {}, session);
  if (auto read = first_problem(session); !read)
    return std::unexpected(
        Failure(Error{Code::corrupt, "the server's answer cannot be read: " + read.error().text,
                      "check that the server is of this version: hansa version"}));
  return answer;
}

}  // namespace hansa::cli
