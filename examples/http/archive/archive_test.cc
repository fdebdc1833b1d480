// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <set>

#include "examples/http/archive/archive_loader.hpp"
#include "examples/http/testing/ustar_writer.hpp"
#include "tests/conformance/fakes/fake_disk.hpp"
#include "tests/fakes/osenv/manual_host.hpp"

namespace graft::http {
namespace {

using testing::UstarWriter;
using State = ArchiveLoader::State;

class ArchiveTest : public ::testing::Test {
 protected:
  ArchiveTest()
      : host_(
            &fake_.env(), [](void*) {}, nullptr) {}

  /// Loads an image from a disk of its own; says how it ended.
  State load(std::vector<uint8_t> image, uint32_t block_bytes = 512, uint64_t bad_begin = 0, uint64_t bad_end = 0) {
    image.resize((image.size() + block_bytes - 1) / block_bytes * block_bytes);
    loader_.reset();
    reader_.emplace(host_);
    fakes::FakeDisk::Options options;
    options.size_bytes = image.size();
    options.block_bytes = block_bytes;
    disk_.emplace(world_, options);
    disk_->content() = image;
    if (bad_end) disk_->fail(bad_begin, bad_end, GRAFT_E_IO);
    EXPECT_TRUE(reader_->attach(Ref<graft_asyncblk_t>::share(&*disk_)).ok());
    loader_.emplace(host_, *reader_);
    loader_->start();
    while (loader_->state() == State::kLoading) {
      reader_->poll();
      EXPECT_TRUE(world_.run() || loader_->state() != State::kLoading);
      reader_->poll();
    }
    return loader_->state();
  }

  std::set<std::string> list(std::string_view folder) {
    std::set<std::string> names;
    loader_->index().list(folder, [&](std::string_view name, bool is_folder, uint64_t) {
      EXPECT_TRUE(names.insert(std::string(name) + (is_folder ? "/" : "")).second) << "listed twice: " << name;
    });
    return names;
  }

