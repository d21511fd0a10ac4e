#include "door/http/problem.h"

#include <algorithm>

#include "api/problem.h"

namespace hansa::http {
namespace {

net::Response response_of(const api::Problem& problem, std::uint32_t wait_s) {
  net::Response out{.status = problem.status,
                    .headers = {{"content-type", "application/problem+json"},
                                {"cache-control", "no-store"},
                                {"x-content-type-options", "nosniff"}},
                    .text = to_text(to_json(problem)) + "\n"};
  if (!problem.request_id.empty()) out.headers.push_back({"x-request-id", problem.request_id});
  if (problem.status == 429 || problem.status == 503)
    out.headers.push_back({"retry-after", std::to_string(std::max(wait_s, 1U))});
  return out;
}

}  // namespace

net::Response problem_response(const Error& error, RequestId request, int status) {
  api::Problem problem = api::problem_of(error, to_text(request));
  if (status != 0) problem.status = status;
  return response_of(problem, error.wait_s);
}

net::Response unauthenticated(const Error& error, RequestId request) {
  api::Problem problem = api::problem_of(error, to_text(request));
  problem.type = "/problems/unauthenticated";
  problem.title = "Not signed in";
  problem.status = 401;
  problem.code = "unauthenticated";
  net::Response out = response_of(problem, 0);
  out.headers.push_back({"www-authenticate", "Bearer realm=\"hansa\""});
  return out;
}

}  // namespace hansa::http
