// What a server is told: flags win over the environment, the environment over the file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/rows.h"
#include "base/fields.h"
#include "base/keeping_limits.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "service/authority/running.h"
#include "service/step/house_rules.h"

namespace hansa {

// The configuration file, YAML. An unknown member is an error.
struct Config {
  std::string data = "hansa-data";
  std::string listen = "127.0.0.1:8080";
  std::string organisation = "organisation";  // its name at the first start
  std::vector<std::string> hosts;             // names it answers to besides those of loopback
  std::uint32_t workers_warm = 2;
  std::uint32_t workers_max = 8;
  std::uint32_t workers_kept_max = 64;
  std::uint64_t workers_kept_bytes_max = 0;  // 0: a sixteenth of the machine's, 1 GiB at most
  std::uint32_t worker_threads = 0;          // 0: as many as there are cores
  std::uint64_t worker_memory_bytes = std::uint64_t{2} << 30;
  std::uint32_t query_seconds_max = 3600;
  std::uint64_t query_rows_max = limits::query_rows_default;
  std::uint32_t queries_per_principal_max = limits::queries_per_principal_max;
  std::uint32_t query_text_days = 90;
  std::uint64_t worker_spill_bytes = std::uint64_t{8} << 30;
  std::uint32_t cursor_seconds = Seconds(api::rows_cursor_kept).count();
  std::uint32_t snapshots_kept_seconds = Seconds(limits::snapshot_kept).count();
  std::uint32_t expired_kept_seconds = Seconds(limits::expiry_kept).count();
  std::uint32_t uploads_kept_seconds = Seconds(limits::upload_kept).count();
  std::uint32_t sweep_every_seconds = 3600;
  std::uint32_t access_answer_seconds = Seconds(limits::access_answer).count();
  std::uint32_t deprecation_notice_seconds = Seconds(limits::deprecation_notice).count();
  std::uint32_t deprecation_quiet_seconds = Seconds(limits::deprecation_quiet).count();
  std::uint32_t measure_every_seconds = 30;
  std::string mail_server;
  std::string mail_from;
  std::string public_url;
  std::string mail_user;
  std::string mail_password_file;
  bool mail_catcher = false;
  std::vector<std::string> outbound_networks;
  std::uint32_t notice_retry_seconds = 5;
  std::uint32_t notice_give_up_seconds = 3 * 86'400;
};
void describe(Fields& f, Config& v);

// Errors: not_found; invalid, with line and column.
Result<Config> read_config(const std::string& path);

// What the service takes of it.
service::HouseRules rules_of(const Config& config);
service::QueryLimits limits_of(const Config& config);

struct Listen {
  std::string address;
  unsigned short port = 0;  // 0: any free one
};
// "127.0.0.1:8080", "[::1]:0". Errors: invalid.
Result<Listen> parse_listen(std::string_view text);

}  // namespace hansa
