#include "remote/run_printer.hpp"

#include <algorithm>
#include <ostream>

#include "base/text_table.hpp"

namespace exo::remote {
namespace {

// The first `lines` lines; a frame taller than the screen could not be redrawn in place.
std::string first_lines(const std::string& text, std::size_t lines) {
    std::size_t end = 0;
    for (std::size_t i = 0; i < lines && end < text.size(); ++i) {
        end = text.find('\n', end);
        end = end == std::string::npos ? text.size() : end + 1;
    }
    return text.substr(0, end);
}

}  // namespace

void RunPrinter::show(const RunView& view) {
    if (shown_ && view == last_) return;
    const bool over = view.status != RunStatus::pending;
    if (!terminal_.live) {
        if (!shown_) {
            out_ << "run " << base::printable(view.run_id) << " of graph "
                 << base::printable(view.graph_name) << "\n";
        }
        out_ << render_changes(last_, view) << std::flush;
    } else {
        const auto frame = render(view, terminal_.colour, terminal_.width);
        // The last frame stays on the screen, so it may be taller.
        draw(over ? frame : first_lines(frame, std::max<std::size_t>(4, terminal_.height) - 1));
    }
    last_ = view;
    shown_ = true;
}

void RunPrinter::note(const std::string& line) {
    if (!terminal_.live) {
        out_ << line << std::endl;
        return;
    }
    const auto frame = frame_;
    draw("");
    out_ << base::printable(line) << "\n";
    draw(frame);
}

// One write: up to the frame's first line, every line cleared to its end as it is replaced, and
// what is left of a taller frame cleared at last. Nothing blinks.
void RunPrinter::draw(const std::string& frame) {
    std::string bytes;
    if (lines_ > 0) bytes += "\x1b[" + std::to_string(lines_) + "F";
    for (const char c : frame) {
        if (c == '\n') bytes += "\x1b[K";
        bytes += c;
    }
    bytes += "\x1b[J";
    out_ << bytes << std::flush;
    lines_ = static_cast<std::size_t>(std::ranges::count(frame, '\n'));
    frame_ = frame;
}

}  // namespace exo::remote
