// What is read from the database: everything that is not the newest batches.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "world/store/chain.h"
#include "world/store/sqlite/sqlite.h"
#include "world/store/store.h"

namespace hansa::store::sqlite {

// Any thread may call. Short questions share one connection; walks open their own.
class Reader {
 public:
  static Result<std::unique_ptr<Reader>> open(const std::string& path);

  Result<Seq> load(const std::function<void(Row)>& each);
  // Batches after `after`, at least one, which must be in the database. Errors: not_found if
  // dropped.
  Result<std::vector<Batch>> batches(Seq after);
  Result<bool> any_text(Time before);
  Result<bool> any_use(std::int64_t before_hour);
  Result<void> uses(const UseQuestion& question,
                    const std::function<void(const UseKey&, const UseCount&)>& each);
  Result<std::vector<Line>> history(const Question& question);
  Result<std::vector<Message>> unrouted(std::size_t max);
  Result<std::vector<Delivery>> due(Time now, std::size_t max, std::size_t in_row);
  Result<std::vector<Delivery>> gathered(Ulid channel, Time now, std::size_t max);
  Result<std::vector<Delivery>> deliveries(const DeliveryQuestion& question);
  Result<std::uint64_t> waiting();
  struct Answer {
    std::string text;
    Time expires;
  };
  Result<std::optional<Answer>> answer(PrincipalId who, std::string_view key);
  Result<std::optional<std::string>> fact(std::string_view name);
  Result<AuditHead> verify(std::vector<Anchor> anchors);
  Result<Seq> copy(const std::string& path, const std::function<void(Row)>& each,
                   const std::stop_token& stop);
  Result<void> check();

 private:
  Reader(std::string path, Connection connection)
      : path_(std::move(path)), connection_(std::move(connection)) {}
  const std::string path_;
  std::mutex mutex_;
  Connection connection_;
};

}  // namespace hansa::store::sqlite
