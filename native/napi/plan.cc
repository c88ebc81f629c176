#include "plan.h"

#include <memory>

#include "../plan.h"
#include "../float_environment.h"
#include "call.h"

namespace mm {

namespace {

// Words of a command and of a transfer, as plan.h lays them out.
constexpr int kCommandWords = 1 + kOperands + kControlWords;
constexpr int kTransferWords = 3;
constexpr napi_type_tag kPlanTag = {0x6d6d2d747261696eu, 0x706c616e00000001u};

// A plan and the memory it was checked against: a buffer that has been detached or moved since must
// not be touched.
struct CheckedPlan {
  Plan plan;
  struct Memory {
    void* data;
    size_t bytes;
  };
  std::vector<Memory> buffers;
  int64_t feedWords = 0, fetchWords = 0;  // of one step
};

void fail(Napi::Env env, const char* message) {
  Napi::Error error = Napi::Error::New(env, message);
  error.Set("code", "ERR_MM_BOUNDS");
  error.ThrowAsJavaScriptException();
}

// The words of an Int32Array argument.
struct Words {
  const int32_t* data = nullptr;
  int64_t count = -1;
  explicit Words(const Napi::Value& value) {
    if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_int32_array)
      return;
    const auto array = value.As<Napi::Int32Array>();
    data = array.Data();
    count = static_cast<int64_t>(array.ElementLength());
  }
};

// The elements of an array. Reading them can run JavaScript (an accessor), which can detach any
// buffer: look at memory after this only.
std::vector<napi_value> elements(const Napi::Array& list) {
  std::vector<napi_value> out(list.Length());
  for (uint32_t i = 0; i < out.size(); ++i) out[i] = list.Get(i);
  return out;
}

bool sameMemory(Napi::Env env, const CheckedPlan& checked, const std::vector<napi_value>& buffers) {
  if (buffers.size() != checked.buffers.size()) return false;
  for (size_t i = 0; i < buffers.size(); ++i) {
    void* data = nullptr;
    size_t bytes = 0;
    if (napi_get_arraybuffer_info(env, buffers[i], &data, &bytes) != napi_ok) return false;
    if (data != checked.buffers[i].data || bytes != checked.buffers[i].bytes) return false;
  }
  return true;
}

bool addTransfers(Napi::Env env, const Words& rows, const CheckedPlan& checked,
                  std::vector<Transfer>& to, int64_t& total) {
  for (int64_t r = 0; r < rows.count; r += kTransferWords) {
    const int64_t buffer = rows.data[r], offset = rows.data[r + 1], words = rows.data[r + 2];
    const bool known = buffer >= 0 && buffer < static_cast<int64_t>(checked.buffers.size());
    if (!known || offset < 0 || words < 0 ||
        offset + words > static_cast<int64_t>(checked.buffers[buffer].bytes / sizeof(int32_t))) {
      fail(env, "plan: an input or output reaches outside its buffer");
      return false;
    }
    to.push_back({static_cast<int32_t*>(checked.buffers[buffer].data) + offset, words});
    total += words;
  }
  return true;
}

bool addCommands(Napi::Env env, const Words& rows, const std::vector<napi_value>& buffers,
                 Plan& plan) {
  for (int64_t r = 0; r < rows.count; r += kCommandWords) {
    const int32_t* row = rows.data + r;
    napi_value operands[kOperands];
    napi_value none = env.Undefined();
    for (int i = 0; i < kOperands; ++i) {
      const int32_t position = row[1 + i];
      operands[i] = position >= 0 && position < static_cast<int64_t>(buffers.size())
                        ? buffers[position]
                        : none;
    }
    Command command;
    const bool work = prepare(env, row[0], row + 1 + kOperands, operands, command);
    if (env.IsExceptionPending()) return false;
    if (!work) command.kernel = Kernel::kNothing;  // it keeps its place, by which failures are told
    plan.commands.push_back(command);
  }
  return true;
}

}  // namespace

Napi::Value createPlan(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const bool isList = info[3].IsArray();
  const std::vector<napi_value> buffers =
      isList ? elements(info[3].As<Napi::Array>()) : std::vector<napi_value>();
  if (env.IsExceptionPending()) return env.Undefined();
  const Words commands(info[0]), feeds(info[1]), fetches(info[2]);
  if (commands.count < 0 || commands.count % kCommandWords != 0 || feeds.count < 0 ||
      feeds.count % kTransferWords != 0 || fetches.count < 0 ||
      fetches.count % kTransferWords != 0 || !isList) {
    fail(env, "createPlan: expected three Int32Arrays of whole rows and an array of ArrayBuffers");
    return env.Undefined();
  }
  auto checked = std::make_unique<CheckedPlan>();
  for (const napi_value buffer : buffers) {
    CheckedPlan::Memory memory = {};
    if (napi_get_arraybuffer_info(env, buffer, &memory.data, &memory.bytes) != napi_ok) {
      fail(env, "createPlan: expected an ArrayBuffer");
      return env.Undefined();
    }
    checked->buffers.push_back(memory);
  }
  if (!addCommands(env, commands, buffers, checked->plan) ||
      !addTransfers(env, feeds, *checked, checked->plan.feeds, checked->feedWords) ||
      !addTransfers(env, fetches, *checked, checked->plan.fetches, checked->fetchWords)) {
    return env.Undefined();
  }
  auto external = Napi::External<CheckedPlan>::New(
      env, checked.release(), [](Napi::Env, CheckedPlan* plan) { delete plan; });
  external.TypeTag(&kPlanTag);
  return external;
}

Napi::Value runPlan(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::vector<napi_value> buffers =
      info[1].IsArray() ? elements(info[1].As<Napi::Array>()) : std::vector<napi_value>();
  if (env.IsExceptionPending()) return env.Undefined();
  const Words fed(info[3]), fetched(info[4]);
  if (!info[0].IsExternal() || !info[0].As<Napi::External<CheckedPlan>>().CheckTypeTag(&kPlanTag) ||
      !info[1].IsArray() || !info[2].IsNumber() || fed.count < 0 || fetched.count < 0) {
    fail(env, "runPlan: expected a plan, its buffers, a number of steps and two Int32Arrays");
    return env.Undefined();
  }
  const CheckedPlan& checked = *info[0].As<Napi::External<CheckedPlan>>().Data();
  const double given = info[2].As<Napi::Number>().DoubleValue();
  const int64_t steps = given >= 0 && given <= INT32_MAX ? static_cast<int64_t>(given) : -1;
  if (steps < 0 || static_cast<double>(steps) != given || steps * checked.feedWords > fed.count ||
      steps * checked.fetchWords > fetched.count) {
    fail(env, "runPlan: inputs or outputs are shorter than the steps need");
    return env.Undefined();
  }
  if (!sameMemory(env, checked, buffers)) {
    fail(env, "runPlan: a buffer of the plan is detached or not its own");
    return env.Undefined();
  }
  const AddonData& data = *env.GetInstanceData<AddonData>();
  Plan::Failure failure;
  {
    const DefaultFloatEnvironment floats;
    failure = checked.plan.run(*data.kernels, data.usable, steps, fed.data,
                               const_cast<int32_t*>(fetched.data));
  }
  if (failure.position == -1) return env.Undefined();
  Napi::Array result = Napi::Array::New(env, 3);
  result.Set(0u, Napi::Number::New(env, static_cast<double>(failure.step)));
  result.Set(1u, Napi::Number::New(env, static_cast<double>(failure.command)));
  result.Set(2u, Napi::Number::New(env, static_cast<double>(failure.position)));
  return result;
}

}  // namespace mm
