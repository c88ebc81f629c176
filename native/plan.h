// A recorded step: commands to run in order, any number of times, without going back to JavaScript.
#pragma once

#include <cstdint>
#include <vector>

#include "command.h"

namespace mm {

// Words that a step takes from its caller, or gives back.
struct Transfer {
  int32_t* at;
  int64_t words;
};

struct Plan {
  std::vector<Command> commands;
  std::vector<Transfer> feeds;    // written before each step, from consecutive words
  std::vector<Transfer> fetches;  // read after each step, into consecutive words

  struct Failure {
    int64_t step, command, position;  // position -1: none, kNoMemory as in run.h
  };
  // Runs the step `steps` times; ends at the first index or target that is out of range, and where
  // memory ends.
  Failure run(const KernelTable&, int threads, int64_t steps, const int32_t* fed,
              int32_t* fetched) const;
};

}  // namespace mm
