#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "embedded/key_file.hpp"
#include "embedded/secrets_cipher.hpp"
#include "embedded/wire_values.hpp"
#include "support/temp_dir.hpp"

using namespace exo;
using namespace exo::embedded;

TEST_CASE("secrets come back as they were, never twice in the same form") {
    const auto cipher = SecretsCipher::create(std::string(32, 'k')).value();
    for (const std::string& plain : {std::string(), std::string("v"), std::string(5000, 'x'),
                                     std::string("a\0b", 3), std::string("é😀")}) {
        const auto once = cipher.encrypt(plain), twice = cipher.encrypt(plain);
        CHECK(once != twice);
        CHECK(base64url_decode(once).value().size() == 12 + plain.size() + 16);
        CHECK(cipher.decrypt(once).value() == plain);
        CHECK(cipher.decrypt(twice).value() == plain);
    }
}

TEST_CASE("a secret of another key or a changed one is refused") {
    const auto cipher = SecretsCipher::create(std::string(32, 'k')).value();
    const auto other = SecretsCipher::create(std::string(32, 'o')).value();
    const auto text = cipher.encrypt("hidden");
    CHECK(other.decrypt(text).error().message ==
          "the stored secret was made with another key, or is damaged");
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto changed = text;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        CHECK_FALSE(cipher.decrypt(changed).has_value());
    }
    CHECK_FALSE(cipher.decrypt("").has_value());
    CHECK_FALSE(cipher.decrypt("not base64!").has_value());
    CHECK_FALSE(SecretsCipher::create("short").has_value());
}

TEST_CASE("the API key is made once, private, and kept") {
    const test::TempDir dir;
    const auto data_dir = dir.path() + "/data";
    const auto key = load_or_create_api_key(data_dir).value();
    CHECK(key.size() >= 43);
    CHECK(load_or_create_api_key(data_dir).value() == key);
    struct stat info {};
    REQUIRE(::stat((data_dir + "/api-key").c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    CHECK(std::distance(std::filesystem::directory_iterator(data_dir), {}) == 1);
}

TEST_CASE("a key file that others can read is refused, and so is an empty one") {
    const test::TempDir dir;
    const auto path = dir.path() + "/api-key";
    std::ofstream(path) << "some-key\n";
    ::chmod(path.c_str(), 0640);
    CHECK(load_or_create_api_key(dir.path()).error().message ==
          path + " can be read or written by others; it must have mode 0600");
    ::chmod(path.c_str(), 0600);
    CHECK(load_or_create_api_key(dir.path()).value() == "some-key");
    std::ofstream(path) << "\n";
    CHECK(load_or_create_api_key(dir.path()).error().message == path + " is empty");
}

TEST_CASE("times, ids and request ids on the wire") {
    CHECK(wire_time(1795457427422000) == "2026-11-23T18:10:27.422000");
    CHECK(wire_time(1795457427000000) == "2026-11-23T18:10:27");
    CHECK(wire_time_ms(1795457427001) == "2026-11-23T18:10:27.001000");
    ObjectIds ids;
    const auto first = to_hex(ids.next(1795457427422)), second = to_hex(ids.next(1795457427422));
    CHECK(first.substr(0, 8) == "6b048193");
    CHECK(first.size() == 24);
    CHECK(first != second);
    CHECK(first.substr(0, 18) == second.substr(0, 18));
    CHECK(to_hex(parse_object_id(first).value()) == first);
    CHECK_FALSE(parse_object_id("zzz"));
    CHECK_FALSE(parse_object_id("zzzzzzzzzzzzzzzzzzzzzzzz"));
    const auto uuid = new_uuid4();
    CHECK(uuid.size() == 36);
    CHECK(uuid[14] == '4');
    for (const auto* good :
         {"6F9619FF-8B86-D011-B42D-00CF4FC964FF", "6f9619ff8b86d011b42d00cf4fc964ff",
          "{6f9619ff-8b86-d011-b42d-00cf4fc964ff}",
          "urn:uuid:6f9619ff-8b86-d011-b42d-00cf4fc964ff"}) {
        CHECK(is_uuid(good));
    }
    CHECK(is_uuid(uuid));
    CHECK_FALSE(is_uuid("not-uuid"));
    CHECK_FALSE(is_uuid(""));
}
