#include "remote/answers.hpp"

#include <catch2/catch.hpp>

using namespace exo;
using Catch::Contains;
using Kind = worker::Answer::Kind;

namespace {

worker::Answer judged(int status, const std::string& body,
                      const std::string& type = "application/json") {
    net::Response response;
    response.status = status;
    response.headers = {{"content-type", type}};
    response.body = body;
    return remote::judge(response);
}

std::string detail(const std::string& text) { return R"({"detail": ")" + text + "\"}"; }

}  // namespace

TEST_CASE("every answer of a state manager has one meaning") {
    struct Row {
        int status;
        std::string body;
        Kind kind;
    };
    const Row rows[] = {
        {200, R"({"status": "EXECUTED"})", Kind::accepted},
        {201, "", Kind::accepted},
        {400, detail("State is not queued"), Kind::already_settled},
        {400, detail("State is not queued or executed"), Kind::already_settled},
        {400, detail("State is already executed"), Kind::already_settled},
        {400, detail("Something else"), Kind::refused},
        {404, detail("State not found"), Kind::not_found},
        {404, detail("State is not queued"), Kind::refused},
        {404, detail("Graph template not found"), Kind::refused},
        {401, detail("Invalid API key"), Kind::unauthorized},
        {403, "<html>", Kind::unauthorized},
        {409, detail("stale epoch"), Kind::refused},
        {422, R"({"detail": [{"loc": ["body"], "msg": "Field required"}]})", Kind::refused},
        {413, detail("Request body too large"), Kind::refused},
        {413, "<html>nginx</html>", Kind::refused},
        {429, detail("slow down"), Kind::ambiguous},
        {408, detail("Request Timeout"), Kind::ambiguous},
        {500, R"({"success": false, "detail": "internal server error"})", Kind::ambiguous},
        {503, "", Kind::ambiguous},
        // None of these comes from a state manager: they say nothing about the state.
        {302, "", Kind::ambiguous},
        {307, "", Kind::ambiguous},
        {400, "<html>Bad Request</html>", Kind::ambiguous},
        {404, "default backend - 404", Kind::ambiguous},
        {404, detail("Not Found"), Kind::ambiguous},
        {404, R"({"error": "no such bucket"})", Kind::ambiguous},
        {405, detail("Method Not Allowed"), Kind::ambiguous},
    };
    for (const auto& row : rows) {
        INFO(row.status << " " << row.body);
        const auto answer = judged(row.status, row.body);
        CHECK(answer.kind == row.kind);
        CHECK(answer.status == row.status);
        CHECK(answer.detail.empty() == (row.kind == Kind::accepted));
    }
}

TEST_CASE("a transport failure is certain or not") {
    const auto certain = remote::judge(net::TransportError{false, "connect h:1: refused"});
    CHECK(certain.kind == Kind::not_sent);
    CHECK(certain.status == 0);
    CHECK(certain.detail == "connect h:1: refused");
    CHECK(remote::judge(net::TransportError{true, "no answer"}).kind == Kind::ambiguous);
}

TEST_CASE("an answer that is none of ours is described by its type, not repeated") {
    const auto answer = judged(502, "<html>token=hunter2</html>", "text/html\x1b[31m");
    CHECK_THAT(answer.detail, Contains("text/html") && !Contains("hunter2") && !Contains("\x1b"));
}
