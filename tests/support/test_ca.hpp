// A throwaway certificate authority, made anew for each test. Any thread; files live as long as it.
#pragma once

#include <memory>
#include <string>

#include "support/temp_dir.hpp"

namespace exo::test {

class TestCa {
  public:
    TestCa();
    ~TestCa();

    struct Files {
        std::string cert, key;
    };
    std::string ca_file() const { return directory_.file("ca.pem"); }
    // For servers and clients. `subject`: "DNS:localhost", "IP:127.0.0.1".
    Files issue(const std::string& name, const std::string& subject) const;

  private:
    struct Keys;
    TempDir directory_;
    std::unique_ptr<Keys> keys_;
};

}  // namespace exo::test
