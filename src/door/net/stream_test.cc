// Bodies of any size, and clients of any slowness.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/text.h"
#include "base/time.h"
#include "door/net/client_for_test.h"
#include "door/net/message.h"

namespace hansa::net {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // Memory and descriptors are not what they are elsewhere.
#else
constexpr bool kSanitized = false;
#endif

std::size_t resident_bytes() {
  std::ifstream status("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  status >> total >> resident;
  return resident * 4096;
}

TEST(Stream, MovesAHundredMegabytesEitherWayInLittleMemory) {
  std::size_t most = 0;
  const Handler takes{.answer = [&](Request& request) {
    std::size_t bytes = 0;
    for (;;) {
      const auto piece = request.body->next({});
      if (!piece) return problem(400, piece.error().text);
      if (!*piece) break;
      bytes += (*piece)->bytes.size();
      most = std::max(most, resident_bytes());
    }
    return text(std::to_string(bytes));
  }};
  const Handler gives{.answer = [](Request&) { return many_bytes(100 * kMegabyte); }};
  const auto server = serve(by_path({{"/takes", &takes}, {"/gives", &gives}}));
  const std::size_t before = resident_bytes();
  Client client(server->port());
  client.send("POST /takes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n");
  const std::string megabyte(kMegabyte, 'x');
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(client.send(megabyte));
  EXPECT_EQ(client.reply().body, "100000000");
  client.send(get("/gives", "Connection: close\r\n"));
  std::size_t got = 0;
  std::vector<char> buffer(kMegabyte);
  for (ssize_t count = 1; count > 0; got += static_cast<std::size_t>(count)) {
    count = ::recv(client.socket(), buffer.data(), buffer.size(), 0);
    ASSERT_GE(count, 0);
    most = std::max(most, resident_bytes());
  }
  EXPECT_GT(got, 100 * kMegabyte);
  std::printf("memory of 100 MB each way: %s\n",
              human_bytes(most - std::min(most, before)).c_str());
  if (!kSanitized) {
    EXPECT_LT(most, before + 16 * kMegabyte);
  }
}

TEST(Stream, EchoesWhileTheBodyStillComes) {
  const Handler echoes{.answer = [](Request& request) {
    Response response;
    response.body = std::move(request.body);
    return response;
  }};
  const auto server = serve(always(echoes), {.job_threads = 1});
  Client client(server->port());
  std::string sent;
  client.send("POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::thread sender([&] {
    for (int i = 0; i < 200; ++i) {
      const std::string piece(static_cast<std::size_t>(i * 37 % 5000 + 1),
                              static_cast<char>('a' + i % 26));
      char size[16];
      std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
      client.send(size + piece + "\r\n");
      sent += piece;
    }
    client.send("0\r\n\r\n");
  });
  const Reply reply = client.reply();
  sender.join();
  EXPECT_TRUE(reply.complete);
  EXPECT_TRUE(reply.body == sent) << reply.body.size() << " of " << sent.size();
  EXPECT_EQ(client.ask(post("/x", "again")).body, "again");
}

// Gives a piece each time it was rung, and nothing in between.
struct Bellows {
  std::mutex mutex;
  std::vector<std::function<void()>> rings;
  int pieces = 0;

  void blow() {
    std::vector<std::function<void()>> due;
    {
      const std::lock_guard lock(mutex);
      ++pieces;
      due = std::exchange(rings, {});
    }
    for (const auto& ring : due) ring();
  }
};
class Breath : public Feed {
 public:
  explicit Breath(Bellows& bellows) : bellows_(bellows) {}
  void when(std::function<void()> ring) override {
    const std::lock_guard lock(bellows_.mutex);
    bellows_.rings.push_back(std::move(ring));
  }
  Result<std::optional<Chunk>> next(Want) override {
    const std::lock_guard lock(bellows_.mutex);
    if (given_ == 0) {
      given_ = 1;
      return Chunk{.bytes = "begun;"};
    }
    if (bellows_.pieces == 100) return std::nullopt;
    std::string out;
    for (; given_ <= bellows_.pieces; ++given_) out += std::to_string(given_) + ";";
    return Chunk{.bytes = std::move(out)};
  }

 private:
  Bellows& bellows_;
  int given_ = 0;
};

TEST(Stream, AFeedHoldsNoThreadAndMissesNothing) {
  Bellows bellows;
  const Handler feeds{.answer = [&](Request& request) {
    Response response;
    if (request.path == "/feed") response.body = std::make_unique<Breath>(bellows);
    return response;
  }};
  const auto server = serve(always(feeds), {.job_threads = 1});
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<Client>(server->port()));
    clients.back()->send(get("/feed"));
  }
  Client other(server->port());
  std::string expected = "begun;";
  for (int i = 1; i <= 100; ++i) {
    EXPECT_EQ(other.ask(get("/other")).status, 200);
    bellows.blow();
    if (i < 100) expected += std::to_string(i) + ";";
  }
  for (const auto& client : clients) {
    const Reply reply = client->reply();
    EXPECT_TRUE(reply.complete);
    // The last piece and the end may meet: what came is a beginning without a gap.
    EXPECT_TRUE(expected.starts_with(reply.body)) << reply.body;
  }
}

