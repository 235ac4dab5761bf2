// Nodes that read and write files. [plugins.files] root = "/srv/data" confines them to a directory;
// without it they go wherever the worker's user may. One instance per execution [pool-thread].
#pragma once

#include <exosphere/node.hpp>
#include <string>

namespace files {

struct ReadFile : exosphere::Node<ReadFile> {
    static constexpr const char* doc = "Reads a text file (UTF-8).";
    struct Inputs {
        std::string path;
    };
    struct Outputs {
        std::string text, bytes, state_id;
        static constexpr exosphere::FieldDoc docs[] = {
            {"text", "The content."},
            {"bytes", "Its size."},
            {"state_id",
             "The state that read it: differs from run to run, so that nodes after it can use it "
             "to name a directory of this run."}};
    };
    Outputs execute(const Inputs& in, exosphere::Context& ctx);
};

struct WriteRecord : exosphere::Node<WriteRecord> {
    static constexpr const char* doc =
        "Writes a text into a file of its own in a directory. Done twice, the second replaces the "
        "first in one step, so a repeated execution counts once.";
    struct Inputs {
        std::string directory;
        std::string text;
        std::string record = exosphere::empty;
        static constexpr exosphere::FieldDoc docs[] = {
            {"directory", "Made if it is not there."},
            {"record",
             "The file's name: letters, digits, '-', '_' and '.'. Empty: the id of the state. A "
             "retry is a new state, so prefer a name that stays, such as the chunk's number."}};
    };
    struct Outputs {
        std::string record;
    };
    Outputs execute(const Inputs& in, exosphere::Context& ctx);
};

struct MergeCounts : exosphere::Node<MergeCounts> {
    static constexpr const char* doc =
        "Adds up the word counts in the records of a directory, for a node that unites what a "
        "fan-out has written there.";
    struct Inputs {
        std::string directory;
        std::string top = "10";
        static constexpr exosphere::FieldDoc docs[] = {
            {"directory",
             "Each file in it is a JSON object: total (number), words (object of numbers) and, "
             "optionally, chunks: how many records there must be."},
            {"top", "How many of the most frequent words to give, 1 to 1000."}};
    };
    struct Outputs {
        std::string total, distinct, records, top, table;
        static constexpr exosphere::FieldDoc docs[] = {
            {"total", "The sum of all totals."},
            {"distinct", "How many different words there are."},
            {"records", "How many records were read."},
            {"top", R"(The most frequent words as JSON: [{"word":"the","count":345},...].)"},
            {"table", "The same for people, one word a line."}};
    };
    Outputs execute(const Inputs& in, exosphere::Context& ctx);
};

// Refuses unknown or wrong keys in [plugins.files]: a misspelt root must not mean "everywhere".
struct CheckConfig : exosphere::Hooks {
    static void init(exosphere::Host& host);
};

}  // namespace files
