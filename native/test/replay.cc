// Replays a training that scripts/verify/export-plan.ts has written down, without Node: `kernels
// FILE [threads]` writes the final parameters to stdout. The file is of 32-bit words: a count
// before each list.
#include "replay.h"

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "../napi/call.h"
#include "../parallel.h"
#include "../plan.h"
#include "../simd/dispatch.h"

napi_status napi_throw_error(napi_env thrown, const char*, const char* message) {
  std::fprintf(stderr, "%s\n", message);
  *thrown = true;
  return napi_ok;
}

namespace mm::test {

namespace {

using Ints = std::vector<int32_t>;

[[noreturn]] void stop(const char* what) {
  std::fprintf(stderr, "replay: %s\n", what);
  std::exit(1);
}

class Reader {
 public:
  explicit Reader(const char* path) : file_(std::fopen(path, "rb")) {
    if (file_ == nullptr) stop("cannot open the file");
  }
  ~Reader() { std::fclose(file_); }
  int32_t word() {
    int32_t w = 0;
    if (std::fread(&w, sizeof w, 1, file_) != 1) stop("the file ends early");
    return w;
  }
  Ints list() {
    Ints words(static_cast<size_t>(word()));
    if (std::fread(words.data(), sizeof(int32_t), words.size(), file_) != words.size())
      stop("the file ends early");
    return words;
  }

 private:
  std::FILE* file_;
};

// Rows of [buffer, offset, words].
std::vector<Transfer> transfers(const Ints& rows, std::vector<Ints>& buffers) {
  std::vector<Transfer> all;
  for (size_t r = 0; r + 3 <= rows.size(); r += 3)
    all.push_back(
        {&buffers[static_cast<size_t>(rows[r])][static_cast<size_t>(rows[r + 1])], rows[r + 2]});
  return all;
}

int64_t total(const std::vector<Transfer>& list) {
  int64_t words = 0;
  for (const Transfer& t : list) words += t.words;
  return words;
}

}  // namespace

int replay(const char* path, int threads) {
  const KernelTable* kernels = findKernels(std::getenv("MM_ISA"));
  if (kernels == nullptr) stop("MM_ISA is not supported here");
  Reader file(path);
  std::vector<Ints> buffers(static_cast<size_t>(file.word()));
  for (Ints& buffer : buffers) buffer = file.list();
  std::vector<Memory> memory;
  for (Ints& buffer : buffers) memory.push_back({buffer.data(), buffer.size() * sizeof(int32_t)});

  // As createPlan (napi/plan.cc) does it, with the border's own checks.
  Plan plan;
  const Ints rows = file.list();
  constexpr size_t kRow = 1 + kOperands + kControlWords;
  for (size_t r = 0; r + kRow <= rows.size(); r += kRow) {
    napi_value operands[kOperands];
    for (int i = 0; i < kOperands; ++i) {
      const int32_t position = rows[r + 1 + static_cast<size_t>(i)];
      operands[i] = position < 0 ? nullptr : &memory[static_cast<size_t>(position)];
    }
    bool thrown = false;
    Command command;
    if (!prepare(&thrown, rows[r], &rows[r + 1 + kOperands], operands, command))
      command.kernel = Kernel::kCount;
    if (thrown) stop("the border refused a command");
    plan.commands.push_back(command);
  }
  plan.feeds = transfers(file.list(), buffers);
  plan.fetches = transfers(file.list(), buffers);
  const std::vector<Transfer> parameters = transfers(file.list(), buffers);
  const Ints fed = file.list();

  makeThreads(threads);
  const int64_t steps = static_cast<int64_t>(fed.size()) / total(plan.feeds);
  Ints fetched(static_cast<size_t>(steps * total(plan.fetches)));
  if (plan.run(*kernels, threads, steps, fed.data(), fetched.data()).position != -1)
    stop("an index is out of range");
  for (const Transfer& p : parameters)
    std::fwrite(p.at, sizeof(int32_t), static_cast<size_t>(p.words), stdout);
  std::fprintf(stderr, "%s, threads %d, steps %lld\n", kernels->isa, threads,
               static_cast<long long>(steps));
  return 0;
}

}  // namespace mm::test
