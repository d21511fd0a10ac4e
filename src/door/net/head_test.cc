#include "door/net/head.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace hansa::net {
namespace {

std::string with(std::string_view headers, std::string_view line = "GET /x HTTP/1.1") {
  return std::string(line) + "\r\nHost: localhost\r\n" + std::string(headers) + "\r\n";
}

// What the server would say: the scan first, then the parser. 0: more must come.
int status_of_head(std::string_view text) {
  HeadScan scan({});
  const auto end = scan.scan(text);
  if (!end) return end.error().status;
  if (!*end) return 0;
  const auto head = parse_head(text.substr(0, **end));
  return head ? 200 : head.error().status;
}

TEST(Head, RefusesWhatTwoReadersCouldTakeInTwoWays) {
  struct Row {
    std::string text;
    int status;
  };
  using namespace std::string_literals;
  const Row rows[] = {
      {with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400},
      {with("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
      {with("Content-Length: 5, 5\r\n"), 400},
      {with("Content-Length: +5\r\n"), 400},
      {with("Content-Length: -1\r\n"), 400},
      {with("Content-Length: 0x5\r\n"), 400},
      {with("Content-Length: \r\n"), 400},
      {with("Content-Length: 99999999999999999999\r\n"), 400},
      {with("Transfer-Encoding: gzip\r\n"), 400},
      {with("Transfer-Encoding: gzip, chunked\r\n"), 400},
      {with("Transfer-Encoding: chunked, identity\r\n"), 400},
      {with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
      {with("Transfer-Encoding: \x0b"
            "chunked\r\n"),
       400},
      {with("Transfer-Encoding : chunked\r\n"), 400},
      {with("Transfer-Encoding: xchunked\r\n"), 400},
      {with("A: b\r\n c\r\n"), 400},  // obs-fold
      {with("A: b\r\n\tc\r\n"), 400},
      {with("A: b\nC: d\r\n"), 400},  // bare LF
      {with("A: b\rC: d\r\n"), 400},  // bare CR
      {with("A: b\0c\r\n"s), 400},
      {with("A b\r\n"), 400},
      {with(": b\r\n"), 400},
      {with("A\x80: b\r\n"), 400},
      {with("Host: localhost\r\n"), 400},
      {"GET /x HTTP/1.1\r\n\r\n", 400},
      {"GET /x HTTP/1.1\r\nHost:\r\n\r\n", 400},
      {"GET /x HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"GET /x HTTP/1.1\r\nHost: a@b\r\n\r\n", 400},
      {"GET /x HTTP/1.1\r\nHost: a:port\r\n\r\n", 400},
      {"GET /x HTTP/1.1\nHost: localhost\n\n", 400},
      {"\r\nGET /x HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {" GET /x HTTP/1.1\r\n", 400},
      {"\x16\x03\x01", 400},
      {"get /x HTTP/1.1\r\n", 400},
      {with("", "GET  /x HTTP/1.1"), 400},
      {with("", "GET /x  HTTP/1.1"), 400},
      {with("", "GET /x HTTP/1.1 "), 400},
      {with("", "GET\t/x HTTP/1.1"), 400},
      {with("", "GET /x"), 400},
      {with("", "GET /x HTTP/1.0"), 505},
      {with("", "GET /x HTTP/2.0"), 505},
      {with("", "GET /x http/1.1"), 400},
      {with("", "GET http://localhost/x HTTP/1.1"), 400},
      {with("", "GET //evil/x HTTP/1.1"), 400},
      {with("", "OPTIONS * HTTP/1.1"), 501},
      {with("", "CONNECT localhost:80 HTTP/1.1"), 501},
      {with("", "TRACE /x HTTP/1.1"), 501},
      {with("", "GET x HTTP/1.1"), 400},
      {with("Expect: 200-ok\r\n"), 417},
      {with("Expect: 100-continue\r\n"), 200},
      {with("Content-Length: 5\r\n"), 200},
      {with("transfer-encoding:chunked\r\n"), 200},
      {with("Transfer-Encoding: Chunked \r\n"), 200},
  };
  for (const Row& row : rows) EXPECT_EQ(status_of_head(row.text), row.status) << row.text;
}

TEST(Head, KeepsItsLimits) {
  std::string many;
  for (int i = 0; i < 99; ++i) many += "A: b\r\n";
  EXPECT_EQ(status_of_head(with(many)), 200);
  EXPECT_EQ(status_of_head(with(many + "A: b\r\n")), 431);
  EXPECT_EQ(status_of_head(with("A: " + std::string(16 * 1024, 'b') + "\r\n")), 431);
  EXPECT_EQ(status_of_head("GET /" + std::string(16 * 1024, 'b')), 414);
  EXPECT_EQ(status_of_head("GET /" + std::string(1024, 'b')), 0);
}

TEST(Head, ReadsWhatTheServerNeeds) {
  const auto head =
      parse_head(with("Connection: Keep-Alive, Close\r\nX-One:  two \r\nExpect: 100-Continue\r\n"
                      "Content-Length: 12\r\n",
                      "POST /a/b%20c?d=e+f&g HTTP/1.1"));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->method, Method::post);
  EXPECT_EQ(head->target.path, "/a/b c");
  ASSERT_EQ(head->target.query.size(), 2u);
  EXPECT_EQ(head->target.query[0], (std::pair<std::string, std::string>("d", "e f")));
  EXPECT_EQ(head->host, "localhost");
  EXPECT_EQ(head->content_length, 12u);
  EXPECT_FALSE(head->keep_alive);
  EXPECT_TRUE(head->expects_continue);
  EXPECT_EQ(head->headers[2].name, "x-one");
  EXPECT_EQ(head->headers[2].value, "two");
}

TEST(Head, IsTheSameHoweverItsBytesArrive) {
  const std::string text = with("A: b\r\n");
  HeadScan scan({});
  for (std::size_t size = 1; size < text.size(); ++size) {
    const auto end = scan.scan(std::string_view(text).substr(0, size));
    ASSERT_TRUE(end && !*end) << size;
  }
  const auto end = scan.scan(text + "GET /next");
  ASSERT_TRUE(end && *end);
  EXPECT_EQ(**end, text.size());
}

struct Body {
  Framing::State state;
  std::string bytes;
  std::string rest;
};

Body cut(Framing framing, std::string_view text, std::size_t step, std::size_t room) {
  Body body{framing.state(), {}, {}};
  std::string pending;
  std::size_t at = 0;
  while (body.state == Framing::State::more && (at < text.size() || !pending.empty())) {
    pending += text.substr(at, step);
    at += std::min(step, text.size() - at);
    std::string_view in = pending;
    body.state = framing.take(in, body.bytes, room);
    const bool stuck = in.size() == pending.size() && at == text.size();
    pending.erase(0, pending.size() - in.size());
    if (stuck) break;
  }
  body.rest = pending + std::string(text.substr(at));
  return body;
}

TEST(Framing, CutsChunksHoweverTheyArrive) {
  const std::string_view text = "5\r\nhello\r\n00a\r\n, world!!!\r\n0\r\n\r\nGET /next";
  for (std::size_t step = 1; step < 20; ++step) {
    for (std::size_t room = 1; room < 20; ++room) {
      const Body body = cut(Framing::chunked(), text, step, room);
      EXPECT_EQ(body.state, Framing::State::done);
      EXPECT_EQ(body.bytes, "hello, world!!!");
      EXPECT_EQ(body.rest, "GET /next");
    }
  }
  const Body body = cut(Framing::of_length(5), "helloGET", 3, 100);
  EXPECT_EQ(body.bytes, "hello");
  EXPECT_EQ(body.rest, "GET");
  EXPECT_EQ(Framing::of_length(0).state(), Framing::State::done);
}

// CVE-2026-45352 (negative sizes through strtoul) and its kin.
TEST(Framing, RefusesChunksThatAreNotQuiteChunks) {
  for (const std::string_view text :
       {"-2\r\n", "0x5\r\nhello", "FFFFFFFFFFFFFFFF\r\n", "fffffffffffffffff\r\n",
        "00000000000000005\r\n", " 5\r\n", "5 \r\n", "5;ext=1\r\n", "5\nhello", "5\rhello", "\r\n",
        "g\r\n", "5\r\nhello5\r\n", "5\r\nhello\n", "0\r\nTrailer: x\r\n\r\n", "0\r\n\n", "0\n\r\n",
        "5\r\r\n"}) {
    EXPECT_EQ(cut(Framing::chunked(), text, 100, 100).state, Framing::State::broken) << text;
  }
}

}  // namespace
}  // namespace hansa::net
