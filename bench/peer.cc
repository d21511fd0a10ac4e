// The other side of the benchmark: DuckDB in this process, and Hansa over HTTP, in turn, statement
// by statement. One process measures both, so that whatever else the machine does falls on both.
//
// Commands on standard input, one a line, fields separated by tabs; one line of JSON answers each:
//   threads N            DuckDB's threads
//   hansa HOST PORT      where the server listens
//   token NAME TOKEN     who can be meant by NAME
//   duck SQL             runs it (set-up)
//   same NAME GOVERNED RAW        the same rows? -> {"rows":N,"same":true}
//   pair NAME N GOVERNED RAW      N rounds of both, microseconds each ->
//   {"hansa":[...],"duck":[...]} bulk NAME N FORMAT GOVERNED RAW   the same with the rows encoded
//   (json, csv) by the worker's own encoder turns N GOVERNED RAW NAME...  N queries of each name in
//   turn; then N in process -> {"hansa_s":..,"duck_s":..} get NAME N PATH      N times a GET ->
//   {"us":[...],"bytes":N} call NAME METHOD PATH FILE    a body out of a file ->
//   {"status":N,"us":T,"text":"..."}
// {i} in a statement is the number of the round: no two are the same text.
#include <arpa/inet.h>
#include <duckdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "worker/duckdb.h"
#include "worker/encode.h"

