// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/kubectl.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/base/unique_fd.h"
#include "core/json/list_splitter.h"

namespace nacelle::kubectl {
namespace {

constexpr std::size_t kBuffer = 64 * 1024;
// An object has some 20 kB, and each call costs kubectl a tenth of a second.
constexpr int kObjectsACall = 2500;

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

Result<Pipe> MakePipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return ErrnoError(errno, "pipe");
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

using Sink = std::function<void(std::string_view)>;

// Reads both until both have ended, so that neither blocks the child.
void ReadBoth(std::array<int, 2> from, const std::array<Sink, 2>& sinks) {
  std::array<pollfd, 2> waiting = {{{from[0], POLLIN, 0}, {from[1], POLLIN, 0}}};
  std::vector<char> buffer(kBuffer);
  while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
    if (poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) return;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      if (waiting[i].fd < 0 || waiting[i].revents == 0) continue;
      const auto count = read(waiting[i].fd, buffer.data(), buffer.size());
      if (count > 0) {
        sinks[i]({buffer.data(), static_cast<std::size_t>(count)});
      } else if (count == 0 || errno != EINTR) {
        waiting[i].fd = -1;
      }
    }
  }
}

Result<pid_t> Spawn(const std::string& program, std::vector<std::string> words, const Pipe& out, const Pipe& err) {
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out.write.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write.get(), STDERR_FILENO);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, program.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed == ENOENT) return Error(Code::kUnavailable, program + ": not found on the PATH; kubectl-nacelle asks through it");
  if (failed != 0) return ErrnoError(failed, program);
  return child;
}

// kubectl's last line says what is wrong; those before it are warnings.
std::string LastLine(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const auto newline = text.rfind('\n');
  return newline == std::string::npos ? text : text.substr(newline + 1);
}

// Empty: this was the last one.
std::string NextPage(const json::Value& list) {
  const auto* meta = list.AsObject()->Find("metadata");
  const auto* next = meta == nullptr || meta->AsObject() == nullptr ? nullptr : meta->AsObject()->Find("continue");
  return next == nullptr || next->AsString() == nullptr ? std::string() : *next->AsString();
}

Code CodeOf(std::string_view complaint) {
  for (const std::string_view missing : {"(NotFound)", "doesn't have a resource type"}) {
    if (complaint.find(missing) != std::string_view::npos) return Code::kNotFound;
  }
  return complaint.find("(Forbidden)") != std::string_view::npos ? Code::kDenied : Code::kUnavailable;
}

}  // namespace

Result<std::string> Kubectl::Run(const std::vector<std::string>& words) const {
  std::string text;
  auto status = Stream(words, [&](std::string_view part) {
    text += part;
    return Status();
  });
  if (!status) return std::move(status).error();
  return text;
}

Status Kubectl::Stream(const std::vector<std::string>& words, const std::function<Status(std::string_view)>& take) const {
  std::vector<std::string> all = {program_};
  all.insert(all.end(), words.begin(), words.end());
  // After the command's own words: kubectl takes these options anywhere.
  all.insert(all.end(), common_.begin(), common_.end());
  auto out = MakePipe();
  auto err = MakePipe();
  if (!out || !err) return out ? err.error() : out.error();
  const auto child = Spawn(program_, std::move(all), *out, *err);
  if (!child) return child.error();
  out->write = UniqueFd();
  err->write = UniqueFd();
  std::string complaint;
  Status taken;
  // What is refused is still read, so that kubectl ends by itself.
  const Sink printed = [&](std::string_view part) { if (taken) taken = take(part); };
  ReadBoth({out->read.get(), err->read.get()}, {printed, [&](std::string_view part) { complaint += part; }});
  int status = 0;
  while (waitpid(*child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return taken;
  complaint = LastLine(std::move(complaint));
  return Error(CodeOf(complaint), complaint.empty() ? "kubectl ended without a word" : complaint);
}

Status Kubectl::ForEach(const std::string& path, const std::function<Status(const json::Value&)>& take) const {
  std::string next;
  do {
    json::ListSplitter splitter(take);
    const auto page = path + "?limit=" + std::to_string(kObjectsACall) + (next.empty() ? "" : "&continue=" + next);
    auto status = Stream({"get", "--raw", page}, [&](std::string_view part) { return splitter.Feed(part); });
    if (!status) return status;
    const auto around = splitter.Finish();
    if (!around) return Error(around.error()).In("what kubectl printed");
    next = NextPage(*around);
  } while (!next.empty());
  return {};
}

Result<json::Value> Kubectl::Get(std::vector<std::string> words) const {
  words.insert(words.begin(), "get");
  words.insert(words.end(), {"-o", "json"});
  const auto text = Run(words);
  if (!text) return text.error();
  auto parsed = json::Parse(*text);
  if (!parsed) return std::move(parsed).error().In("what kubectl printed");
  return parsed;
}

Result<const json::Array*> ItemsOf(const json::Value& list) {
  const auto* items = list.AsObject() == nullptr ? nullptr : list.AsObject()->Find("items");
  if (items == nullptr || items->AsArray() == nullptr) return Error(Code::kInvalid, "what kubectl printed is no list");
  return items->AsArray();
}

}  // namespace nacelle::kubectl
