// Clients that leave, and servers with more to do than they can.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <mutex>
#include <semaphore>
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

TEST(Leaving, FiresTheStopTokenWhileTheHandlerComputes) {
  for (const bool resets : {false, true}) {
    Gate entered;
    Gate left;
    std::atomic<std::int64_t> stopped_us = 0;
    const Handler computes{.answer = [&](Request& request) {
      entered.open();
      EXPECT_TRUE(wait_for_stop(request.stop));
      stopped_us = steady_us();
      left.open();
      return text("nobody reads this");
    }};
    const auto server = serve(always(computes));
    Client client(server->port());
    client.send(get("/x"));
    ASSERT_TRUE(entered.wait());
    const std::int64_t from = steady_us();
    resets ? client.reset() : client.close();
    ASSERT_TRUE(left.wait());
    std::printf("from %s to the stop token: %.3f ms\n", resets ? "reset" : "close",
                static_cast<double>(stopped_us - from) / 1000);
  }
}

TEST(Leaving, IsSeenBehindPipelinedRequestsAndUnreadBodies) {
  for (const std::size_t behind : {std::size_t{0}, std::size_t{1'000}, std::size_t{1'000'000}}) {
    Gate entered;
    Gate stopped;
    const Handler computes{.answer = [&](Request& request) {
      entered.open();
      if (wait_for_stop(request.stop)) stopped.open();
      return text("nobody reads this");
    }};
    const auto server = serve(always(computes));
    Client client(server->port());
    client.send("POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(behind) +
                "\r\n\r\n");
    client.send(std::string(behind, 'x'));
    client.send(get("/next", "A: " + std::string(10'000, 'a') + "\r\n"));
    ASSERT_TRUE(entered.wait());
    client.close();
    EXPECT_TRUE(stopped.wait()) << behind;
  }
}

TEST(Leaving, FailsTheBodyThatTheHandlerWaitsFor) {
  Gate entered;
  Gate failed;
  const Handler reads{.answer = [&](Request& request) {
    entered.open();
    const auto body = drain(*request.body, 10 * kMegabyte);
    if (!body && body.error().code == Code::unavailable) failed.open();
    return text("nobody reads this");
  }};
  const auto server = serve(always(reads));
  Client client(server->port());
  client.send("POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n" +
              std::string(20'000, 'x'));
  ASSERT_TRUE(entered.wait());
  client.close();
  EXPECT_TRUE(failed.wait());
}

TEST(Overload, IsRefusedAtOnce) {
  Gate open;
  std::counting_semaphore<64> entered(0);
  const Handler waits{.answer = [&](Request&) {
    entered.release();
    open.wait();
    return text("done");
  }};
  const Handler quick{.waits = false, .answer = [](Request&) { return text("quick"); }};
  const auto server = serve(by_path({{"/waits", &waits}, {"/quick", &quick}}),
                            {.job_threads = 1, .waiting_max = 2});
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<Client>(server->port()));
    clients.back()->send(get("/waits"));
    if (i == 0) entered.acquire();
  }
  Client client(server->port());
  // The third of them may still be on its way; then it is the one that is refused.
  while (client.ask(get("/quick")).status != 200) continue;
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  std::int64_t slowest_us = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t from = steady_us();
    const Reply reply = client.ask(get("/waits"));
    slowest_us = std::max(slowest_us, steady_us() - from);
    ASSERT_EQ(reply.status, 503);
    ASSERT_NE(reply.head.find("retry-after: 1"), std::string::npos);
  }
  std::printf("slowest of 1,000 refusals: %.3f ms\n", static_cast<double>(slowest_us) / 1000);
  EXPECT_EQ(client.ask(get("/quick")).body, "quick") << "what does not wait is answered still";
  open.open();
  for (const auto& each : clients) EXPECT_EQ(each->reply().body, "done");
}

TEST(Overload, AGreedyClientKeepsNoIoThread) {
  const Handler quick{.waits = false, .answer = [](Request&) { return text("quick"); }};
  const auto server = serve(always(quick));
  std::atomic<bool> done = false;
  std::string many;
  for (int i = 0; i < 1000; ++i) many += get("/x");
  std::vector<std::jthread> greedy;
  for (int i = 0; i < 2; ++i) {
    greedy.emplace_back([&] {
      Client client(server->port());
      while (!done) {
        client.send(many);
        for (int reply = 0; reply < 1000; ++reply) client.reply();
      }
    });
  }
  Client client(server->port());
  std::int64_t slowest_us = 0;
  for (int i = 0; i < 200; ++i) {
    const std::int64_t from = steady_us();
    EXPECT_EQ(client.ask(get("/x")).body, "quick");
    slowest_us = std::max(slowest_us, steady_us() - from);
  }
  done = true;
  std::printf("slowest of 200 answers beside two greedy clients: %.3f ms\n",
              static_cast<double>(slowest_us) / 1000);
}

TEST(Overload, BodiesInMemoryHaveALimitTogether) {
  const Handler gathers{.body_bytes_max = kMegabyte,
                        .answer = [](Request&) { return text("got it"); }};
  const auto server = serve(always(gathers), {.gathered_bytes_max = 100'000});
  Client client(server->port());
  // Each gives its memory back.
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.ask(post("/x", std::string(90'000, 'x'))).body, "got it");
  }
  EXPECT_EQ(client.ask(post("/x", std::string(110'000, 'x'))).status, 503);
  EXPECT_TRUE(client.is_closed());
}

TEST(Overload, ConnectionsHaveALimit) {
  const auto server = serve(always(kHello), {.connections_max = 2});
  Client first(server->port()), second(server->port());
  EXPECT_EQ(first.ask(get("/x")).status, 200);
  EXPECT_EQ(second.ask(get("/x")).status, 200);
  Client third(server->port());
  EXPECT_EQ(third.reply().status, 503);
  EXPECT_EQ(first.ask(get("/x")).status, 200);
}

TEST(Drain, LetsWhatRunsFinishAndClosesWhatRests) {
  Gate entered;
  Gate open;
  const Handler waits{.answer = [&](Request&) {
    entered.open();
    open.wait();
    return text("done");
  }};
  const auto server = serve(by_path({{"/waits", &waits}, {"/hello", &kHello}}));
  Client rests(server->port());
  EXPECT_EQ(rests.ask(get("/hello")).body, "hello");
  Client runs(server->port());
  runs.send(get("/waits"));
  ASSERT_TRUE(entered.wait());
  std::thread drainer([&] { server->drain(kClientSeconds); });
  EXPECT_TRUE(rests.is_closed());
  EXPECT_FALSE(Client(server->port()).connected());
  open.open();
  const Reply reply = runs.reply();
  EXPECT_EQ(reply.body, "done");
  EXPECT_NE(reply.head.find("connection: close"), std::string::npos);
  drainer.join();
}

TEST(Drain, CutsWhatTakesTooLong) {
  Gate entered;
  Gate stopped;
  const Handler waits{.answer = [&](Request& request) {
    entered.open();
    if (wait_for_stop(request.stop)) stopped.open();
    return text("too late");
  }};
  auto server = serve(always(waits));
  Client client(server->port());
  client.send(get("/x"));
  ASSERT_TRUE(entered.wait());
  server->drain(0);
  EXPECT_TRUE(client.is_closed());
  EXPECT_TRUE(stopped.wait());
  server.reset();
}

TEST(Drain, DestructionEndsEveryKindOfClient) {
  const Handler endless{.answer = [](Request&) { return many_bytes(std::size_t{1} << 50); }};
  const Handler reads{.answer = [](Request& request) {
    drain(*request.body, kMegabyte);
    return text("x");
  }};
  auto server = serve(by_path({{"/endless", &endless}, {"/reads", &reads}, {"/hello", &kHello}}),
                      {.io_threads = 2, .job_threads = 2, .connections_max = 200});
  std::vector<std::unique_ptr<Client>> clients;
  const std::string requests[] = {
      "",
      "GET /hel",
      get("/hello"),
      get("/endless"),
      post("/reads", "x").substr(0, 60),
      "POST /reads HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999\r\n\r\n" +
          std::string(20'000, 'x')};
  for (int i = 0; i < 60; ++i) {
    clients.push_back(std::make_unique<Client>(server->port()));
    clients.back()->send(requests[i % 6]);
  }
  Client client(server->port());
  client.send(get("/hello"));
  server.reset();
  for (const auto& each : clients) EXPECT_TRUE(each->is_closed());
}

}  // namespace
}  // namespace hansa::net
