// Shows a run while it goes on: redrawn in place on a terminal, changed lines only in a pipe. Owned
// and used by one thread; writes to a stream that outlives it.
#pragma once

#include <iosfwd>
#include <string>

#include "base/terminal.hpp"
#include "remote/run_view.hpp"

namespace exo::remote {

class RunPrinter {
  public:
    RunPrinter(std::ostream& out, base::Terminal terminal) : out_(out), terminal_(terminal) {}

    void show(const RunView& view);
    // A line that stays above the run: "state manager cannot be reached, trying again".
    void note(const std::string& line);

  private:
    void draw(const std::string& frame);

    std::ostream& out_;
    base::Terminal terminal_;
    RunView last_;
    bool shown_ = false;
    std::size_t lines_ = 0;  // of the frame on the screen
    std::string frame_;
};

}  // namespace exo::remote
