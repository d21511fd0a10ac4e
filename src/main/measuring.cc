#include "main/measuring.h"

#include <condition_variable>
#include <mutex>

#include "base/log.h"
#include "service/prompts.h"
#include "service/reminders.h"
#include "service/slo.h"

namespace hansa {

Measuring::Measuring(service::Live& live, World& world, Clock& clock,
                     const service::HouseRules& rules)
    : live_(live),
      world_(world),
      clock_(clock),
      rules_(rules),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Measuring::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any bell;
  service::Looked looked;
  std::optional<Time> prompted;
  while (!stop.stop_requested()) {
    if (const auto done = service::measure_all(live_, world_, clock_); !done)
      log(Level::warning, "what ports promise was not measured", {{"why", done.error().text}});
    if (const auto done = service::remind_due(live_, world_, clock_, looked); !done)
      log(Level::warning, "nobody was reminded of versions that end", {{"why", done.error().text}});
    if (const auto done = service::prompt_due(live_, world_, rules_, clock_, prompted); !done)
      log(Level::warning, "nobody was told of access that ends or waits",
          {{"why", done.error().text}});
    std::unique_lock lock(mutex);
    bell.wait_for(lock, stop, rules_.measure_every, [] { return false; });
  }
}

}  // namespace hansa
