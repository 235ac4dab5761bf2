#include "text/text.hpp"

#include <catch2/catch.hpp>
#include <exosphere/testing.hpp>
#include <fstream>
#include <sstream>

#include "text/words.hpp"

using exosphere::testing::Ending;
using exosphere::testing::run;

namespace {

std::size_t count(std::string_view text) {
    std::size_t words = 0;
    while (!text::take_word(text).empty()) ++words;
    return words;
}

}  // namespace

TEST_CASE("Uppercase turns a-z into capitals and leaves the rest") {
    CHECK(run<text::Uppercase>({.text = "hi, Zoë 1!"}).output().text == "HI, ZOë 1!");
    CHECK(run<text::Uppercase>({.text = ""}).output().text.empty());
    const std::string letters(300'000, 'x');
    const auto outcome = run<text::Uppercase>({.text = letters, .batch_size = "1"});
    CHECK(outcome.output().text == std::string(300'000, 'X'));
}

TEST_CASE("Uppercase refuses a batch size that is no number, and sees a cancellation") {
    for (const char* bad : {"", "x", "0", "-1", "10 ", "1000001", "99999999999999999999999"}) {
        CHECK_THAT(run<text::Uppercase>({.text = "hi", .batch_size = bad}).error,
                   Catch::Contains("batch_size"));
    }
    const auto gone = run<text::Uppercase>({.text = std::string(5000, 'x'), .batch_size = "1"},
                                           {.cancel_at_check = 3});
    CHECK(gone.ending == Ending::gave_up);
}

TEST_CASE("SplitText cuts between words and loses nothing") {
    const std::string text = "  one two\tthree\n\nfour   five\xC2\xA0still five six \n";
    for (const char* words : {"1", "2", "3", "100"}) {
        const auto outcome = run<text::SplitText>({.text = text, .words_per_chunk = words});
        REQUIRE(outcome.executed());
        std::string joined;
        std::size_t counted = 0;
        for (std::size_t i = 0; i < outcome.outputs.size(); ++i) {
            const auto& chunk = outcome.outputs[i];
            joined += chunk.text;
            counted += count(chunk.text);
            CHECK(count(chunk.text) <= std::stoul(words));
            CHECK(chunk.index == std::to_string(i));
            CHECK(chunk.chunks == std::to_string(outcome.outputs.size()));
        }
        CHECK(joined == text);
        CHECK(counted == count(text));
    }
    CHECK(run<text::SplitText>({.text = text, .words_per_chunk = "2"}).outputs.size() == 4);
}

TEST_CASE("SplitText makes one chunk of a text without words") {
    CHECK(run<text::SplitText>({.text = ""}).output().chunks == "1");
    CHECK(run<text::SplitText>({.text = " \n"}).output().text == " \n");
}

TEST_CASE("SplitText bounds the number of chunks") {
    std::string text;
    for (int i = 0; i < 10'001; ++i) text += "w ";
    CHECK_THAT(run<text::SplitText>({.text = text, .words_per_chunk = "1"}).error,
               Catch::Contains("more than 10000 chunks"));
    CHECK(run<text::SplitText>({.text = text, .words_per_chunk = "2"}).outputs.size() == 5001);
}

TEST_CASE("CountWords counts what white space separates, and words without their punctuation") {
    const auto outcome =
        run<text::CountWords>({.text = "The cat, the \"dog\" -- THE\vcat's\fend.\r\n"}).output();
    CHECK(outcome.total == "8");
    CHECK(outcome.words == R"({"cat":1,"cat's":1,"dog":1,"end":1,"the":3})");
    CHECK(run<text::CountWords>({.text = " "}).output().total == "0");
    CHECK(run<text::CountWords>({.text = " "}).output().words == "{}");
}

TEST_CASE("split and counted, the GPL has as many words as wc -w says") {
    const char* const gpl = "/usr/share/common-licenses/GPL-3";
    std::ifstream file(gpl);
    if (!file) {
        WARN("no " << gpl << " here");
        return;
    }
    std::ostringstream content;
    content << file.rdbuf();
    std::size_t expected = 0;
    FILE* wc = popen("wc -w < /usr/share/common-licenses/GPL-3", "r");
    REQUIRE(wc != nullptr);
    REQUIRE(fscanf(wc, "%zu", &expected) == 1);
    pclose(wc);

    std::size_t total = 0;
    for (const auto& chunk : run<text::SplitText>({.text = content.str()}).outputs) {
        total += std::stoul(run<text::CountWords>({.text = chunk.text}).output().total);
    }
    CHECK(total == expected);
}
