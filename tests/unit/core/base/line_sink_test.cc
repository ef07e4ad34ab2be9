// SPDX-License-Identifier: Apache-2.0
#include "core/base/line_sink.h"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <array>

#include "core/base/exit_limit.h"
#include "core/base/log.h"
#include "core/base/unique_fd.h"

namespace nacelle {
namespace {

// A pipe of which nobody reads until Drain.
class LineSinkTest : public testing::Test {
 protected:
  LineSinkTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
    out_ = UniqueFd(ends[0]);
    in_ = UniqueFd(ends[1]);
  }

  void Fill() {
    while (TakesLine(in_.get())) EXPECT_EQ(write(in_.get(), page_.data(), page_.size()), static_cast<ssize_t>(page_.size()));
  }

  std::string Drain() {
    fcntl(out_.get(), F_SETFL, O_NONBLOCK);
    std::string text;
    std::array<char, 65536> part{};
    for (ssize_t n = 0; (n = read(out_.get(), part.data(), part.size())) > 0;) text.append(part.data(), static_cast<std::size_t>(n));
    return text;
  }

  const std::string page_ = std::string(PIPE_BUF, '.');
  UniqueFd out_;
  UniqueFd in_;
};

TEST_F(LineSinkTest, WhatNobodyReadsIsLostAndCountedAndNobodyWaits) {
  LineSink sink(in_.get());
  Fill();
  sink.Put("first\n");
  sink.Put("second\n");
  EXPECT_EQ(Drain().find("first"), std::string::npos);
  sink.Put("third\n");
  sink.Put("fourth\n");
  EXPECT_EQ(Drain(), "level=warning msg=\"nobody read the log, and lines were lost\" lines=2\nthird\nfourth\n");
}

TEST_F(LineSinkTest, ALongLineIsWrittenInPieces) {
  LineSink sink(in_.get());
  const auto line = std::string(3 * PIPE_BUF, 'x') + "\n";
  sink.Put(line);
  EXPECT_EQ(Drain(), line);
}

TEST_F(LineSinkTest, WhatFollowsATornLineBeginsALineOfItsOwn) {
  LineSink sink(in_.get());
  sink.Put(std::string(1 << 20, 'x') + "\n");  // more than the pipe holds
  const auto torn = Drain();
  EXPECT_EQ(torn.find('\n'), std::string::npos);
  EXPECT_FALSE(torn.empty());
  sink.Put("next\n");
  EXPECT_EQ(Drain(), "\nlevel=warning msg=\"nobody read the log, and lines were lost\" lines=1\nnext\n");
}

using LineSinkDeathTest = LineSinkTest;

TEST_F(LineSinkDeathTest, AProcessWhoseLogNobodyReadsLogsAndEndsAllTheSame) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        Fill();
        dup2(in_.get(), STDERR_FILENO);
        Log(kInfo, "the thread that says so goes on");
        LimitExit(std::chrono::seconds(1));
        while (true) pause();
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace nacelle
