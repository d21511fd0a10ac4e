#include "api/problem.h"

namespace hansa::api {
namespace {

constexpr Code kCodes[] = {Code::invalid,      Code::not_found, Code::denied,      Code::conflict,
                           Code::blocked,      Code::exhausted, Code::unavailable, Code::corrupt,
                           Code::check_failed, Code::internal};

std::string_view title_of(Code code) {
  switch (code) {
    case Code::invalid: return "The request is wrong";
    case Code::not_found: return "No such thing";
    case Code::denied: return "Not allowed";
    case Code::conflict: return "The state moved on";
    case Code::blocked: return "Others are protected from it";
    case Code::exhausted: return "A limit was reached";
    case Code::unavailable: return "Not available now";
    case Code::corrupt: return "Stored data contradicts itself";
    case Code::check_failed: return "The data breaks its contract";
    case Code::internal: return "A fault of the server";
  }
  return "A fault of the server";
}

// What can be done about an error that does not say it.
std::string_view next_of(Code code) {
  switch (code) {
    case Code::invalid: return "correct it and send it again; /openapi.json describes every call";
    case Code::not_found: return "hansa get lists what there is";
    case Code::denied: return "ask an administrator";
    case Code::conflict: return "look again, then repeat what you wanted";
    case Code::blocked: return "choose another way, or talk to those it would hit";
    case Code::exhausted: return "try again in a moment, or ask for less";
    case Code::unavailable: return "try again in a moment; if it stays, the server's log says more";
    case Code::corrupt: return "tell who runs the server, with the request's id";
    case Code::check_failed: return "correct the data, or change the contract";
    case Code::internal: return "report it to who runs the server, with the request's id";
  }
  return {};
}

}  // namespace

void describe(Fields& f, Problem& v) {
  f.required("type", v.type, "a stable reference for this kind of problem");
  f.required("title", v.title, "the kind in words");
  f.required("status", v.status, "the HTTP status");
  f.required("detail", v.detail, "what happened, and where");
  f.required("code", v.code,
             "invalid, not_found, denied, conflict, blocked, exhausted, unavailable, corrupt, "
             "check_failed, internal or unauthenticated");
  f.optional("next", v.next, "what to do about it");
  f.optional("request_id", v.request_id, "names this request in the server's records");
}

int status_of(Code code) {
  switch (code) {
    case Code::invalid: return 400;
    case Code::not_found: return 404;
    case Code::denied: return 403;
    case Code::conflict: return 409;
    case Code::blocked: return 409;
    case Code::exhausted: return 429;
    case Code::unavailable: return 503;
    case Code::corrupt: return 422;
    case Code::check_failed: return 422;
    case Code::internal: return 500;
  }
  return 500;
}

Problem problem_of(const Error& error, std::string request_id) {
  const std::string code(name_of(error.code));
  return {.type = "/problems/" + code,
          .title = std::string(title_of(error.code)),
          .status = status_of(error.code),
          .detail = error.text,
          .code = code,
          .next = error.next.empty() ? std::string(next_of(error.code)) : error.next,
          .request_id = std::move(request_id)};
}

Error error_of(const Problem& problem) {
  for (const Code code : kCodes)
    if (name_of(code) == problem.code) return {code, problem.detail, problem.next};
  return {Code::internal, problem.detail, problem.next};
}

Exit exit_of(const Problem& problem) {
  if (problem.status == 401) return Exit::login;
  if (problem.status == 403) return Exit::access;
  if (problem.code == name_of(Code::blocked)) return Exit::blocked;
  if (problem.code == name_of(Code::check_failed)) return Exit::check;
  return Exit::failed;
}

}  // namespace hansa::api
