// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/probe/probe.h"

namespace nacelle {

// Whether `path` is, or lies above or below, one of `changed`.
bool Touches(const std::vector<std::string>& changed, std::string_view path);

// What a probe need not read again: see Probe::Rescan. All paths are real.
class Unchanged {
 public:
  // Both outlive the object. Without `last`, all must be read.
  Unchanged(const Findings* last, const std::vector<std::string>& changed);

  // Puts the functions of the device at `path` (Function::path) into
  // `findings`, as they were found last; false where they must be read. A
  // device with a function that is not well is always read again.
  bool Take(const std::string& path, Findings& findings) const;

  // The same of all devices on `card` (Function::card), in the order in which they were
  // found; false where there was none.
  bool TakeCard(const std::string& card, Findings& findings) const;

  // Whether a device of this name (the last of its path) was none of the family, and is so
  // still: then not even its path need be read.
  bool WasNone(const std::string& name) const;
  // The first function of the device at `path`, as it was found last; null without one.
  const Function* Last(const std::string& path) const;

 private:
  bool MustBeRead(const Function& function) const;
  void Put(const SharedList<Function>::Value& function, Findings& findings) const;

  const Findings* last_;
  const std::vector<std::string>& changed_;
  std::vector<SharedList<Function>::Value> by_path_;  // of `last`
  std::set<std::string, std::less<>> names_;  // of the devices of `last`, and all in the paths of `changed`
};

}  // namespace nacelle
