// Sends notices as long as the server runs: the one thing of it that dials out.
#pragma once

#include <memory>
#include <thread>

#include "base/pool.h"
#include "main/config.h"
#include "service/mailbox.h"
#include "service/sending.h"

namespace hansa {

class Notices {
 public:
  // `sealer` outlives it. Errors: invalid: what the configuration says of mail or networks.
  static Result<std::unique_ptr<Notices>> open(const Config& config, const Sealer& sealer);
  ~Notices();

  // What jobs send with. Lives as long as this.
  const service::Post& post() const { return post_; }
  const service::Mailbox& mailbox() const { return mailbox_; }
  // Begins to send. All of it outlives this.
  void start(const service::Live& live, store::Outbox& outbox, Clock& clock,
             service::OwnStatements statements);

 private:
  Notices(const Config& config, const Sealer& sealer, std::unique_ptr<outbound::Outbound> out,
          service::Mailbox mailbox);
  void run(const std::stop_token& stop, const service::Sender& with);

  std::unique_ptr<outbound::Outbound> out_;
  service::Post post_;
  service::Mailbox mailbox_;
  service::Persistence persistence_;
  Pool pool_;
  std::jthread thread_;
};

}  // namespace hansa
