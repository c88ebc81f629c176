// The border to JavaScript (lib/backend/wasm/instance.ts): what napi/addon.cc and napi/plan.cc are
// to Node. The only buffer is the module's own memory; operands are words counted from address 0.
#include <cstdlib>
#include <new>

#include "../napi/call.h"
#include "../plan.h"
#include "../run.h"

namespace mm::wasm {

extern const KernelTable kKernels;

namespace {

// What `run` reads: as the addon's control words.
alignas(16) int32_t control[kControlWords];
Text mistake;

constexpr int32_t kMistake = -3;  // instead of a position, beside kNoMemory: `mistake` says which
constexpr int kRow = 1 + kControlWords;

enum class Prepared { kWork, kNothing, kMistake };

Prepared make(int32_t kernel, const int32_t* words, Command& command) {
  const Memory memory = {nullptr, __builtin_wasm_memory_size(0) << 16};
  napi_value operands[kOperands];
  for (napi_value& operand : operands) operand = &memory;
  bool thrown = false;
  if (prepare(&thrown, kernel, words, operands, command)) return Prepared::kWork;
  return thrown ? Prepared::kMistake : Prepared::kNothing;
}

void addTransfers(const int32_t* rows, int32_t count, std::vector<Transfer>& to) {
  for (int32_t i = 0; i < count; ++i)
    to.push_back({reinterpret_cast<int32_t*>(rows[2 * i] * 4), rows[2 * i + 1]});
}

}  // namespace

// A function of the module: the name that JavaScript knows it by.
#define MM_EXPORT(name) extern "C" __attribute__((export_name(name)))

MM_EXPORT("isa") const char* isa() { return kKernels.isa; }
MM_EXPORT("controlWords") int32_t* controlWords() { return control; }
MM_EXPORT("mistakeText") const char* mistakeText() { return mistake.c_str(); }

// 64-byte aligned memory, or null.
MM_EXPORT("take") void* take(int32_t words) {
  return std::aligned_alloc(64, (static_cast<size_t>(words) * 4 + 63) & ~size_t{63});
}
MM_EXPORT("give") void give(void* at) { std::free(at); }

// Runs kernel number `kernel` on the control words: what `execute` says (command.h), or kMistake.
MM_EXPORT("run") int32_t run(int32_t kernel) {
  Command command;
  switch (make(kernel, control, command)) {
    case Prepared::kWork:
      return static_cast<int32_t>(execute(kKernels, command, 1));
    case Prepared::kNothing:
      return -1;
    default:
      return kMistake;
  }
}

// commands: for each, its kernel and its control words; feeds and fetches: for each, its first word
// and how many it has. Null: `mistake` says why.
MM_EXPORT("createPlan")
Plan* createPlan(const int32_t* commands, int32_t count, const int32_t* feeds, int32_t feedCount,
                 const int32_t* fetches, int32_t fetchCount) {
  Plan* plan = new Plan;
  for (int32_t i = 0; i < count; ++i, commands += kRow) {
    Command command;
    const Prepared prepared = make(commands[0], commands + 1, command);
    if (prepared == Prepared::kMistake) {
      delete plan;
      return nullptr;
    }
    if (prepared == Prepared::kNothing) command.kernel = Kernel::kNothing;
    plan->commands.push_back(command);
  }
  addTransfers(feeds, feedCount, plan->feeds);
  addTransfers(fetches, fetchCount, plan->fetches);
  return plan;
}

// As Plan::run; where it ends early 1, and `failure` has step, command and position.
MM_EXPORT("runPlan")
int32_t runPlan(const Plan* plan, int32_t steps, const int32_t* fed, int32_t* fetched,
                int32_t* failure) {
  const Plan::Failure f = plan->run(kKernels, 1, steps, fed, fetched);
  failure[0] = static_cast<int32_t>(f.step);
  failure[1] = static_cast<int32_t>(f.command);
  failure[2] = static_cast<int32_t>(f.position);
  return f.position == -1 ? 0 : 1;
}

MM_EXPORT("fmaPeak") double fmaPeak(int32_t rounds, const float* lanes, float* out) {
  return kKernels.fmaPeak(rounds, lanes, out);
}

}  // namespace mm::wasm

napi_status napi_throw_error(napi_env thrown, const char*, const char* message) {
  mm::wasm::mistake = {};
  mm::wasm::mistake << message;
  *thrown = true;
  return napi_ok;
}

// No exceptions and no C++ library to link: where memory ends, the module does.
void* operator new(std::size_t bytes) {
  void* at = std::malloc(bytes);
  if (at == nullptr) __builtin_trap();
  return at;
}
void operator delete(void* at) noexcept { std::free(at); }
void operator delete(void* at, std::size_t) noexcept { std::free(at); }

namespace std {
inline namespace _LIBCPP_ABI_NAMESPACE {
[[noreturn]] void __libcpp_verbose_abort(char const*, ...) noexcept { __builtin_trap(); }
}  // namespace _LIBCPP_ABI_NAMESPACE
}  // namespace std
