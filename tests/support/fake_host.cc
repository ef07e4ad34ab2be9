// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_host.h"

#include <stdlib.h>

#include <cstdio>

namespace nacelle {
namespace fs = std::filesystem;
namespace {

fs::path MakeFolder() {
  std::string pattern = (fs::temp_directory_path() / "fake-host-XXXXXX").native();
  if (mkdtemp(pattern.data()) == nullptr) {
    std::perror("mkdtemp");
    abort();
  }
  return pattern;
}

MachineEntry ToEntry(const std::string& contents) {
  if (contents == "/") return {MachineEntry::Kind::kFolder, {}};
  if (contents.starts_with("-> ")) return {MachineEntry::Kind::kLink, contents.substr(3)};
  if (contents.starts_with("! ")) return {MachineEntry::Kind::kError, contents.substr(2)};
  if (contents.starts_with("c ")) return {MachineEntry::Kind::kNode, contents.substr(2)};
  return {MachineEntry::Kind::kFile, contents};
}

}  // namespace

FakeHost::FakeHost(std::initializer_list<std::pair<std::string, std::string>> entries)
    : folder_(MakeFolder()), root_(folder_) {
  for (const auto& [path, contents] : entries) Set(path, contents);
}

FakeHost::~FakeHost() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void FakeHost::Set(const std::string& path, const std::string& contents) {
  Remove(path);
  const auto status = UnpackMachine({{path, ToEntry(contents)}}, folder_);
  if (!status) {
    std::fprintf(stderr, "%s\n", status.error().message().c_str());
    abort();
  }
}

void FakeHost::Remove(const std::string& path) {
  std::error_code ignored;
  fs::remove_all(folder_.native() + path, ignored);
}

}  // namespace nacelle