  fakes::ManualHost fake_;
  Host host_;
  fakes::FakeWorld world_;
  std::optional<fakes::FakeDisk> disk_;
  std::optional<DiskReader> reader_;
  std::optional<ArchiveLoader> loader_;
};

using Names = std::set<std::string>;

TEST_F(ArchiveTest, PathsFoldersAndPrefixesAreFound) {
  UstarWriter writer;
  writer.add("./", "", '5').add("./a.txt", "aaa").add("dir/", "", '5').add("dir/x", "x").add("dir-b", "sorts between");
  writer.add("deep/er/file", "f", '0', "long/prefix").add("empty/", "", '5').add("link", "", '2').add("a.txt", "newer");
  for (uint32_t block_bytes : {512u, 4096u}) {
    ASSERT_EQ(load(writer.closed(), block_bytes), State::kReady) << loader_->reason();
    const ArchiveIndex& index = loader_->index();
    ArchiveIndex::File file;
    ASSERT_TRUE(index.find("a.txt", &file));
    EXPECT_EQ(file.size_bytes, 5u) << "the later member of a name counts";
    ASSERT_TRUE(index.find("long/prefix/deep/er/file", &file));
    EXPECT_FALSE(index.find("dir", &file));
    EXPECT_FALSE(index.find("link", &file));
    EXPECT_EQ(loader_->skipped(), 1u);
    EXPECT_EQ(index.file_count(), 4u);
    EXPECT_EQ(list(""), (Names{"a.txt", "dir/", "dir-b", "empty/", "long/"}));
    EXPECT_EQ(list("dir"), (Names{"x"}));
    EXPECT_EQ(list("long/prefix"), (Names{"deep/"}));
    EXPECT_EQ(list("empty"), Names{});
    for (const char* folder : {"", "dir", "empty", "long", "long/prefix", "long/prefix/deep/er"}) {
      EXPECT_TRUE(index.has_folder(folder)) << folder;
    }
    for (const char* folder : {"di", "dir-b", "a.txt", "long/pre", "nothing"})
      EXPECT_FALSE(index.has_folder(folder)) << folder;
  }
}

TEST_F(ArchiveTest, ManyFilesAreAllFound) {
  UstarWriter writer;
  for (int i = 0; i < 3000; ++i)
    writer.add("d" + std::to_string(i % 7) + "/f" + std::to_string(i), std::string(i % 1500, 'x'));
  ASSERT_EQ(load(writer.closed()), State::kReady);
  EXPECT_EQ(loader_->index().file_count(), 3000u);
  for (int i = 0; i < 3000; ++i) {
    ArchiveIndex::File file;
    ASSERT_TRUE(loader_->index().find("d" + std::to_string(i % 7) + "/f" + std::to_string(i), &file));
    EXPECT_EQ(file.size_bytes, static_cast<uint64_t>(i % 1500));
  }
  EXPECT_EQ(list("d3").size(), 429u - (3000 % 7 <= 3 ? 1 : 0));
}

TEST_F(ArchiveTest, UnreadableDataDoNotHideTheHeaders) {
  UstarWriter writer;
  writer.add("a", std::string(9000, 'a')).add("b", std::string(5000, 'b'));
  for (uint32_t block_bytes : {512u, 4096u}) {
    const uint64_t begin = block_bytes;
    EXPECT_EQ(load(writer.closed(), block_bytes, begin, begin + 512), State::kReady) << loader_->reason();
    EXPECT_EQ(loader_->index().file_count(), 2u);
  }
  EXPECT_EQ(load(writer.closed(), 512, 9728, 9729), State::kFailed);
  EXPECT_NE(loader_->reason().find("1 sectors from sector 19"), std::string_view::npos) << loader_->reason();
}

TEST_F(ArchiveTest, NamesThatLeadOutAreRefused) {
  EXPECT_EQ(load(UstarWriter().add("a/../../etc/passwd", "x").closed()), State::kFailed);
  EXPECT_NE(loader_->reason().find("wrong field"), std::string_view::npos);
}

TEST_F(ArchiveTest, RunningOutOfMemoryIsAReason) {
  UstarWriter writer;
  for (int i = 0; i < 500; ++i) writer.add("file" + std::to_string(i), "x");
  fake_.fail_page_alloc_after(3);
  EXPECT_EQ(load(writer.closed()), State::kFailed);
  fake_.fail_page_alloc_after(-1);
  loader_.reset();
  EXPECT_EQ(fake_.pages_in_use(), 0u);
}

/// Whatever is changed in an archive, reading it ends, and no file it lists lies outside the disk.
TEST_F(ArchiveTest, DamagedArchivesNeverLeadOutsideTheDisk) {
  UstarWriter writer;
  writer.add("first", std::string(700, '1'))
      .add("dir/second", "2", '0', "prefix")
      .add("sub/", "", '5')
      .add("third", "3");
  const std::vector<uint8_t> good = writer.closed();
  std::mt19937 random(5);
  int ready = 0;
  for (int i = 0; i < 5000; ++i) {
    std::vector<uint8_t> image = good;
    for (uint32_t n = 1 + random() % 8; n; --n) image[random() % image.size()] = static_cast<uint8_t>(random());
    const uint32_t sealed[] = {0, 1536, 2560, 3072};
    for (uint32_t header : sealed) {
      if (random() % 4 == 0) {
        for (int k = 0; k < 12; ++k)
          image[header + 124 + k] = static_cast<uint8_t>(random() % 3 ? '0' + random() % 8 : random());
      }
      if (random() % 4) UstarWriter::seal(image.data() + header);
    }
    if (random() % 4 == 0) image.resize(512 * (1 + random() % 8));
    if (load(image) != State::kReady) continue;
    ++ready;
    loader_->index().list("", [&](std::string_view name, bool is_folder, uint64_t size_bytes) {
      ArchiveIndex::File file;
      if (is_folder || !loader_->index().find(name, &file)) return;
      ASSERT_EQ(file.size_bytes, size_bytes);
      ASSERT_LE(file.offset_bytes, image.size());
      ASSERT_LE(file.size_bytes, image.size() - file.offset_bytes);
    });
  }
  EXPECT_GT(ready, 50);
}

}  // namespace
}  // namespace graft::http
