// A route and a job make a handler. Whether it may wait is in the job's signature: one that takes
// the World runs on the pool, any other on the I/O thread.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/problem.h"
#include "api/route.h"
#include "base/meter.h"
#include "base/time.h"
#include "door/net/message.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "service/mailbox.h"

namespace hansa {
struct World;
class Sealer;
}  // namespace hansa
namespace hansa::service {
class Backups;
class Findings;
struct HouseRules;
class Running;
class SignIns;
class Tables;
class VisibleCopies;
struct Post;
}  // namespace hansa::service

namespace hansa::http {

class MetricsText;

// What the door hands to jobs; all of it outlives the server.
struct House {
  service::Live& live;
  World& world;
  service::Running& running;
  service::Tables& tables;
  service::VisibleCopies& copies;
  const Sealer& sealer;
  service::SignIns& sign_ins;
  Clock& clock;
  service::Backups& backups;
  const service::HouseRules& rules;
  const service::Post& post;
  const service::Mailbox& mailbox;
  std::string version;
  // Errors: unavailable: why nobody should send anything here now.
  std::function<Result<void>()> ready;
  // Figures of what only main knows.
  std::function<void(MetricsText&)> add_figures;
  // Of the folder, the disk, the kernel and the clock, what main knows too.
  std::function<void(service::Findings&)> look_around;
};

// Answers by status; any other is counted with those of 500.
struct Answers {
  static constexpr std::array<int, 14> statuses{200, 304, 400, 401, 403, 404, 409,
                                                413, 415, 421, 422, 429, 500, 503};
  std::array<Counter, statuses.size()> counts{};
  void count(int status);
};

struct Bound {
  api::RouteInfo info;
  net::Handler handler;
  mutable Answers answers;
};

class Routes {
 public:
  explicit Routes(House& house);
  House& house() { return house_; }

  template <class Ask, class Answer>
  void add(const api::Route<Ask, Answer>& route,
           Result<Answer> (*job)(const service::Context&, const service::Live&, const Ask&)) {
    add_job<Ask, Answer>(route, false,
                         [this, job](const service::Context& context, const Ask& ask) {
                           return job(context, house_.live, ask);
                         });
  }
  // What ends or gives a right must not wait behind queries: the handlers added last run on threads
  // of their own.
  void make_last_control() { all_.back()->handler.control = true; }

  template <class Ask, class Answer>
  void add(const api::Route<Ask, Answer>& route,
           Result<Answer> (*job)(const service::Context&, service::Live&, World&, const Ask&)) {
    add_job<Ask, Answer>(route, true, [this, job](const service::Context& context, const Ask& ask) {
      return job(context, house_.live, house_.world, ask);
    });
  }
  // Jobs that need more of the house.
  template <class Ask, class Answer>
  void add_job(const api::Route<Ask, Answer>& route, bool waits,
               std::function<Result<Answer>(const service::Context&, const Ask&)> job) {
    add_handler(api::info_of(route), waits, limits::body_bytes_max,
                [job = std::move(job)](const service::Context& context, Json ask,
                                       net::Request&) -> Result<net::Response> {
                  HANSA_TRY(const Ask read, from_json<Ask>(ask));
                  HANSA_TRY(const Answer answer, job(context, read));
                  return json_response(200, to_json(answer));
                });
  }
  // A handler of its own form: gets the ask as JSON, and the request with its body still to be read
  // if `body_bytes_max` is zero.
  using Answerer =
      std::function<Result<net::Response>(const service::Context&, Json ask, net::Request&)>;
  void add_handler(api::RouteInfo info, bool waits, std::size_t body_bytes_max, Answerer answerer);

  // The handler added last answers a stranger too.
  void make_last_open() { all_.back()->info.open = true; }

  static net::Response json_response(int status, const Json& json);

  const std::vector<std::unique_ptr<Bound>>& all() const { return all_; }
  const Histogram& took() const { return took_; }
  // The handler for a request's head, or nullptr. Members of the path become parameters of the ask.
  // One that says which methods there are, if only the method is wrong.
  const net::Handler* find(net::Method method, std::string_view path) const;

 private:
  net::Response serve(const Bound& bound, const Answerer& answerer, net::Request& request);
  net::Response answer(const Bound& bound, const Answerer& answerer, net::Request& request);
  std::vector<api::Method> methods_of(std::string_view path) const;
  House& house_;
  net::Handler other_method_;
  Histogram took_;
  std::vector<std::unique_ptr<Bound>> all_;
};

// One function a noun; each adds its routes.
void add_identity(Routes& routes);
void add_catalog(Routes& routes);
void add_access(Routes& routes);
void add_manifest(Routes& routes);
void add_versions(Routes& routes);
void add_talk(Routes& routes);
void add_channels(Routes& routes);
void add_dev_mail(Routes& routes);
void add_answers(Routes& routes);
void add_publish(Routes& routes);
void add_query(Routes& routes);
void add_events(Routes& routes);
void add_keeping(Routes& routes);
void add_health(Routes& routes);

}  // namespace hansa::http
