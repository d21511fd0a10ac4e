#include "base/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>

namespace hansa {
namespace {

using Class = Pool::Class;

// Holds a thread of the pool until it is opened.
struct Gate {
  std::promise<void> entered;
  std::promise<void> open;
  Pool::Job job() {
    return [this, opened = open.get_future().share()] {
      entered.set_value();
      opened.wait();
    };
  }
};

TEST(Pool, RefusesOnceTheQueueIsFullAndRunsWhatItTook) {
  std::atomic<int> ran = 0;
  Gate gate;
  {
    Pool pool({.threads = 1, .waiting_max = 2});
    ASSERT_TRUE(pool.submit(Class::interactive, gate.job()));
    gate.entered.get_future().wait();
    EXPECT_TRUE(pool.submit(Class::interactive, [&] { ++ran; }));
    EXPECT_TRUE(pool.submit(Class::interactive, [&] { ++ran; }));
    EXPECT_FALSE(pool.submit(Class::interactive, [&] { ++ran; }));
    EXPECT_TRUE(pool.submit(Class::bulk, [&] { ++ran; })) << "each class has its own queue";
    std::promise<void> done;
    pool.resume(Class::bulk, [&] {
      ++ran;
      done.set_value();
    });
    gate.open.set_value();
    done.get_future().wait();
  }
  EXPECT_EQ(ran, 4);
}

TEST(Pool, TakesControlBeforeInteractiveBeforeBulk) {
  std::string order;
  std::promise<void> done;
  Gate gate;
  Pool pool({.threads = 1});
  ASSERT_TRUE(pool.submit(Class::bulk, gate.job()));
  gate.entered.get_future().wait();
  pool.resume(Class::bulk, [&] {
    order += 'b';
    done.set_value();
  });
  pool.resume(Class::interactive, [&] { order += 'i'; });
  pool.resume(Class::control, [&] { order += 'c'; });
  gate.open.set_value();
  done.get_future().wait();
  EXPECT_EQ(order, "cib");
}

TEST(Pool, NeverStarvesBulkForGood) {
  std::string order;
  std::promise<void> done;
  Gate gate;
  Pool pool({.threads = 1});
  ASSERT_TRUE(pool.submit(Class::control, gate.job()));
  gate.entered.get_future().wait();
  pool.resume(Class::bulk, [&] { order += 'b'; });
  for (int i = 0; i < 20; ++i) pool.resume(Class::interactive, [&] { order += 'i'; });
  pool.resume(Class::interactive, [&] { done.set_value(); });
  gate.open.set_value();
  done.get_future().wait();
  EXPECT_EQ(order.find('b'), 8u);
}

TEST(Pool, KeepsThreadsFreeOfBulkAndOneForControl) {
  Gate bulk;
  Gate interactive;
  std::promise<void> control;
  std::atomic<int> second_bulk = 0;
  Pool pool({.threads = 2, .control_threads = 1, .bulk_threads_max = 1});
  ASSERT_TRUE(pool.submit(Class::bulk, bulk.job()));
  bulk.entered.get_future().wait();
  ASSERT_TRUE(pool.submit(Class::bulk, [&] { ++second_bulk; }));
  ASSERT_TRUE(pool.submit(Class::interactive, interactive.job()));
  interactive.entered.get_future().wait();
  ASSERT_TRUE(pool.submit(Class::control, [&] { control.set_value(); }));
  control.get_future().wait();
  EXPECT_EQ(second_bulk, 0);
  bulk.open.set_value();
  interactive.open.set_value();
}

TEST(Pool, StopDropsWhatWaitsAndEndsWhatItOwned) {
  auto owned = std::make_shared<int>();
  Gate gate;
  Pool pool({.threads = 1});
  ASSERT_TRUE(pool.submit(Class::interactive, gate.job()));
  gate.entered.get_future().wait();
  ASSERT_TRUE(pool.submit(Class::interactive, [owned] { FAIL() << "it was dropped"; }));
  std::thread stopper([&] { pool.stop(); });
  while (pool.waiting(Class::interactive) != 0) std::this_thread::yield();
  gate.open.set_value();
  stopper.join();
  EXPECT_EQ(owned.use_count(), 1);
  EXPECT_FALSE(pool.submit(Class::interactive, [] {}));
}

}  // namespace
}  // namespace hansa
