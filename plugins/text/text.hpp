// Nodes that change, split and count text. They touch nothing but their inputs. One instance per
// execution [pool-thread].
#pragma once

#include <exosphere/node.hpp>
#include <string>
#include <vector>

namespace text {

struct Uppercase : exosphere::Node<Uppercase> {
    static constexpr const char* doc = "Turns the letters a-z of a text into capitals.";
    struct Inputs {
        std::string text;
        std::string batch_size = "100";
        static constexpr exosphere::FieldDoc docs[] = {
            {"text", "The text; letters beyond ASCII stay as they are."},
            {"batch_size", "Kilobytes between two looks at whether the call is cancelled."}};
    };
    struct Outputs {
        std::string text;
    };
    Outputs execute(const Inputs& in, exosphere::Context& ctx);
};

struct SplitText : exosphere::Node<SplitText> {
    static constexpr const char* doc =
        "Splits a text into chunks of whole words and continues with all of them at once.";
    struct Inputs {
        std::string text;
        std::string words_per_chunk = "500";
        static constexpr exosphere::FieldDoc docs[] = {
            {"words_per_chunk", "1 to 1000000; no more than 10000 chunks are made."}};
    };
    struct Outputs {
        std::string text, index, chunks;
        static constexpr exosphere::FieldDoc docs[] = {
            {"text", "The chunk; all chunks together are the whole text, byte for byte."},
            {"index", "The chunk's number, from 0."},
            {"chunks", "How many chunks there are."}};
    };
    std::vector<Outputs> execute(const Inputs& in);
};

struct CountWords : exosphere::Node<CountWords> {
    static constexpr const char* doc = "Counts the words of a text.";
    struct Inputs {
        std::string text;
    };
    struct Outputs {
        std::string total, words;
        static constexpr exosphere::FieldDoc docs[] = {
            {"total", "Words as `wc -w` counts them: whatever white space separates."},
            {"words",
             "How often each word occurs: a JSON object. Here words are in lower case, without "
             "the punctuation around them; what is nothing but punctuation is left out."}};
    };
    Outputs execute(const Inputs& in, exosphere::Context& ctx);
};

}  // namespace text
