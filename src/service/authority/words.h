// The index of search, in step with the live mesh.
#pragma once

#include <unordered_set>
#include <utility>
#include <vector>

#include "model/mesh.h"
#include "search/index.h"

namespace hansa::service {

// What a batch changed of what can be found. Call `add` with each noun on the mesh as it was before
// the batch, and again as it is after it.
class Touched {
 public:
  void add(const Mesh& mesh, const Noun& noun);
  void add(const Touched& other);
  // Everything there is.
  void add_all(const Mesh& mesh);
  std::size_t size() const { return products_.size() + domains_.size(); }

  // Slots that are another product's now lose their words at once: until then, what was said of the
  // one would find the other.
  void forget(const Mesh& mesh, search::Index& index);

  // Everything that is left to learn, a piece at a time: read from the mesh, then put.
  struct Lesson {
    std::vector<search::Index::Change> products;
    struct Place {
      Ulid id;
      std::vector<search::Word> words;
      std::uint8_t trust;
    };
    std::vector<Place> domains;
  };
  Lesson take(const Mesh& mesh, std::size_t max);
  static void learn(Lesson lesson, search::Index& index);

 private:
  void sort();
  void add_product(const Mesh& mesh, ProductId id);
  void add_port(const Mesh& mesh, PortId id);

  // In the order they were added, until they are taken: then by slot, the last one that had it,
  // the first slot at the end.
  std::vector<std::pair<Slot, ProductId>> products_;
  bool sorted_ = true;
  std::unordered_set<DomainId> domains_;
};

}  // namespace hansa::service
