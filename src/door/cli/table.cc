#include "door/cli/table.h"

#include <algorithm>
#include <utility>

#include "door/cli/width.h"

namespace hansa::cli {
namespace {

// A column narrower than this tells nothing; then whole columns are left out instead.
constexpr std::size_t kWidthMin = 8;
// The first column names the row: it is cut once others are narrower than it by more than this.
constexpr std::size_t kFirstFavour = 24;
// What is cut to this can still be read.
constexpr std::size_t kReadable = 14;
constexpr std::size_t kReadableFirst = 32;

void append_repeated(std::string& out, std::string_view text, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out += text;
}

std::string padded(const std::string& text, std::size_t width, bool right) {
  const std::size_t has = display_width(text);
  const std::string blanks(width > has ? width - has : 0, ' ');
  return right ? blanks + text : text + blanks;
}

}  // namespace

Table::Table(std::vector<TableColumn> columns, TableStyle style, Write write)
    : columns_(std::move(columns)), style_(style), write_(std::move(write)) {
  for (TableColumn& column : columns_) {
    column.title = visible(column.title);
    widths_.push_back(display_width(column.title));
  }
}

Result<void> Table::add(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  ++rows_;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    cells[i] = visible(cells[i]);
    if (begun_) continue;
    widths_[i] = std::max(widths_[i], display_width(cells[i]));
    held_bytes_ += cells[i].size() + sizeof(std::string);
  }
  if (begun_) return write_(line(cells, false));
  held_.push_back(std::move(cells));
  if (held_.size() >= style_.rows_looked_at || held_bytes_ >= style_.bytes_looked_at)
    return begin();
  return {};
}

Result<void> Table::finish() {
  if (!begun_) HANSA_CHECK(begin());
  return style_.box ? write_(edge("└", "┴", "┘")) : Result<void>{};
}

Result<void> Table::begin() {
  begun_ = true;
  fit();
  std::vector<std::string> titles;
  for (const TableColumn& column : columns_) titles.push_back(column.title);
  if (style_.box) HANSA_CHECK(write_(edge("┌", "┬", "┐")));
  HANSA_CHECK(write_(line(titles, true)));
  if (style_.box) HANSA_CHECK(write_(edge("├", "┼", "┤")));
  for (const auto& cells : std::exchange(held_, {})) HANSA_CHECK(write_(line(cells, false)));
  return {};
}

// With every column at most so wide.
std::size_t Table::total_width(std::size_t width_max) const {
  const std::size_t gap = gap_at_ > 0 ? 1 : 0;
  const std::size_t count = shown_.size() + gap;
  std::size_t width = style_.box ? 3 * count + 1 + gap : 2 * (count - 1) + gap;
  for (const Shown& shown : shown_) width += std::min(shown.width, width_max);
  return width;
}

// Leaves out spare columns until the others can be read.
void Table::spare() {
  const auto readable_width = [&] {
    std::size_t width = style_.box ? 3 * shown_.size() + 1 : 2 * (shown_.size() - 1);
    for (const Shown& shown : shown_)
      width += std::min(shown.width, shown.column == 0 ? kReadableFirst : kReadable);
    return width;
  };
  while (readable_width() > style_.columns_max) {
    const auto least = std::ranges::max_element(
        shown_, {}, [&](const Shown& shown) { return columns_[shown.column].spare; });
    if (columns_[least->column].spare == 0) return;
    spared_.push_back(columns_[least->column].title);
    shown_.erase(least);
  }
}

// Leaves out columns in the middle that have no room even if all are narrow (the first ones name a
// row, the last ones are what was computed), then takes from the widest.
void Table::fit() {
  for (std::size_t i = 0; i < columns_.size(); ++i) shown_.push_back({i, widths_[i]});
  if (style_.columns_max == 0) return;
  spare();
  while (shown_.size() > 2 && total_width(kWidthMin) > style_.columns_max) {
    gap_at_ = shown_.size() / 2;
    shown_.erase(shown_.begin() + static_cast<std::ptrdiff_t>(gap_at_));
  }
  while (total_width() > style_.columns_max) {
    const auto widest = std::ranges::max_element(shown_, {}, [](const Shown& shown) {
      const std::size_t favour = shown.column == 0 ? kFirstFavour : 0;
      return shown.width > kWidthMin + favour ? shown.width - favour
                                              : std::min(shown.width, kWidthMin);
    });
    if (widest->width <= kWidthMin) return;  // The terminal is too narrow for anything: it wraps.
    --widest->width;
  }
}

std::string Table::line(const std::vector<std::string>& cells, bool title) const {
  std::string out;
  for (std::size_t i = 0; i < shown_.size(); ++i) {
    const auto& [column, width] = shown_[i];
    if (gap_at_ > 0 && i == gap_at_) out += style_.box ? "│ … " : "…  ";
    const bool right = columns_[column].right && !title;
    const bool cut = style_.columns_max > 0;
    const std::string text = cut ? cut_to_width(cells[column], width) : cells[column];
    const std::string cell =
        padded(text, width, right || (title && columns_[column].right && !style_.box));
    out += style_.box ? "│ " + cell + " " : cell + "  ";
  }
  if (style_.box) return out + "│\n";
  while (out.ends_with(' ')) out.pop_back();
  return out + "\n";
}

std::string Table::edge(std::string_view left, std::string_view middle,
                        std::string_view right) const {
  std::string out(left);
  for (std::size_t i = 0; i < shown_.size(); ++i) {
    if (i > 0) out += middle;
    if (gap_at_ > 0 && i == gap_at_) {
      append_repeated(out, "─", 3);
      out += middle;
    }
    append_repeated(out, "─", shown_[i].width + 2);
  }
  return out + std::string(right) + "\n";
}

}  // namespace hansa::cli
