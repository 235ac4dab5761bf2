// Bytes that were read and not yet parsed: contiguous, grows while reads fill it, never beyond its
// bound. Owned by one connection. Internal to net/.
#pragma once

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <vector>

namespace exo::net {

class ReadBuffer {
  public:
    explicit ReadBuffer(std::size_t max) : max_(max) {}

    std::string_view data() const { return {bytes_.data() + begin_, end_ - begin_}; }
    bool empty() const { return begin_ == end_; }
    bool full() const { return end_ - begin_ >= max_; }

    // Room for the next read; empty only if full().
    boost::asio::mutable_buffer prepare() {
        if (begin_ > 0) {
            std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        }
        if (bytes_.empty() || filled_ || end_ == bytes_.size()) {
            bytes_.resize(std::min(max_, std::max(first_size, bytes_.size() * 2)));
            filled_ = false;
        }
        return boost::asio::buffer(bytes_.data() + end_, bytes_.size() - end_);
    }
    void commit(std::size_t n) {
        end_ += n;
        filled_ = end_ == bytes_.size();
    }
    void consume(std::size_t n) { begin_ += n; }

  private:
    static constexpr std::size_t first_size = 4 * 1024;
    std::vector<char> bytes_;
    std::size_t begin_ = 0, end_ = 0;
    std::size_t max_;
    bool filled_ = false;  // the last read took all the room there was: there is more to come
};

}  // namespace exo::net
