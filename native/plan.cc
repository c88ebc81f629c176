#include "plan.h"

#include <cstring>

namespace mm {

Plan::Failure Plan::run(const KernelTable& kernels, int threads, int64_t steps, const int32_t* fed,
                        int32_t* fetched) const {
  for (int64_t step = 0; step < steps; ++step) {
    for (const Transfer& t : feeds) {
      std::memmove(t.at, fed, static_cast<size_t>(t.words) * sizeof(int32_t));
      fed += t.words;
    }
    for (const Command& command : commands) {
      const int64_t position = execute(kernels, command, threads);
      if (position != -1) return {step, &command - commands.data(), position};
    }
    for (const Transfer& t : fetches) {
      std::memmove(fetched, t.at, static_cast<size_t>(t.words) * sizeof(int32_t));
      fetched += t.words;
    }
  }
  return {0, 0, -1};
}

}  // namespace mm
