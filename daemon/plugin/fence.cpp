#include "plugin/fence.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <exception>
#include <memory>
#include <typeinfo>

namespace exo::plugin {
namespace {

std::string type_name() {
    const std::type_info* type = abi::__cxa_current_exception_type();
    if (type == nullptr) return "unknown to C++";  // a foreign one: Rust, Objective-C
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> name(
        abi::__cxa_demangle(type->name(), nullptr, nullptr, &status), &std::free);
    return name ? name.get() : type->name();
}

}  // namespace

std::string current_exception_words() {
    auto words = "threw an exception of type " + type_name() + " across the plugin boundary";
    try {
        throw;
    } catch (const std::exception& error) {
        words += std::string(": ") + error.what();
    } catch (...) {  // nothing more to tell
    }
    return words;
}

}  // namespace exo::plugin
