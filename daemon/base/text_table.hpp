// Text for people: aligned columns, colour only where asked for, and nothing in foreign text that
// could drive the terminal. Plain values; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace exo::base {

enum class Style { plain, bold, dim, good, busy, bad };

// `text` in the colour of `style` if `colour`, unchanged otherwise.
std::string styled(std::string_view text, Style style, bool colour);

// Foreign text made harmless for one line of a terminal: control characters (C0, DEL, C1) and
// broken UTF-8 become spaces and U+FFFD.
std::string printable(std::string_view text);

// Columns it takes on a terminal, one for each code point. Escape sequences are not expected here.
std::size_t display_width(std::string_view text);

// At most `width` code points; "…" marks the cut.
std::string truncated(std::string_view text, std::size_t width);

struct Cell {
    std::string text;
    Style style = Style::plain;
    bool right = false;  // aligned to the right, for numbers

    Cell(std::string t) : text(std::move(t)) {}  // NOLINT(google-explicit-constructor): rows read
    Cell(const char* t) : text(t) {}             // NOLINT(google-explicit-constructor): like text
    Cell(std::string t, Style s, bool r = false) : text(std::move(t)), style(s), right(r) {}
};

// Rows of cells, the first one usually a heading. Two spaces between columns, none at line ends.
class TextTable {
  public:
    void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
    bool empty() const { return rows_.empty(); }
    std::string text(bool colour, std::string_view indent = "") const;

  private:
    std::vector<std::vector<Cell>> rows_;
};

}  // namespace exo::base