TEST(Stream, AnErrorInTheMiddleIsNeverAnEnd) {
  const Handler at_once{
      .answer = [](Request&) { return streamed([] { return not_found("nothing there"); }); }};
  const Handler in_middle{.answer = [](Request&) {
    return streamed([pieces = 0]() mutable -> Result<std::optional<Chunk>> {
      if (pieces++ == 3) return unavailable("the disk has gone");
      return Chunk{.bytes = "piece"};
    });
  }};
  const auto sized = [](std::uint64_t promised) {
    return Handler{.answer = [promised](Request&) {
      Response response = many_bytes(1000, 100);
      response.body_bytes = promised;
      return response;
    }};
  };
  const Handler exact = sized(1000), less = sized(999), more = sized(1001);
  const auto server = serve(by_path({{"/at_once", &at_once},
                                     {"/middle", &in_middle},
                                     {"/exact", &exact},
                                     {"/less", &less},
                                     {"/more", &more}}));
  Client first(server->port());
  EXPECT_EQ(first.ask(get("/at_once")).status, 404)
      << "nothing was sent yet, so the error is the answer";
  const Reply exactly = first.ask(get("/exact"));
  EXPECT_TRUE(exactly.complete);
  EXPECT_EQ(exactly.body.size(), 1000u);
  for (const std::string_view path : {"/middle", "/less", "/more"}) {
    Client client(server->port());
    EXPECT_FALSE(client.ask(get(path)).complete) << path;
    EXPECT_TRUE(client.is_closed()) << path;
  }
}

TEST(Stream, ACutResetsAClientThatDoesNotRead) {
  std::stop_source revoked;
  Gate sending;
  const Handler endless{.answer = [&](Request&) {
    Response response = streamed([&]() -> Result<std::optional<Chunk>> {
      sending.open();
      return Chunk{.bytes = std::string(limits::chunk_bytes, 'x')};
    });
    response.cut = revoked.get_token();
    return response;
  }};
  const auto server = serve(always(endless));
  Client client(server->port(), 4096);
  client.send(get("/x"));
  ASSERT_TRUE(sending.wait());
  revoked.request_stop();
  EXPECT_TRUE(client.is_closed());
  EXPECT_TRUE(client.is_reset()) << "what was unsent is lost";
}

// The one I/O thread is kept busy while the answers wait for it: what it finds once it is free was
// cut before.
TEST(Stream, NothingLeavesOnceACutWasRequested) {
  std::stop_source revoked;
  std::atomic<bool> dropped = false;
  Gate begun, busy, free, made, go;
  const Handler streams{.answer = [&](Request&) {
    Response response = streamed([&, piece = 0]() mutable -> Result<std::optional<Chunk>> {
      if (piece == 1) go.wait();
      if (piece == 2) made.open();
      return Chunk{.bytes = std::string(10, static_cast<char>('a' + piece++))};
    });
    response.cut = revoked.get_token();
    response.held = std::shared_ptr<const void>(&dropped, [&](const void*) { dropped = true; });
    return response;
  }};
  const Handler whole{.answer = [&](Request&) {
    begun.open();
    go.wait();
    Response response = text("secret");
    response.cut = revoked.get_token();
    return response;
  }};
  const Handler blocks{.waits = false, .answer = [&](Request&) {
                         busy.open();
                         free.wait();
                         return text("free");
                       }};
  const auto server =
      serve(by_path({{"/streams", &streams}, {"/whole", &whole}, {"/blocks", &blocks}}),
            {.io_threads = 1, .job_threads = 2});
  Client streaming(server->port()), waiting(server->port()), blocking(server->port());
  streaming.send(get("/streams"));
  ASSERT_TRUE(streaming.readable(1000 * kClientSeconds));
  waiting.send(get("/whole"));
  ASSERT_TRUE(begun.wait());
  blocking.send(get("/blocks"));
  ASSERT_TRUE(busy.wait());
  go.open();
  ASSERT_TRUE(made.wait());
  EXPECT_FALSE(dropped);
  revoked.request_stop();
  free.open();
  EXPECT_EQ(waiting.rest(), "");
  EXPECT_EQ(streaming.rest().find('b'), std::string::npos);
  EXPECT_EQ(blocking.reply().body, "free");
}

