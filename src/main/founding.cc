#include "main/founding.h"

#include "base/file.h"
#include "service/credentials.h"

namespace hansa {

Result<bool> found_if_empty(service::Live& live, World& world, const Sealer& sealer, Clock& clock,
                            const Config& config) {
  if (live.seq().number != 0) return false;
  service::Trail trail;
  const Time now = clock.now();
  const service::Context context{
      .who = {.id = {}, .credential = {}, .door = "system", .client = "first start", .peer = {}},
      .request = new_id<RequestId>(now),
      .now = now,
      .deadline = now + std::chrono::minutes(1),
      .stop = {},
      .trail = trail};
  // The token first: a crash in between leaves a token of nobody, and the next start makes another.
  const Secret<std::string> token = service::new_token();
  HANSA_CHECK(
      write_file_atomically(config.data + "/secrets/admin.token", token.expose() + "\n", 0600));
  HANSA_CHECK(
      service::found_organisation(context, live, world, sealer, config.organisation, token));
  return true;
}

}  // namespace hansa
