// The outbox: messages that a commit carries are written with it, or not at all, and stay until
// each of their channels has them or was given up. At least once, under one id; in order for each
// channel and subject. The store knows neither nouns nor networks: whoever sends asks what is due
// and says what became of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/ids.h"

namespace hansa::store {

struct Message {
  Ulid id;              // whoever gets it twice knows it by this
  std::string to_kind;  // "team", "user", ...
  Ulid to;
  Ulid about;        // a product, mostly: messages about one thing reach a channel in their order
  std::string type;  // "version.deprecated": CloudEvents puts "hansa." in front
  Time at;
  std::string facts;  // a JSON object
  friend bool operator==(const Message&, const Message&) = default;
};

// Where a message goes; nowhere is an answer too.
struct Routed {
  Ulid message;
  std::vector<Ulid> channels;  // each once
  // It does not wait for a better time, nor does what stands before it.
  bool urgent = false;
};

enum class DeliveryState { waiting, sent, given_up };

// A message on its way to one channel.
struct Delivery {
  std::uint64_t number = 0;  // ascends
  Message message;
  Ulid channel;
  DeliveryState state = DeliveryState::waiting;
  std::uint32_t attempts = 0;
  std::optional<Time> due;   // the next attempt; none: done, or it stands behind another
  std::optional<Time> last;  // the last attempt
  std::string said;          // what came of it
  bool urgent = false;       // it, or one behind it
  friend bool operator==(const Delivery&, const Delivery&) = default;
};

// What became of a delivery.
struct Marked {
  std::uint64_t number = 0;
  DeliveryState state = DeliveryState::sent;
  Time at;
  std::string said;
  Time due = {};          // waiting: when to try again
  bool attempted = true;  // false: it was only put off
};

struct DeliveryQuestion {
  std::optional<Ulid> channel;
  std::uint64_t before = 0;  // lower numbers; 0: from the newest
  std::size_t max = 100;
};

struct Outbox {
  virtual ~Outbox() = default;

  // The oldest messages that were not routed yet, in the order of their commits.
  virtual Result<std::vector<Message>> unrouted(std::size_t max) = 0;
  // Makes a delivery for each channel. Messages that are unknown or were routed before are passed
  // over; a channel where limits::deliveries_waiting_max wait gets one that is given up. What is
  // urgent makes urgent what stands before it, and all of them due. Durable on return, as all that
  // follow.
  virtual Result<void> route(std::vector<Routed> routed, Time now) = 0;
  // What may be sent now. Of each channel and subject the oldest that waits, if it is due, and the
  // ones behind it, at most `in_row` together, one after the other; `max` in all.
  virtual Result<std::vector<Delivery>> due(Time now, std::size_t max, std::size_t in_row) = 0;
  // Of one channel all that may be sent now and is not urgent, with what stands behind it, in the
  // order it was made; at most `max`.
  virtual Result<std::vector<Delivery>> gathered(Ulid channel, Time now, std::size_t max) = 0;
  // Those that are unknown or done are passed over.
  virtual Result<void> mark(std::vector<Marked> marks) = 0;
  // The log, newest first; the last limits::deliveries_kept_max that are done are kept.
  virtual Result<std::vector<Delivery>> deliveries(const DeliveryQuestion& question) = 0;
  // How many wait in all, routed or not.
  virtual Result<std::uint64_t> waiting() = 0;
};

}  // namespace hansa::store