TEST(Slow, ReadersHoldNoThread) {
  std::atomic<int> begun = 0;
  const Handler gives{.answer = [&](Request&) {
    ++begun;
    return many_bytes(50 * kMegabyte);
  }};
  const auto server = serve(by_path({{"/gives", &gives}, {"/hello", &kHello}}), {.job_threads = 2});
  const std::size_t before = resident_bytes();
  std::vector<std::unique_ptr<Client>> slow;
  for (int i = 0; i < 50; ++i) {
    slow.push_back(std::make_unique<Client>(server->port(), 4096));
    slow.back()->send(get("/gives"));
  }
  Client client(server->port());
  while (begun < 50) EXPECT_EQ(client.ask(get("/hello")).body, "hello");
  EXPECT_EQ(client.ask(get("/hello")).body, "hello");
  const std::size_t after = resident_bytes();
  std::printf("memory of a client that does not read: %s\n",
              human_bytes((after - std::min(before, after)) / 50).c_str());
}

TEST(Slow, SendersOfAByteHoldNoThreadAndAreTakenBack) {
  const Handler reads{.answer = [](Request& request) {
    const auto body = drain(*request.body, kMegabyte);
    return body ? text(*body) : problem(status_of(body.error().code), body.error().text);
  }};
  const auto server = serve(by_path({{"/reads", &reads}, {"/hello", &kHello}}),
                            {.job_threads = 1, .stall_seconds = 1});
  std::vector<std::unique_ptr<Client>> slow;
  for (int i = 0; i < 50; ++i) {
    slow.push_back(std::make_unique<Client>(server->port()));
    slow.back()->send("POST /reads HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nx");
  }
  Client client(server->port());
  EXPECT_EQ(client.ask(get("/hello")).body, "hello");
  for (bool late = false; !late;) {
    for (const auto& each : slow) {
      if (!late) each->send("x");  // Progress, but not enough of it.
      late = late || each->readable(1);
    }
  }
  for (const auto& each : slow) EXPECT_EQ(each->reply().status, 408);
}

// A body that begins well and then stops has a thread, but not for long; and never all threads.
TEST(Slow, AStalledUploadFailsItsHandler) {
  std::atomic<int> failed = 0;
  const Handler reads{.answer = [&](Request& request) {
    const auto body = drain(*request.body, 10 * kMegabyte);
    if (!body) ++failed;
    return problem(408, "stalled");
  }};
  const auto server = serve(by_path({{"/reads", &reads}, {"/hello", &kHello}}),
                            {.job_threads = 2, .stall_seconds = 1});
  std::vector<std::unique_ptr<Client>> slow;
  for (int i = 0; i < 2; ++i) {
    slow.push_back(std::make_unique<Client>(server->port()));
    slow.back()->send("POST /reads HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n" +
                      std::string(20'000, 'x'));
  }
  Client client(server->port());
  EXPECT_EQ(client.ask(get("/hello")).body, "hello");
  for (const auto& each : slow) EXPECT_EQ(each->reply().status, 408);
  EXPECT_EQ(failed, 2);
}

TEST(Slow, AReaderThatTakesNothingIsCut) {
  Gate dropped;
  struct Endless : Source {
    explicit Endless(Gate& gate) : dropped(gate) {}
    ~Endless() override { dropped.open(); }
    Result<std::optional<Chunk>> next(Want) override {
      return Chunk{.bytes = std::string(limits::chunk_bytes, 'x')};
    }
    Gate& dropped;
  };
  const Handler endless{.answer = [&](Request&) {
    Response response;
    response.body = std::make_unique<Endless>(dropped);
    return response;
  }};
  const auto server = serve(always(endless), {.stall_seconds = 1});
  Client client(server->port(), 4096);
  client.send(get("/x"));
  EXPECT_TRUE(dropped.wait());
}

TEST(Slow, TwoThousandSlowHeadsAreTakenBack) {
  const int count = 2000;
  const auto server =
      serve(always(kHello), {.job_threads = 2, .idle_seconds = 2, .head_seconds = 1});
  std::vector<std::unique_ptr<Client>> slow;
  for (int i = 0; i < count; ++i) {
    slow.push_back(std::make_unique<Client>(server->port()));
    ASSERT_TRUE(slow.back()->connected()) << "at " << i << ": raise the limit of descriptors";
    slow.back()->send(i % 2 == 0 ? "GET /x HTTP/1.1\r\nHost: local" : "");
  }
  Client client(server->port());
  EXPECT_EQ(client.ask(get("/x")).body, "hello");
  for (int i = 0; i < count; ++i) {
    if (i % 2 == 0) {
      EXPECT_EQ(slow[static_cast<std::size_t>(i)]->reply().status, 408);
    }
    EXPECT_TRUE(slow[static_cast<std::size_t>(i)]->is_closed());
  }
}

}  // namespace
}  // namespace hansa::net
