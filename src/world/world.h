// The outside. A job that takes a World& may wait; one that does not, cannot.
#pragma once

namespace hansa {

namespace store {
struct Store;
}
namespace object {
struct ObjectStore;
}
namespace engine {
struct Engine;
}

struct World {
  store::Store& store;
  object::ObjectStore& objects;
  engine::Engine& engine;
};

}  // namespace hansa
