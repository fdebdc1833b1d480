// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/server/request.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace graft::http {
namespace {

/// Feeds pieces of the given size from memory of exactly that size, so that the sanitizers see every wrong read.
size_t feed(RequestParser& parser, const std::string& text, size_t piece) {
  size_t used = 0;
  while (used < text.size() && !parser.done()) {
    const size_t n = std::min(piece, text.size() - used);
    const auto copy = std::make_unique<char[]>(n);
    std::memcpy(copy.get(), text.data() + used, n);
    used += parser.feed(copy.get(), n);
  }
  return used;
}

TEST(RequestParser, TakesExactlyOneHead) {
  auto parser = std::make_unique<RequestParser>();
  const std::string head = "GET /a%20b/c?x=1&y HTTP/1.1\r\nHost: h\r\nRange: bytes=5-\r\n\r\n";
  for (size_t piece : {1, 2, 3, 1000}) {
    parser->reset();
    EXPECT_EQ(feed(*parser, head + "GET /next", piece), head.size());
    ASSERT_TRUE(parser->done());
    const Request& r = parser->request();
    EXPECT_EQ(r.error_status, 0);
    EXPECT_EQ(r.path, "/a b/c");
    EXPECT_EQ(r.query, "x=1&y");
    EXPECT_TRUE(r.keep_alive);
    EXPECT_FALSE(r.head_only);
    EXPECT_EQ(r.range.kind, ByteRange::Kind::kFrom);
    EXPECT_EQ(r.range.first, 5u);
  }
}

TEST(RequestParser, KeepAliveFollowsVersionAndField) {
  const struct {
    const char* text;
    bool keep;
  } cases[] = {
      {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", true}, {"GET / HTTP/1.1\r\nHost: h\r\nConnection: x, CLOSE\r\n\r\n", false},
      {"GET / HTTP/1.0\r\n\r\n", false},           {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
      {"GET / HTTP/1.1\nHost: h\n\n", true},       {"GET http://127.0.0.1:80/x HTTP/1.1\r\nHost: h\r\n\r\n", true},
  };
  for (const auto& c : cases) {
    auto parser = std::make_unique<RequestParser>();
    feed(*parser, c.text, 7);
    ASSERT_TRUE(parser->done()) << c.text;
    EXPECT_EQ(parser->request().error_status, 0) << c.text;
    EXPECT_EQ(parser->request().keep_alive, c.keep) << c.text;
  }
}

TEST(ByteRange, IsAppliedToTheSize) {
  const auto span = [](const char* field, uint64_t size) { return parse_byte_range(field).of(size); };
  EXPECT_EQ(span("bytes=0-0", 10).end, 1u);
  EXPECT_EQ(span("bytes=2-99", 10).end, 10u);
  EXPECT_EQ(span("bytes=-3", 10).begin, 7u);
  EXPECT_EQ(span("bytes=-30", 10).begin, 0u);
  EXPECT_EQ(span("bytes=0-18446744073709551615", 10).end, 10u);
  EXPECT_FALSE(span("bytes=10-", 10).satisfiable);
  EXPECT_FALSE(span("bytes=-0", 10).satisfiable);
  EXPECT_FALSE(span("bytes=0-", 0).satisfiable);
  for (const char* wrong :
       {"bytes=5-2", "bytes=a-b", "items=0-1", "bytes=", "bytes=-", "bytes=99999999999999999999-"}) {
    EXPECT_EQ(parse_byte_range(wrong).kind, ByteRange::Kind::kNone) << wrong;
  }
}

/// Whatever comes, the parser ends within its limit, takes no more than it was given, and what it accepts is a path
/// that stays inside.
TEST(RequestParser, AnyBytesEndInARequestOrARefusal) {
  std::mt19937 random(11);
  const std::vector<std::string> seeds = {
      "GET /a/b%20c?q=1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\nRange: bytes=1-2\r\n\r\n",
      "HEAD http://localhost/x/../y HTTP/1.0\r\nContent-Length: 12\r\n\r\n",
      "POST /%2e%2e%2f HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n",
  };
  const std::string spice = std::string("\r\n :/%?#.\t\0\x7f\xff", 14) + "0aZ-=,";
  auto parser = std::make_unique<RequestParser>();
  int accepted = 0;
  for (int i = 0; i < 60000; ++i) {
    std::string text = seeds[random() % seeds.size()];
    for (uint32_t n = random() % 6; n; --n) {
      const size_t at = random() % text.size();
      switch (random() % 4) {
        case 0:
          text[at] = spice[random() % spice.size()];
          break;
        case 1:
          text.insert(at, std::string(1 + (random() % 50 == 0 ? 9000 : random() % 3), spice[random() % spice.size()]));
          break;
        case 2:
          text.erase(at, 1 + random() % 5);
          break;
        default:
          text.insert(at, text.substr(random() % text.size(), random() % 40));
      }
      if (text.empty()) text = "G";
    }
    text += "\r\n\r\n";
    parser->reset();
    const size_t used = feed(*parser, text, 1 + random() % 100);
    ASSERT_LE(used, text.size());
    if (!parser->done()) continue;  // an LF went into a place where it ends nothing
    const Request& r = parser->request();
    if (r.error_status) {
      ASSERT_GE(r.error_status, 400);
      ASSERT_FALSE(r.keep_alive);
      continue;
    }
    ++accepted;
    ASSERT_FALSE(r.path.empty());
    ASSERT_EQ(r.path[0], '/');
    ASSERT_LE(r.path.size(), RequestParser::kMaxTargetBytes);
    ASSERT_EQ(("/" + std::string(r.path) + "/").find("/../"), std::string::npos);
    ASSERT_EQ(r.path.find('\0'), std::string_view::npos);
    ASSERT_LE(r.body_bytes, RequestParser::kMaxBodyBytes);
  }
  EXPECT_GT(accepted, 1000);
}

TEST(RequestParser, AnEndlessHeadIsRefusedAtTheLimit) {
  auto parser = std::make_unique<RequestParser>();
  EXPECT_LE(feed(*parser, std::string(100'000, 'a'), 1000), RequestParser::kMaxHeadBytes + 1);
  EXPECT_EQ(parser->request().error_status, 414);
  parser->reset();
  EXPECT_LE(feed(*parser, "GET / HTTP/1.1\r\nX: " + std::string(100'000, 'a'), 1000), RequestParser::kMaxHeadBytes + 1);
  EXPECT_EQ(parser->request().error_status, 431);
}

}  // namespace
}  // namespace graft::http
