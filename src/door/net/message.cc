#include "door/net/message.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/json.h"
#include "base/text.h"

namespace hansa::net {

std::string_view name_of(Method method) {
  switch (method) {
    case Method::get: return "GET";
    case Method::head: return "HEAD";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::delete_: return "DELETE";
    case Method::patch: return "PATCH";
  }
  return "";
}

const std::string* Request::header(std::string_view name) const {
  const auto found = std::ranges::find(headers, name, &Header::name);
  return found == headers.end() ? nullptr : &found->value;
}

const std::string* Request::parameter(std::string_view name) const {
  const auto found = std::ranges::find(
      query, name, [](const auto& pair) -> const std::string& { return pair.first; });
  return found == query.end() ? nullptr : &found->second;
}

std::string_view reason_of(int status) {
  struct Row {
    int status;
    std::string_view reason;
  };
  static constexpr auto kRows = std::to_array<Row>({
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {206, "Partial Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {411, "Length Required"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {416, "Range Not Satisfiable"},
      {417, "Expectation Failed"},
      {421, "Misdirected Request"},
      {422, "Unprocessable Content"},
      {428, "Precondition Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
      {507, "Insufficient Storage"},
  });
  const auto row = std::ranges::find(kRows, status, &Row::status);
  return row == kRows.end() ? std::string_view() : row->reason;
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
    case Code::corrupt: return 500;
    case Code::check_failed: return 422;
    case Code::internal: return 500;
  }
  return 500;
}

namespace {

std::string_view code_of(int status) {
  switch (status) {
    case 404: return name_of(Code::not_found);
    case 413:
    case 414:
    case 429:
    case 431: return name_of(Code::exhausted);
    case 408:
    case 503: return name_of(Code::unavailable);
    default: return name_of(status < 500 ? Code::invalid : Code::internal);
  }
}

std::string_view next_of(int status) {
  switch (status) {
    case 404: return "/openapi.json describes every address";
    case 408:
    case 503: return "try again in a moment";
    case 413:
    case 414:
    case 431: return "send less";
    default:
      return status < 500 ? "correct the request; /openapi.json describes every call"
                          : "the server's log says more; please report it";
  }
}

}  // namespace

Response problem(int status, std::string detail, std::string next) {
  const std::string code(code_of(status));
  Json body;
  body.set("type", "/problems/" + code);
  body.set("title", reason_of(status));
  body.set("status", status);
  body.set("detail", std::move(detail));
  body.set("code", code);
  body.set("next", next.empty() ? std::string(next_of(status)) : std::move(next));
  Response response;
  response.status = status;
  response.headers = {{"content-type", "application/problem+json"}, {"cache-control", "no-store"}};
  response.headers.push_back({"x-content-type-options", "nosniff"});
  if (status == 503) response.headers.push_back({"retry-after", "1"});
  response.text = to_text(body) + "\n";
  return response;
}

std::string http_date(Time time) {
  using namespace std::chrono;
  static constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                            "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_seconds second = floor<seconds>(sys_time<microseconds>(microseconds(time.us)));
  const sys_days day = floor<days>(second);
  const year_month_day date(day);
  const hh_mm_ss clock(second - day);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[weekday(day).c_encoding()],
                     static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

namespace {

bool is_token_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool ends_line(char c) { return c == '\r' || c == '\n' || c == '\0'; }

// Written by the server alone: a second one of these would be a second opinion on where a body
// ends.
bool is_servers(std::string_view name) {
  static constexpr std::array<std::string_view, 6> kNames = {
      "content-length", "transfer-encoding", "connection", "keep-alive", "date", "trailer"};
  return std::ranges::any_of(kNames, [&](std::string_view own) {
    return own.size() == name.size() && lower_ascii(name) == own;
  });
}

}  // namespace

bool is_writable(const Response& response) {
  if (reason_of(response.status).empty()) return false;
  return std::ranges::all_of(response.headers, [](const Header& header) {
    return !header.name.empty() && std::ranges::all_of(header.name, is_token_char) &&
           std::ranges::none_of(header.value, ends_line);
  });
}

std::string write_head(const Response& response, const HeadStyle& style) {
  std::string head;
  head.reserve(256);
  fmt::format_to(std::back_inserter(head), "HTTP/1.1 {} {}\r\ndate: {}\r\n", response.status,
                 reason_of(response.status), style.date);
  for (const Header& header : response.headers) {
    if (is_servers(header.name)) continue;
    head.append(header.name).append(": ").append(header.value).append("\r\n");
  }
  if (style.content_length)
    fmt::format_to(std::back_inserter(head), "content-length: {}\r\n", *style.content_length);
  if (style.chunked) head += "transfer-encoding: chunked\r\n";
  if (style.close) head += "connection: close\r\n";
  head += "\r\n";
  return head;
}

}  // namespace hansa::net
