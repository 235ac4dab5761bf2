#include "support/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace exo::test {
namespace {

std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> result;
    for (auto& text : strings) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

}  // namespace

bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

Process::Process(std::vector<std::string> argv, const Environment& environment) {
    std::vector<std::string> variables = {"HOME=" + dir_.path()};
    for (const auto* name :
         {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
        if (const char* value = std::getenv(name))
            variables.push_back(std::string(name) + "=" + value);
    }
    for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    const auto out = dir_.path() + "/stdout", err = dir_.path() + "/stderr";
    posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
    auto args = pointers(argv), vars = pointers(variables);
    const int failed = ::posix_spawn(&pid_, args[0], &actions, nullptr, args.data(), vars.data());
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw std::runtime_error("cannot start " + argv[0]);
}

Process::~Process() {
    if (!exit_) {
        ::kill(pid_, SIGKILL);
        wait(std::chrono::seconds(10));
    }
}

Process Process::run(std::vector<std::string> argv, const Environment& environment) {
    return Process(std::move(argv), environment);
}

std::string Process::out() const { return read_file(dir_.path() + "/stdout"); }
std::string Process::err() const { return read_file(dir_.path() + "/stderr"); }

void Process::send(int signal) { ::kill(pid_, signal); }

std::optional<Exit> Process::wait(std::chrono::milliseconds limit) {
    wait_until(
        [this] {
            int status = 0;
            if (!exit_ && ::waitpid(pid_, &status, WNOHANG) == pid_) {
                exit_ =
                    WIFEXITED(status) ? Exit{WEXITSTATUS(status), 0} : Exit{-1, WTERMSIG(status)};
            }
            return exit_.has_value();
        },
        limit);
    return exit_;
}

int Process::exit_code() { return wait().value_or(Exit{}).code; }

bool Process::wait_for_out(const std::string& text, std::chrono::milliseconds limit) {
    return wait_until([&] { return out().find(text) != std::string::npos; }, limit);
}

bool Process::wait_for_err(const std::string& text, std::chrono::milliseconds limit) {
    return wait_until([&] { return err().find(text) != std::string::npos; }, limit);
}

}  // namespace exo::test
