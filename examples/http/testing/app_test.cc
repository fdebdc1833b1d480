// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/testing/app_fixture.hpp"

namespace graft::http::testing {
namespace {

using fakes::FakeDisk;
using State = ArchiveLoader::State;

class HttpAppTest : public AppFixture {
 protected:
  void start_with(const std::map<std::string, std::string>& files, FakeDisk::Options options = {}) {
    UstarWriter writer;
    for (const auto& [name, content] : files) writer.add(name, content);
    start(writer.closed(), options);
    settle();
    ASSERT_EQ(app_->archive().state(), State::kReady) << app_->archive().reason();
  }
};

TEST_F(HttpAppTest, EveryFileIsServedAsItIs) {
  std::map<std::string, std::string> files = {{"empty", ""}, {"one", "x"}, {"a/b/c.txt", "deep"}};
  for (size_t size : {511, 512, 513, 1460, 4096, 16383, 16384, 16385, 100000, 300001}) {
    files["size" + std::to_string(size)] = pattern(size, static_cast<uint32_t>(size));
  }
  start_with(files);
  for (const auto& [name, content] : files) {
    const Reply reply = get("/" + name);
    EXPECT_EQ(reply.status, 200) << name;
    EXPECT_TRUE(reply.body == content) << name;
  }
  EXPECT_EQ(peer_.bad_checksums(), 0u);
}

TEST_F(HttpAppTest, DisksWithLargeBlocksAndAnyOrderOfCompletions) {
  FakeDisk::Options options;
  options.block_bytes = 4096;
  options.out_of_order = true;
  options.queue_depth = 3;
  const std::string content = pattern(700'000, 5);
  start_with({{"a", "first"}, {"b", content}, {"c", "last"}}, options);
  EXPECT_TRUE(get("/b").body == content);
  EXPECT_EQ(get("/a").body, "first");
  EXPECT_EQ(get("/c").body, "last");
}

TEST_F(HttpAppTest, ALargeFileBesideSixteenParallelClients) {
  std::map<std::string, std::string> files = {{"large", pattern(64 << 20, 1)}};
  for (int i = 0; i < 16; ++i) files["small" + std::to_string(i)] = pattern(20'000 + 1000u * i, 100u + i);
  FakeDisk::Options options;
  options.out_of_order = true;
  start_with(files, options);
  auto large = connect();
  large->send("GET /large HTTP/1.1\r\nHost: test\r\n\r\n");
  run([&] { return large->received().size() > 100'000; });
  std::vector<std::shared_ptr<PeerConnection>> small;
  for (int i = 0; i < 16; ++i) {
    small.push_back(connect());
    small.back()->send("GET /small" + std::to_string(i) + " HTTP/1.1\r\nHost: test\r\n\r\n");
  }
  EXPECT_TRUE(run(
      [&] { return std::all_of(small.begin(), small.end(), [](auto& c) { return parse(c->received()).complete; }); }));
  const size_t expected = files["large"].size();
  EXPECT_LT(large->received().size(), expected) << "the small files had to wait for the large one";
  for (int i = 0; i < 16; ++i) EXPECT_TRUE(parse(small[i]->received()).body == files["small" + std::to_string(i)]) << i;
  EXPECT_TRUE(run([&] { return large->received().size() > expected; }, 1000 * kSecond_ns));
  EXPECT_TRUE(parse(large->received()).body == files["large"]);
  // The memory of a frame goes from the disk to the card as it is: only headers and acknowledgements are copied.
  EXPECT_EQ(app_->network().stats().transmit.linearised, 0u);
}

TEST_F(HttpAppTest, LostRepeatedAndSwappedFramesChangeNothing) {
  const std::string content = pattern(400'000, 9);
  start_with({{"f", content}});
  peer_.set_faults({.lose = 0.05, .repeat = 0.05, .swap = 0.05});
  for (int i = 0; i < 4; ++i) {
    auto connection = peer_.connect(80);
    connection->send("GET /f HTTP/1.1\r\nHost: test\r\n\r\n");
    EXPECT_TRUE(run([&] { return parse(connection->received()).complete; }, 900 * kSecond_ns));
    EXPECT_TRUE(parse(connection->received()).body == content);
  }
  peer_.set_faults({});
}

TEST_F(HttpAppTest, AWindowOfMoreThan64KiBIsUsed) {
  const std::string content = pattern(900'000, 3);
  start_with({{"f", content}});
  peer_.set_window_scale(7);
  auto connection = peer_.connect(80);
  connection->set_window(1 << 20);
  connection->send("GET /f HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_TRUE(run([&] { return parse(connection->received()).complete; }));
  EXPECT_TRUE(parse(connection->received()).body == content);
}

TEST_F(HttpAppTest, PipelinedRequestsAreAnsweredInOrder) {
  start_with({{"a", pattern(30'000, 1)}, {"b", "bb"}, {"c", pattern(100, 2)}});
  std::string all;
  for (int i = 0; i < 40; ++i) {
    all += "GET /a HTTP/1.1\r\nHost: t\r\n\r\nHEAD /a HTTP/1.1\r\nHost: t\r\n\r\nGET /b HTTP/1.1\r\nHost: t\r\n\r\n";
  }
  auto connection = connect();
  connection->send(all + "GET /c HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(run([&] { return connection->closed_by_server(); }));
  std::string rest = connection->received();
  const auto expect = [&](const std::string& body, bool head_only) {
    const Reply reply = parse(rest, head_only);
    ASSERT_TRUE(reply.complete);
    EXPECT_TRUE(reply.body == body);
    rest.erase(0, reply.head.size() + reply.body.size());
  };
  for (int i = 0; i < 40; ++i) {
    expect(pattern(30'000, 1), false);
    expect("", true);
    expect("bb", false);
  }
  expect(pattern(100, 2), false);
  EXPECT_TRUE(rest.empty());
}

TEST_F(HttpAppTest, RequestsArrivingByteByByteAreUnderstood) {
  start_with({{"f", "content"}});
  auto connection = connect();
  for (char c : std::string("\r\nGET /f HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")) {
    connection->send(std::string(1, c));
    run_for(1'000'000);
  }
  EXPECT_TRUE(run([&] { return connection->closed_by_server(); }));
  EXPECT_EQ(parse(connection->received()).body, "content");
}

TEST_F(HttpAppTest, RangesAreCutOut) {
  const std::string content = pattern(50'000, 4);
  start_with({{"f", content}});
  Reply reply = get("/f", "Range: bytes=100-199\r\n");
  EXPECT_EQ(reply.status, 206);
  EXPECT_EQ(field(reply, "Content-Range"), "bytes 100-199/50000");
  EXPECT_TRUE(reply.body == content.substr(100, 100));
  EXPECT_TRUE(get("/f", "Range: bytes=16380-\r\n").body == content.substr(16380));
  EXPECT_TRUE(get("/f", "Range: bytes=-7\r\n").body == content.substr(50'000 - 7));
  reply = get("/f", "Range: bytes=50000-\r\n");
  EXPECT_EQ(reply.status, 416);
  EXPECT_EQ(field(reply, "Content-Range"), "bytes */50000");
  EXPECT_EQ(get("/f", "Range: bytes=1-2,4-5\r\n").status, 200);
}

TEST_F(HttpAppTest, BadRequestsGetTheirStatusAndTheServerGoesOn) {
  start_with({{"f", "content"}, {"dir/x", "x"}});
  const struct {
    const char* text;
    int status;
  } cases[] = {
      {"GET /none HTTP/1.1\r\nHost: t\r\n\r\n", 404},
      {"GET /f/ HTTP/1.1\r\nHost: t\r\n\r\n", 404},
      {"GET /dir HTTP/1.1\r\nHost: t\r\n\r\n", 301},
      {"POST /f HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc", 405},
      {"GET /f HTTP/1.1\r\n\r\n", 400},
      {"GET /f HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"GET /../f HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"GET /%2e%2e/f HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"GET /dir/..%2ff HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"GET /%00 HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"GET /%zz HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"GET f HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"GET /f HTTP/2.0\r\nHost: t\r\n\r\n", 505},
      {"GET /f\r\n\r\n", 400},
      {"\x16\x03\x01 hello\r\n\r\n", 400},
      {"GET /f HTTP/1.1\r\nHost : t\r\n\r\n", 400},
      {"GET /f HTTP/1.1\r\nHost: t\r\n folded\r\n\r\n", 400},
      {"GET /f HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n", 501},
      {"GET /f HTTP/1.1\r\nHost: t\r\nContent-Length: 99999999\r\n\r\n", 413},
      {"GET /f HTTP/1.1\r\nHost: t\r\nContent-Length: 1x\r\n\r\n", 400},
  };
  for (const auto& c : cases) EXPECT_EQ(exchange(c.text).status, c.status) << c.text;
  EXPECT_EQ(exchange("GET /" + std::string(3000, 'a') + " HTTP/1.1\r\nHost: t\r\n\r\n").status, 414);
  EXPECT_EQ(exchange("GET /" + std::string(20000, 'a')).status, 414);
  EXPECT_EQ(exchange("GET / HTTP/1.1\r\nHost: t\r\nX: " + std::string(9000, 'a')).status, 431);
  EXPECT_EQ(exchange("GET / HTTP/1.1\r\n" +
                     [] {
                       std::string fields;
                       for (int i = 0; i < 100; ++i) fields += "X: y\r\n";
                       return fields;
                     }() +
                     "\r\n")
                .status,
            431);
  EXPECT_EQ(field(exchange("DELETE /f HTTP/1.1\r\nHost: t\r\n\r\n"), "Allow"), "GET, HEAD");
  EXPECT_EQ(get("/f").body, "content");
}

TEST_F(HttpAppTest, ARequestWithABodyIsAnsweredAndTheBodySkipped) {
  start_with({{"f", "content"}});
  auto connection = connect();
  connection->send("GET /f HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\n0123456789GET /f HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(run([&] { return connection->closed_by_server(); }));
  const std::string& all = connection->received();
  const Reply first = parse(all);
  EXPECT_EQ(first.body, "content");
  EXPECT_EQ(parse(all.substr(first.head.size() + first.body.size())).body, "content");
}

TEST_F(HttpAppTest, FoldersAreListedAndIndexPagesTakeTheirPlace) {
  start_with({{"plain/a.txt", "a"}, {"plain/sub/b", "b"}, {"site/index.html", "<p>hello"}, {"odd <&> name", "odd"}});
  const Reply root = get("/");
  EXPECT_EQ(root.status, 200);
  EXPECT_NE(root.body.find("href=\"./plain/\""), std::string::npos);
  EXPECT_NE(root.body.find("odd &lt;&amp;&gt; name"), std::string::npos);
  EXPECT_NE(root.body.find("odd%20%3C%26%3E%20name"), std::string::npos);
  EXPECT_EQ(get("/odd%20%3C%26%3E%20name").body, "odd");
  const Reply plain = get("/plain/");
  EXPECT_NE(plain.body.find("a.txt"), std::string::npos);
  EXPECT_NE(plain.body.find("href=\"./sub/\""), std::string::npos);
  EXPECT_EQ(plain.body.find(">b<"), std::string::npos);
  EXPECT_EQ(field(get("/plain"), "Location"), "/plain/");
  const Reply site = get("/site/");
  EXPECT_EQ(site.body, "<p>hello");
  EXPECT_EQ(field(site, "Content-Type"), "text/html; charset=utf-8");
}

TEST_F(HttpAppTest, TheStatusPageHasBothForms) {
  start_with({{"f", "content"}});
  EXPECT_EQ(get("/f").status, 200);
  const Reply html = get("/status");
  EXPECT_EQ(field(html, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(html.body.find("10.0.2.15"), std::string::npos);
  for (const char* path : {"/status.json", "/status?json"}) {
    const Reply json = get(path);
    EXPECT_EQ(field(json, "Content-Type"), "application/json");
    EXPECT_NE(json.body.find("\"state\": \"ready\""), std::string::npos);
    EXPECT_NE(json.body.find("\"ipv4\": \"10.0.2.15\""), std::string::npos);
  }
}

TEST_F(HttpAppTest, NoDiskIsSaidClearly) {
  start_without_disk();
  const Reply reply = get("/anything");
  EXPECT_EQ(reply.status, 503);
  EXPECT_NE(reply.body.find("there is no disk"), std::string::npos);
  EXPECT_EQ(get("/status").status, 200);
}

TEST_F(HttpAppTest, WhatIsNoArchiveIsSaidClearly) {
  start(std::vector<uint8_t>(8192, 0xa5));
  settle();
  const Reply reply = get("/");
  EXPECT_EQ(reply.status, 503);
  EXPECT_NE(reply.body.find("does not hold a ustar archive"), std::string::npos);
  EXPECT_TRUE(host_.logged("does not hold a ustar archive"));
}

TEST_F(HttpAppTest, ATruncatedArchiveIsSaidClearly) {
  UstarWriter writer;
  writer.add("first", "ok").add("big", pattern(100'000, 1));
  std::vector<uint8_t> image = writer.closed();
  image.resize(50 * 512);
  start(image);
  settle();
  const Reply reply = get("/first");
  EXPECT_EQ(reply.status, 503);
  EXPECT_NE(reply.body.find("truncated: big has 100000 bytes"), std::string::npos) << reply.body;
}

TEST_F(HttpAppTest, AnArchiveWithoutItsEndIsSaidClearly) {
  start(UstarWriter().add("first", "ok").open());
  settle();
  EXPECT_NE(get("/").body.find("without an end-of-archive block"), std::string::npos);
}

TEST_F(HttpAppTest, ADamagedHeaderIsSaidClearly) {
  std::vector<uint8_t> image = UstarWriter().add("first", "ok").add("second", "ok").closed();
  image[1024 + 10] ^= 1;
  start(image);
  settle();
  EXPECT_NE(get("/").body.find("header at byte 1024 has a wrong checksum"), std::string::npos);
}

TEST_F(HttpAppTest, ADiskErrorWhileTheArchiveIsReadIsSaidClearly) {
  UstarWriter writer;
  writer.add("first", pattern(100'000, 1)).add("second", "ok");
  FakeDisk::Options options;
  std::vector<uint8_t> image = writer.closed();
  options.size_bytes = image.size();
  disk_.emplace(world_, options);
  disk_->content() = image;
  disk_->fail(101'000, 102'000, GRAFT_E_IO);
  start_app();
  settle();
  const Reply reply = get("/first");
  EXPECT_EQ(reply.status, 503);
  EXPECT_NE(reply.body.find("IO"), std::string::npos);
}

TEST_F(HttpAppTest, ADiskErrorBeforeTheFirstByteIsA500) {
  start_with({{"a", pattern(40'000, 1)}, {"b", "fine"}});
  disk_->fail(512, 1024, GRAFT_E_IO);
  const Reply reply = get("/a");
  EXPECT_EQ(reply.status, 500);
  EXPECT_TRUE(host_.logged("/a: reading sectors 1 to 31 failed: IO"));
  EXPECT_EQ(get("/b").body, "fine");
  disk_->fail(0, 0, GRAFT_OK);
  EXPECT_TRUE(get("/a").body == pattern(40'000, 1));
}

TEST_F(HttpAppTest, ADiskErrorLaterResetsTheConnection) {
  start_with({{"a", pattern(400'000, 1)}, {"b", "fine"}});
  disk_->fail(200'000, 200'001, GRAFT_E_IO);
  auto connection = connect();
  connection->send("GET /a HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_TRUE(run([&] { return connection->was_reset(); }));
  EXPECT_EQ(parse(connection->received()).status, 200);
  EXPECT_LT(connection->received().size(), 200'001u);
  EXPECT_TRUE(host_.logged("failed: IO"));
  EXPECT_EQ(get("/b").body, "fine");
  disk_->fail(0, 0, GRAFT_OK);
  EXPECT_TRUE(get("/a").body == pattern(400'000, 1));
}

TEST_F(HttpAppTest, ADiskThatIsRemovedAnswers503) {
  start_with({{"a", "content"}});
  disk_->remove();
  EXPECT_EQ(get("/a").status, 503);
  EXPECT_EQ(get("/status").status, 200);
}

TEST_F(HttpAppTest, MoreConnectionsThanServedGet503AndLaterOnesAreServed) {
  start_with({{"f", "content"}});
  std::vector<std::shared_ptr<PeerConnection>> many;
  for (uint32_t i = 0; i < HttpServer::kConnections; ++i) many.push_back(connect());
  const Reply reply = get("/f");
  EXPECT_EQ(reply.status, 503);
  for (auto& connection : many) connection->close();
  EXPECT_TRUE(run([&] { return app_->server().stats().active == 0; }));
  EXPECT_EQ(get("/f").body, "content");
}

TEST_F(HttpAppTest, IdleSlowAndStalledClientsAreLetGo) {
  start_with({{"f", pattern(2 << 20, 1)}});
  auto idle = connect();
  auto slow = connect();
  slow->send("GET /f HTTP/1.1\r\nHo");
  auto stalled = connect();
  stalled->send("GET /f HTTP/1.1\r\nHost: t\r\n\r\n");
  run([&] { return stalled->received().size() > 10'000; });
  stalled->set_window(0);
  run_for(90 * kSecond_ns);
  EXPECT_TRUE(idle->closed_by_server());
  EXPECT_EQ(parse(slow->received()).status, 408);
  EXPECT_TRUE(stalled->was_reset());
  run_for(30 * kSecond_ns);
  EXPECT_EQ(app_->server().stats().active, 0u);
  EXPECT_EQ(app_->buffers().free_count(), app_->buffers().total());
}

TEST_F(HttpAppTest, AClientThatResetsFreesEverything) {
  start_with({{"f", pattern(2 << 20, 1)}});
  for (int i = 0; i < 20; ++i) {
    auto connection = connect();
    connection->send("GET /f HTTP/1.1\r\nHost: t\r\n\r\n");
    run([&] { return connection->received().size() > 30'000u * i; });
    connection->reset();
  }
  EXPECT_TRUE(run([&] { return app_->server().stats().active == 0; }));
  EXPECT_TRUE(run([&] { return app_->buffers().free_count() == app_->buffers().total(); }));
}

TEST_F(HttpAppTest, PingIsAnsweredWholeAndInPieces) {
  start_with({{"f", "content"}});
  for (size_t piece : {0, 7, 100, 600}) {
    ether_.set_piece_bytes(piece);
    for (uint16_t size : {0, 1, 56, 114, 115, 800, 1472}) {
      const int before = peer_.pings_answered();
      peer_.ping(1, size, pattern(size, size));
      EXPECT_TRUE(run([&] { return peer_.pings_answered() == before + 1; })) << size << " in pieces of " << piece;
    }
  }
}

TEST_F(HttpAppTest, RequestsInPiecesOfMemoryAreUnderstood) {
  start_with({{"f", "content"}});
  for (size_t piece : {1, 5, 64, 200}) {
    ether_.set_piece_bytes(piece);
    const Reply reply = get("/f", "X: " + std::string(700, 'x') + "\r\n");
    EXPECT_EQ(reply.body, "content") << piece;
  }
}

TEST_F(HttpAppTest, MalformedFramesAreDropped) {
  start_with({{"f", "content"}});
  for (size_t size : {0, 1, 13, 14, 20, 33, 59, 1518, 1519, 4000}) {
    Frame frame(size, 0xff);
    if (size >= 14) std::copy_n(Peer::kServerMac, 6, frame.begin()), frame[12] = 8, frame[13] = 0;
    peer_.send_raw(frame);
  }
  std::mt19937 random(3);
  for (int i = 0; i < 3000; ++i) {
    Frame frame(14 + random() % 1500);
    for (auto& byte : frame) byte = static_cast<uint8_t>(random());
    std::copy_n(Peer::kServerMac, 6, frame.begin());
    frame[12] = 8;
    frame[13] = random() % 4 ? 0 : 6;
    if (frame.size() > 34 && random() % 2) frame[14] = 0x45, frame[16] = 0, frame[17] = 200, frame[23] = 6;
    peer_.send_raw(frame);
    if (i % 50 == 0) run_for(1'000'000);
  }
  EXPECT_EQ(get("/f").body, "content");
}

TEST_F(HttpAppTest, AFullRingHoldsPacketsUntilThereIsSpace) {
  const std::string content = pattern(300'000, 2);
  start_with({{"f", content}});
  peer_.set_window_scale(4);
  auto connection = peer_.connect(80);
  connection->set_window(500'000);
  run([&] { return connection->established(); });
  connection->send("GET /f HTTP/1.1\r\nHost: t\r\n\r\n");
  for (int i = 0; i < 200 && !parse(connection->received()).complete; ++i) {
    ether_.hold(true);
    run_for(3'000'000);
    ether_.hold(false);
    run_for(1'000'000);
  }
  EXPECT_TRUE(run([&] { return parse(connection->received()).complete; }));
  EXPECT_TRUE(parse(connection->received()).body == content);
  EXPECT_GT(app_->network().stats().transmit.busy, 0u);
}

TEST_F(HttpAppTest, TheLinkGoingDownAndUpIsSurvived) {
  const std::string content = pattern(500'000, 2);
  start_with({{"f", content}});
  auto connection = connect();
  connection->send("GET /f HTTP/1.1\r\nHost: t\r\n\r\n");
  run([&] { return connection->received().size() > 50'000; });
  ether_.set_link(false);
  run_for(2 * kSecond_ns);
  ether_.set_link(true);
  EXPECT_TRUE(run([&] { return parse(connection->received()).complete; }));
  EXPECT_TRUE(parse(connection->received()).body == content);
}

TEST_F(HttpAppTest, ACardThatIsPulledOutLeavesTheServerAlive) {
  start_with({{"f", pattern(500'000, 2)}});
  auto connection = connect();
  connection->send("GET /f HTTP/1.1\r\nHost: t\r\n\r\n");
  run([&] { return connection->received().size() > 50'000; });
  ether_.remove();
  run_for(5 * kSecond_ns);
  EXPECT_TRUE(host_.logged("the network interface is gone"));
}

TEST_F(HttpAppTest, StoppingInTheMiddleOfEverythingLeaksNothing) {
  const size_t pages_before = host_.pages_in_use();
  start_with({{"f", pattern(1 << 20, 2)}});
  for (int i = 0; i < 8; ++i) {
    auto connection = connect();
    connection->send("GET /f HTTP/1.1\r\nHost: t\r\n\r\n");
  }
  disk_->hold(true);
  run_for(1'000'000);
  stop();
  // The first start of lwIP keeps its heap.
  const size_t pages_after = host_.pages_in_use();
  EXPECT_LE(pages_after, std::max(pages_before, pages_for(GRAFT_LWIP_HEAP_BYTES)));
}

TEST_F(HttpAppTest, WithoutMemoryCreateFailsAndLeaksNothing) {
  start_with({{"f", "x"}});
  stop();
  disk_.reset();
  const size_t pages = host_.pages_in_use();
  for (int budget = 0; budget < 20; ++budget) {
    host_.fail_page_alloc_after(budget);
    HttpApp app(
        &host_.env(), [](void*) {}, nullptr, HttpConfig{}, nullptr);
    static_cast<void>(app.create().ok());
    host_.fail_page_alloc_after(-1);
  }
  EXPECT_EQ(host_.pages_in_use(), pages);
}

}  // namespace
}  // namespace graft::http::testing