namespace {

using namespace hansa;
using namespace hansa::worker;

double now_us() {
  return std::chrono::duration<double, std::micro>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

[[noreturn]] void die(const std::string& why) {
  std::cerr << "peer: " << why << "\n";
  std::exit(1);
}

template <class T>
T need(Result<T> result) {
  if (!result) die(result.error().text);
  return *std::move(result);
}

std::string with_round(std::string sql, int round) {
  for (std::size_t at; (at = sql.find("{i}")) != std::string::npos;)
    sql.replace(at, 3, std::to_string(round));
  return sql;
}

constexpr std::string_view kGood = "\"status\":\"ok\"";

struct Answer {
  int status = 0;
  std::string body;
  std::size_t bytes = 0;  // of the body, also of what was not kept
};

// A connection that is kept; small and strict, since it is part of what is measured.
class Http {
 public:
  Http(const std::string& host, int port) : host_(host) {
    descriptor_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    inet_pton(AF_INET, host.c_str(), &address.sin_addr);
    if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      die("no connection");
    const int on = 1;
    setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;
  ~Http() { ::close(descriptor_); }

  // Of a body that is only to be counted the last bytes are kept, which tell how it ended.
  Answer call(std::string_view method, const std::string& path, const std::string& token,
              const std::string& body, bool only_count = false) {
    only_count_ = only_count;
    std::string head = std::string(method) + " " + path + " HTTP/1.1\r\nhost: " + host_ +
                       "\r\nauthorization: Bearer " + token + "\r\n";
    if (method != "GET")
      head += "content-type: application/json\r\ncontent-length: " + std::to_string(body.size()) +
              "\r\n";
    head += "\r\n" + body;
    for (std::string_view left = head; !left.empty();) {
      const ssize_t put = ::send(descriptor_, left.data(), left.size(), MSG_NOSIGNAL);
      if (put <= 0) die("the server hung up");
      left.remove_prefix(static_cast<std::size_t>(put));
    }
    return read();
  }

 private:
  void more() {
    char buffer[256 * 1024];
    const ssize_t got = ::recv(descriptor_, buffer, sizeof buffer, 0);
    if (got <= 0) die("the server hung up");
    seen_.append(buffer, static_cast<std::size_t>(got));
  }
  std::string line() {
    std::size_t end;
    while ((end = seen_.find("\r\n", at_)) == std::string::npos) more();
    std::string out = seen_.substr(at_, end - at_);
    at_ = end + 2;
    return out;
  }
  void take(std::size_t bytes, Answer& out) {
    while (seen_.size() - at_ < bytes) {
      // What came is moved on at once: a body may be larger than what one likes to hold twice.
      const std::size_t here = seen_.size() - at_;
      keep(std::string_view(seen_).substr(at_, here), out);
      bytes -= here;
      seen_.clear();
      at_ = 0;
      more();
    }
    keep(std::string_view(seen_).substr(at_, bytes), out);
    at_ += bytes;
  }
  void keep(std::string_view piece, Answer& out) {
    constexpr std::size_t kTail = 4096;
    out.bytes += piece.size();
    if (!only_count_) {
      out.body.append(piece);
      return;
    }
    out.body.append(piece.substr(piece.size() - std::min(piece.size(), kTail)));
    if (out.body.size() > 2 * kTail) out.body.erase(0, out.body.size() - kTail);
  }
  Answer read() {
    Answer out;
    seen_.erase(0, at_);
    at_ = 0;
    out.status = static_cast<int>(parse_int(line().substr(9, 3)).value_or(0));
    std::size_t length = 0;
    bool chunked = false;
    for (std::string header; !(header = lower_ascii(line())).empty();) {
      if (header.starts_with("content-length: "))
        length = static_cast<std::size_t>(parse_int(header.substr(16)).value_or(0));
      if (header.starts_with("transfer-encoding: chunked")) chunked = true;
    }
    if (!chunked) {
      take(length, out);
      return out;
    }
    for (;;) {
      std::size_t size = 0;
      for (const char c : line())
        size = size * 16 + static_cast<std::size_t>(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
      if (size == 0) break;
      take(size, out);
      line();
    }
    line();
    return out;
  }

  std::string host_;
  int descriptor_ = -1;
  std::string seen_;
  std::size_t at_ = 0;
  bool only_count_ = false;
};

// DuckDB as a program would use it that has nothing to do but this: its defaults, one call a
// statement.
class Duck {
 public:
  Duck() {
    if (duckdb_open(nullptr, &database_) != DuckDBSuccess ||
        duckdb_connect(database_, &connection_) != DuckDBSuccess)
      die("DuckDB does not open");
  }
  Duck(const Duck&) = delete;
  Duck& operator=(const Duck&) = delete;
  ~Duck() {
    duckdb_disconnect(&connection_);
    duckdb_close(&database_);
  }
  void run(const std::string& sql) {
    duckdb_result result{};
    if (duckdb_query(connection_, sql.c_str(), &result) != DuckDBSuccess)
      die(sql + ": " + duckdb_result_error(&result));
    duckdb_destroy_result(&result);
  }

 private:
  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
};

class Bench {
 public:
  Bench() : database_(need(Database::open())), connection_(need(database_.connect())) {}

  std::string answer(const std::vector<std::string>& f) {
    const std::string& verb = f[0];
    if (verb == "threads") return duck("SET threads = " + f.at(1));
    if (verb == "duck") return duck(f.at(1));
    if (verb == "once") return once(f.at(1));
    if (verb == "hansa") {
      http_ = std::make_unique<Http>(f.at(1), static_cast<int>(*parse_int(f.at(2))));
      return "{}";
    }
    if (verb == "token") {
      tokens_[f.at(1)] = f.at(2);
      return "{}";
    }
    if (verb == "same") return same(f.at(1), f.at(2), f.at(3));
    if (verb == "pair") return pair(f.at(1), number(f.at(2)), f.at(3), f.at(4));
    if (verb == "page") return page(f.at(1), number(f.at(2)), f.at(3), f.at(4));
    if (verb == "bulk") return bulk(f.at(1), number(f.at(2)), f.at(3), f.at(4), f.at(5));
    if (verb == "turns")
      return turns(number(f.at(1)), f.at(2), f.at(3), std::vector(f.begin() + 4, f.end()));
    if (verb == "get") return get(f.at(1), number(f.at(2)), f.at(3));
    if (verb == "call") return call(f.at(1), f.at(2), f.at(3), f.at(4));
    die("an unknown command: " + verb);
  }

 private:
  static int number(const std::string& text) { return static_cast<int>(need(parse_int(text))); }
  std::string duck(const std::string& sql) {
    if (auto done = connection_.run(sql); !done) die(sql + ": " + done.error().text);
    duck_.run(sql);
    return "{}";
  }
  // One run, timed.
  std::string once(const std::string& sql) {
    const double began = now_us();
    if (auto done = connection_.run(sql); !done) die(sql + ": " + done.error().text);
    return "{\"us\":" + std::to_string(now_us() - began) + "}";
  }
  Answer governed(const std::string& who, const std::string& sql,
                  const std::string& format = "json", bool only_count = false) {
    const Json ask{Json::Object{{"sql", sql}, {"format", format}}};
    Answer out = http_->call("POST", "/api/v1/sql", tokens_.at(who), to_text(ask), only_count);
    if (out.status != 200) die(sql + ": " + std::to_string(out.status) + " " + out.body);
    return out;
  }
  // The rows as JSON, as the server wraps them.
  std::string rows_of(const std::string& body) {
    const std::size_t begin = body.find("\"rows\":[\n") + 9;
    // A page of a port says where the next one is.
    const std::size_t next = body.rfind("],\"next\":\"");
    const std::size_t end = next != std::string::npos ? next : body.rfind("],\"outcome\":{");
    if (end == std::string::npos || !body.substr(end).contains(kGood))
      die("an answer without its end");
    return body.substr(begin, end - begin);
  }
  template <class F>
  void raw(const std::string& sql, F each) {
    Prepared prepared = need(connection_.prepare(sql));
    Rows rows = need(prepared.stream());
    each(rows);
  }
  std::size_t encode(const std::string& sql, const std::string& format, std::string* out) {
    std::size_t bytes = 0;
    raw(sql, [&](Rows& rows) {
      const auto encoder =
          format == "csv" ? csv_encoder(rows.columns()) : json_encoder(rows.columns());
      for (;;) {
        const auto vectors = need(rows.next());
        if (!vectors.empty()) encoder->add(vectors, 0, rows.count());
        if (!vectors.empty() && encoder->bytes().size() < 256 * 1024) continue;
        bytes += encoder->bytes().size();
        if (out != nullptr) out->append(encoder->bytes());
        encoder->taken();
        if (vectors.empty()) return;
      }
    });
    return bytes;
  }
  std::string same(const std::string& who, const std::string& sql, const std::string& raw_sql) {
    const std::string theirs = rows_of(governed(who, with_round(sql, 0)).body);
    std::string ours;
    encode(with_round(raw_sql, 0), "json", &ours);
    const auto lines = ours.empty() ? 0 : std::count(ours.begin(), ours.end(), '\n') + 1;
    return "{\"rows\":" + std::to_string(lines) +
           ",\"same\":" + (ours == theirs ? "true" : "false") + "}";
  }
  static std::string list(const std::vector<double>& values) {
    std::string out = "[";
    for (const double value : values) out += (out.size() > 1 ? "," : "") + std::to_string(value);
    return out + "]";
  }
  template <class A, class B>
  std::string rounds(int count, A a, B b) {
    std::vector<double> ours;
    std::vector<double> theirs;
    for (int i = 0; i < count; ++i) {
      // Which goes first changes, so that neither always finds what the other left in the caches.
      for (const bool first : {i % 2 == 0, i % 2 != 0}) {
        const double began = now_us();
        first ? a(++round_) : b(++round_);
        (first ? ours : theirs).push_back(now_us() - began);
      }
    }
    return "{\"hansa\":" + list(ours) + ",\"duck\":" + list(theirs) + "}";
  }
  std::string pair(const std::string& who, int count, const std::string& sql,
                   const std::string& raw_sql) {
    return rounds(
        count, [&](int i) { governed(who, with_round(sql, i)); },
        [&](int i) { duck_.run(with_round(raw_sql, i)); });
  }
  // Rows at an address against the statement that gives the same ones; the same rows first.
  std::string page(const std::string& who, int count, const std::string& path,
                   const std::string& raw_sql) {
    std::string ours;
    encode(raw_sql, "json", &ours);
    const auto read = [&] {
      Answer answer = http_->call("GET", path, tokens_.at(who), "");
      if (answer.status != 200) die(path + ": " + std::to_string(answer.status));
      return answer;
    };
    if (rows_of(read().body) != ours) die(path + ": other rows than " + raw_sql);
    return rounds(count, [&](int) { read(); }, [&](int) { duck_.run(raw_sql); });
  }
  std::string bulk(const std::string& who, int count, const std::string& format,
                   const std::string& sql, const std::string& raw_sql) {
    // Neither side keeps the bytes; both must have made as many.
    const std::size_t bytes = encode(raw_sql, format, nullptr);
    return rounds(
        count,
        [&](int) {
          const Answer answer = governed(who, sql, format, true);
          const bool whole = format == "csv" ? answer.bytes == bytes
                                             : answer.bytes > bytes && answer.body.contains(kGood);
          if (!whole) die("an answer of " + std::to_string(answer.bytes) + " bytes");
        },
        [&](int) {
          if (encode(raw_sql, format, nullptr) != bytes) die("another number of bytes in process");
        });
  }
  std::string turns(int count, const std::string& sql, const std::string& raw_sql,
                    const std::vector<std::string>& names) {
    const double a = now_us();
    for (int i = 0; i < count; ++i)
      for (const std::string& name : names) governed(name, with_round(sql, ++round_));
    const double b = now_us();
    for (int i = 0; i < count; ++i)
      for (std::size_t k = 0; k < names.size(); ++k) duck_.run(with_round(raw_sql, ++round_));
    const double c = now_us();
    const double each = static_cast<double>(count) * static_cast<double>(names.size());
    return "{\"hansa_per_s\":" + std::to_string(each / (b - a) * 1e6) +
           ",\"duck_per_s\":" + std::to_string(each / (c - b) * 1e6) + "}";
  }
  std::string get(const std::string& who, int count, const std::string& path) {
    std::vector<double> us;
    std::size_t bytes = 0;
    for (int i = 0; i < count; ++i) {
      const double began = now_us();
      const Answer answer = http_->call("GET", path, tokens_.at(who), "");
      us.push_back(now_us() - began);
      if (answer.status != 200) die(path + ": " + answer.body);
      bytes = answer.body.size();
    }
    return "{\"us\":" + list(us) + ",\"bytes\":" + std::to_string(bytes) + "}";
  }
  std::string call(const std::string& who, const std::string& method, const std::string& path,
                   const std::string& file) {
    std::ostringstream body;
    if (!file.empty()) body << std::ifstream(file).rdbuf();
    const double began = now_us();
    const Answer answer = http_->call(method, path, tokens_.at(who), body.str());
    const double us = now_us() - began;
    return to_text(Json(Json::Object{
        {"status", answer.status}, {"us", us}, {"text", answer.body.substr(0, 4096)}}));
  }

  Duck duck_;
  Database database_;  // through the worker's own code, for its encoders
  Connection connection_;
  std::unique_ptr<Http> http_;
  std::map<std::string, std::string> tokens_;
  int round_ = 0;
};

}  // namespace

int main() {
  Bench bench;
  for (std::string line; std::getline(std::cin, line);) {
    std::vector<std::string> fields;
    for (const std::string_view field : split(line, '\t')) fields.emplace_back(field);
    std::cout << bench.answer(fields) << std::endl;
  }
}
