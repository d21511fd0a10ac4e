#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include "door/net/client_for_test.h"
#include "door/net/message.h"
#include "door/net/turn.h"

namespace hansa::net {
namespace {

// Says what reached it.
const Handler kShows{.body_bytes_max = 1000, .answer = [](Request& request) {
                       const auto body = drain(*request.body, 1000);
                       return text(std::string(name_of(request.method)) + " " + request.path + " " +
                                   body.value_or("?"));
                     }};

TEST(Server, RefusesMalformedRequestsAndCloses) {
  std::atomic<int> reached = 0;
  const Handler handler{.body_bytes_max = 1000, .answer = [&](Request&) {
                          ++reached;
                          return text("reached");
                        }};
  const auto server = serve(always(handler));
  struct Row {
    std::string text;
    int status;
  };
  const std::string chunked =
      "POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n";
  const Row rows[] = {
      {chunked + "Content-Length: 5\r\n\r\n0\r\n\r\n", 400},
      {post("/x", "hello", "Content-Length: 5\r\n"), 400},
      {get("/x", "A: b\r\n c\r\n"), 400},
      {"GET /x HTTP/1.1\nHost: localhost\n\n", 400},
      {"GET /x HTTP/1.1\r\n\r\n", 400},
      {get("/x", "Host: localhost\r\n"), 400},
      {get("http://localhost/x"), 400},
      {get("/x/../y"), 400},
      {"GET /x HTTP/1.0\r\nHost: localhost\r\n\r\n", 505},
      {"BREW /x HTTP/1.1\r\nHost: localhost\r\n\r\n", 501},
      {"GET /x HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421},
      {chunked + "\r\n-2\r\nhello", 400},
      {chunked + "\r\n0x5\r\nhello\r\n0\r\n\r\n", 400},
      {chunked + "\r\nFFFFFFFFFFFFFFFF\r\n", 400},
      {chunked + "\r\n5;a=b\r\nhello\r\n0\r\n\r\n", 400},
      {chunked + "\r\n400\r\n" + std::string(1024, 'x'), 413},
      {post("/x", std::string(1001, 'x')), 413},
      {get("/" + std::string(20000, 'x')), 414},
      {get("/x", "A: " + std::string(20000, 'x') + "\r\n"), 431},
      {get("/x", "Expect: tea\r\n"), 417},
  };
  for (const Row& row : rows) {
    Client client(server->port());
    // What follows must never be read as a request of its own.
    const Reply reply = client.ask(row.text + get("/smuggled"));
    EXPECT_EQ(reply.status, row.status) << row.text.substr(0, 200);
    EXPECT_NE(reply.head.find("application/problem+json"), std::string::npos);
    EXPECT_NE(reply.head.find("connection: close"), std::string::npos);
    EXPECT_TRUE(reply.body.starts_with(R"({"type":"/problems/)")) << reply.body;
    EXPECT_EQ(client.rest(), "") << row.text.substr(0, 200);
  }
  EXPECT_EQ(reached, 0);
}

TEST(Server, KeepsTheConnectionAndAnswersInOrder) {
  const auto server = serve(always(kShows));
  Client client(server->port());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.ask(get("/a")).body, "GET /a ");
  std::string all = get("/1") + post("/2", "two");
  all +=
      "PUT /3 HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nthr\r\n2\r\nee\r\n0\r\n\r\n";
  all += get("/4", "Connection: close\r\n") + get("/5");
  client.send(all);
  for (const std::string_view expected : {"GET /1 ", "POST /2 two", "PUT /3 three", "GET /4 "}) {
    EXPECT_EQ(client.reply().body, expected);
  }
  EXPECT_EQ(client.rest(), "");
}

TEST(Server, AnswersHeadWithoutABody) {
  const Handler streams{.answer = [](Request&) {
    return streamed(
        []() -> Result<std::optional<Chunk>> { return Chunk{.bytes = "never pulled"}; });
  }};
  const auto server = serve([&](Method method, std::string_view path) -> const Handler* {
    if (method != Method::get) return nullptr;
    return path == "/stream" ? &streams : path == "/text" ? &kShows : nullptr;
  });
  Client client(server->port());
  for (const auto& [path, expected] : {std::pair("/text", 200), {"/stream", 200}, {"/none", 404}}) {
    client.send("HEAD " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(client.reply(true).status, expected);
  }
  EXPECT_EQ(client.ask(get("/text")).body, "GET /text ") << "no body of a HEAD was left in the way";
}

TEST(Server, AsksForABodyOnlyWhenItIsWanted) {
  const Handler reads{.answer = [](Request& request) { return text(*drain(*request.body, 100)); }};
  const Handler refuses{.answer = [](Request&) { return problem(403, "no"); }};
  const auto server = serve([&](Method, std::string_view path) -> const Handler* {
    return path == "/reads" ? &reads : path == "/gathers" ? &kShows : &refuses;
  });
  for (const std::string_view path : {"/reads", "/gathers"}) {
    Client client(server->port());
    const std::string whole = post(path, "hello", "Expect: 100-continue\r\n");
    EXPECT_EQ(client.ask(whole.substr(0, whole.size() - 5)).status, 100);
    EXPECT_TRUE(client.ask("hello").body.ends_with("hello"));
    EXPECT_EQ(client.ask(get(path)).status, 200);
  }
  Client client(server->port());
  EXPECT_EQ(client
                .ask("POST /no HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: "
                     "100-continue\r\n\r\n")
                .status,
            403);
  EXPECT_EQ(client.rest(), "") << "whether the body still comes is unknown, so the connection ends";
}

TEST(Server, SkipsASmallUnreadBodyAndClosesOnALargeOne) {
  const Handler handler{.answer = [](Request&) { return text("unread"); }};
  const auto server = serve(always(handler));
  Client client(server->port());
  EXPECT_EQ(client.ask(post("/x", std::string(10'000, 'x'))).body, "unread");
  EXPECT_EQ(client.ask(get("/x")).body, "unread");
  EXPECT_EQ(client.ask(post("/x", std::string(1'000'000, 'x'))).body, "unread");
  EXPECT_TRUE(client.is_closed());
}

TEST(Server, AnswersOnlyToItsOwnNames) {
  const auto server = serve(always(kShows), {.hosts = {"mesh.example"}});
  for (const auto& [host, status] : {std::pair("localhost", 200),
                                     {"127.0.0.1:1", 200},
                                     {"[::1]", 200},
                                     {"mesh.example", 200},
                                     {"rebound.example", 421},
                                     {"0.0.0.0", 421}}) {
    Client client(server->port());
    EXPECT_EQ(client.ask("GET /x HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n").status,
              status)
        << host;
  }
}

// CVE-2024-28255: only the canonical spelling of a path reaches its handler.
TEST(Server, NoMutationOfAPathReachesItsHandler) {
  std::atomic<int> reached = 0;
  const Handler secret{.waits = false, .answer = [&](Request&) {
                         ++reached;
                         return text("secret");
                       }};
  const auto server =
      serve([&](Method, std::string_view path) { return path == "/api/v1/x" ? &secret : nullptr; });
  const std::vector<std::string> inserts = {
      "/",  "//",     "/.",  "/..",    "/../",  ";", ";a=b",   "%2f",      "%5c",
      "\\", "%00",    "%2e", "%2e%2e", "%252f", " ", "%20",    "\t",       ".",
      "..", "%c0%af", "X",   "%23",    "%3f",   "*", "%0d%0a", "%ef%bc%8f"};
  int tried = 0;
  for (std::size_t at = 0; at <= 9; ++at) {
    for (const std::string& insert : inserts) {
      std::string path = "/api/v1/x";
      path.insert(at, insert);
      Client client(server->port());
      const int status = client.ask(get(path)).status;
      EXPECT_TRUE(status == 400 || status == 404) << path << " " << status;
      ++tried;
    }
  }
  EXPECT_GE(tried, 200);
  EXPECT_EQ(reached, 0);
  Client client(server->port());
  EXPECT_EQ(client.ask(get("/api/v1/x?a=b")).body, "secret");
}

TEST(Server, AnswersWhatAHandlerGotWrongWithoutItsWords) {
  const Handler throws{
      .answer = [](Request&) -> Response { throw std::runtime_error("inner words"); }};
  const Handler splits{.answer = [](Request&) {
    Response response;
    response.headers = {{"location", "/x\r\nset-cookie: evil=1"}};
    return response;
  }};
  const Handler unknown{.answer = [](Request&) { return Response{.status = 799}; }};
  const Handler frames{.answer = [](Request&) {
    Response response = text("four");
    response.headers.push_back({"Content-Length", "99"});
    response.headers.push_back({"Transfer-Encoding", "chunked"});
    return response;
  }};
  const auto server = serve([&](Method, std::string_view path) {
    return path == "/throws"   ? &throws
           : path == "/splits" ? &splits
           : path == "/frames" ? &frames
                               : &unknown;
  });
  Client client(server->port());
  for (const std::string_view path : {"/throws", "/splits", "/unknown"}) {
    const Reply reply = client.ask(get(path));
    EXPECT_EQ(reply.status, 500) << path;
    EXPECT_EQ((reply.head + reply.body).find("inner words"), std::string::npos);
    EXPECT_EQ(reply.head.find("evil"), std::string::npos);
  }
  EXPECT_EQ(client.ask(get("/frames")).body, "four");
  EXPECT_EQ(client.ask(get("/frames")).body, "four");
}

TEST(Server, SaysWhyItCannotListen) {
  const auto first = serve(always(kShows));
  const auto start = [&](std::string address, unsigned short port) {
    return Server::start({.address = std::move(address), .port = port}, always(kShows));
  };
  const auto taken = start("127.0.0.1", first->port());
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::conflict);
  EXPECT_NE(taken.error().text.find(std::to_string(first->port())), std::string::npos);
  EXPECT_FALSE(taken.error().next.empty());
  for (const char* address : {"0.0.0.0", "::", "10.1.2.3", "example", "", "127.0.0.1:80"}) {
    const auto refused = start(address, 0);
    ASSERT_FALSE(refused) << address;
    EXPECT_EQ(refused.error().code, Code::invalid) << address;
  }
}

TEST(Server, TakesItsPortBackAfterARestart) {
  auto first = serve(always(kShows));
  const unsigned short port = first->port();
  Client client(port);
  EXPECT_EQ(client.ask(get("/a")).status, 200);
  first.reset();
  EXPECT_TRUE(Server::start({.port = port}, always(kShows)));
}

TEST(Message, DatesAndReasons) {
  EXPECT_EQ(http_date(*parse_time("2026-11-22T09:00:00Z")), "Sun, 22 Nov 2026 09:00:00 GMT");
  EXPECT_EQ(http_date(*parse_time("1994-11-06T08:49:37Z")), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(reason_of(404), "Not Found");
  EXPECT_EQ(reason_of(799), "");
}

}  // namespace
}  // namespace hansa::net
