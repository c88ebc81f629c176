// The addon: set-up by node-addon-api, the hot function by plain Node-API (2-5 times cheaper per
// call).
#include <napi.h>

#include <atomic>
#include <cstdlib>
#include <string>

#include "../float_environment.h"
#include "../pages.h"
#include "../parallel.h"
#include "../simd/dispatch.h"
#include "call.h"
#include "plan.h"

namespace {

using mm::AddonData;

AddonData* dataOf(napi_env env) {
  void* data = nullptr;
  return napi_get_instance_data(env, &data) == napi_ok ? static_cast<AddonData*>(data) : nullptr;
}

// The control words. Memory of our own cannot go away; a buffer of JavaScript's is looked up again
// each time, since it can be detached.
const int32_t* controlOf(napi_env env, const AddonData& data) {
  if (data.control != nullptr) return data.control;
  napi_value buffer = nullptr;
  void* words = nullptr;
  size_t bytes = 0;
  if (napi_get_reference_value(env, data.controlReference, &buffer) != napi_ok || buffer == nullptr)
    return nullptr;
  if (napi_get_arraybuffer_info(env, buffer, &words, &bytes) != napi_ok ||
      bytes < mm::kControlWords * sizeof(int32_t))
    return nullptr;
  return static_cast<const int32_t*>(words);
}

// run(kernel, buffer0?, ..., buffer8?) -> what `execute` says (command.h). Passing the buffers as
// arguments is what keeps them alive.
napi_value run(napi_env env, napi_callback_info info) {
  napi_value arguments[1 + mm::kOperands];
  size_t count = 1 + mm::kOperands;  // missing ones are filled with undefined
  void* bound = nullptr;
  if (napi_get_cb_info(env, info, &count, arguments, nullptr, &bound) != napi_ok) return nullptr;
  const AddonData& data = *static_cast<const AddonData*>(bound);
  int32_t id = -1;
  if (napi_get_value_int32(env, arguments[0], &id) != napi_ok) id = -1;
  const int32_t* control = controlOf(env, data);
  if (control == nullptr) {
    napi_throw_error(env, "ERR_MM_BOUNDS", "run: control: its buffer is detached");
    return nullptr;
  }
  mm::Command command;
  int64_t position = -1;
  if (mm::prepare(env, id, control, arguments + 1, command)) {
    const mm::DefaultFloatEnvironment floats;
    position = mm::execute(*data.kernels, command, data.usable);
  }
  napi_value result = nullptr;
  return napi_create_int32(env, static_cast<int32_t>(position), &result) == napi_ok ? result
                                                                                    : nullptr;
}

// Takes in new memory: asks for large pages; returns the 32-bit words to skip to the first 64-byte
// boundary.
Napi::Value settle(const Napi::CallbackInfo& info) {
  if (!info[0].IsArrayBuffer()) {
    napi_throw_type_error(info.Env(), "ERR_MM_BOUNDS", "settle: expected an ArrayBuffer");
    return info.Env().Undefined();
  }
  auto buffer = info[0].As<Napi::ArrayBuffer>();
  mm::wantLargePages(buffer.Data(), buffer.ByteLength());
  const auto address = reinterpret_cast<uintptr_t>(buffer.Data());
  return Napi::Number::New(info.Env(), static_cast<double>((-address & 63) / sizeof(float)));
}

Napi::Value isa(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), dataOf(info.Env())->kernels->isa);
}

Napi::Value supportedIsas(const Napi::CallbackInfo& info) {
  Napi::Array names = Napi::Array::New(info.Env());
  uint32_t n = 0;
  for (const mm::KernelTable* const* k = mm::supportedKernels(); *k != nullptr; ++k) {
    names.Set(n++, Napi::String::New(info.Env(), (*k)->isa));
  }
  return names;
}

// How many operands a call can have; the kernels with their arguments, in the order in which they
// are read, and operations, in the order of their numbers.
Napi::Value signatures(const Napi::CallbackInfo& info) {
  Napi::Array list = Napi::Array::New(info.Env());
  const std::string operands = std::to_string(mm::kOperands) + " operands";
  list.Set(0u, Napi::String::New(info.Env(), operands));
  for (int32_t i = 0; i < static_cast<int32_t>(mm::Kernel::kCount); ++i)
    list.Set(static_cast<uint32_t>(1 + i), Napi::String::New(info.Env(), mm::signature(i).c_str()));
  return list;
}

// What was asked for.
Napi::Value threads(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), dataOf(info.Env())->threads);
}

// setThreads(count) -> undefined, or, the first time in this process that fewer could be made, how
// many there are.
Napi::Value setThreads(const Napi::CallbackInfo& info) {
  const double n = info[0].IsNumber() ? info[0].As<Napi::Number>().DoubleValue() : 0;
  if (!(n >= 1 && n <= mm::kMostThreads && n == static_cast<int>(n))) {
    napi_throw_range_error(info.Env(), "ERR_MM_BOUNDS",
                           "setThreads: expected a whole number from 1 to 256");
    return info.Env().Undefined();
  }
  AddonData& data = *dataOf(info.Env());
  data.threads = static_cast<int>(n);
  data.usable = mm::makeThreads(data.threads);
  static std::atomic<bool> said{false};
  if (data.usable == data.threads || said.exchange(true)) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), data.usable);
}

// fmaPeak(rounds) -> floating-point operations done; whoever measures the peak takes the time.
Napi::Value fmaPeak(const Napi::CallbackInfo& info) {
  const double rounds = info[0].IsNumber() ? info[0].As<Napi::Number>().DoubleValue() : 0;
  if (!(rounds >= 1 && rounds <= INT32_MAX && rounds == static_cast<int32_t>(rounds))) {
    napi_throw_range_error(info.Env(), "ERR_MM_BOUNDS",
                           "fmaPeak: expected a whole number from 1 to 2147483647");
    return info.Env().Undefined();
  }
  const mm::DefaultFloatEnvironment floats;
  float lanes[16], out[16];
  for (int i = 0; i < 16; ++i) lanes[i] = static_cast<float>(rounds) + static_cast<float>(16 * i);
  return Napi::Number::New(
      info.Env(), dataOf(info.Env())->kernels->fmaPeak(static_cast<int64_t>(rounds), lanes, out));
}

// MM_ISA chooses among the supported sets; anything else is a mistake worth stopping for.
const mm::KernelTable* chooseKernels(Napi::Env env) {
  const char* wanted = std::getenv("MM_ISA");
  const bool any = wanted == nullptr || *wanted == '\0';
  const mm::KernelTable* kernels = mm::findKernels(any ? nullptr : wanted);
  if (kernels == nullptr) {
    std::string message =
        std::string("MM_ISA=") + wanted + ": not an instruction set supported here; use one of:";
    for (const mm::KernelTable* const* k = mm::supportedKernels(); *k != nullptr; ++k)
      message += std::string(" ") + (*k)->isa;
    Napi::Error error = Napi::Error::New(env, message);
    error.Set("code", "ERR_MM_ISA");
    error.ThrowAsJavaScriptException();
  }
  return kernels;
}

void release(napi_env, void* data, void*) {
  std::free(static_cast<AddonData*>(data)->control);
  delete static_cast<AddonData*>(data);
}

// Memory that this environment's data owns, so that `run` needs no look-up to read it.
napi_value createControl(napi_env env, AddonData* data) {
  napi_value buffer = nullptr, view = nullptr;
  const size_t bytes = mm::kControlWords * sizeof(int32_t);
  data->control = static_cast<int32_t*>(std::calloc(mm::kControlWords, sizeof(int32_t)));
  if (data->control == nullptr ||
      napi_create_external_arraybuffer(env, data->control, bytes, nullptr, nullptr, &buffer) !=
          napi_ok) {
    std::free(data->control);
    data->control = nullptr;
    void* unused = nullptr;
    if (napi_create_arraybuffer(env, bytes, &unused, &buffer) != napi_ok) return nullptr;
    if (napi_create_reference(env, buffer, 1, &data->controlReference) != napi_ok) return nullptr;
  }
  return napi_create_typedarray(env, napi_int32_array, mm::kControlWords, buffer, 0, &view) ==
                 napi_ok
             ? view
             : nullptr;
}

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  const mm::KernelTable* kernels = chooseKernels(env);
  if (kernels == nullptr) return exports;
  auto* data = new AddonData{kernels, 1, 1, nullptr, nullptr};
  napi_value control = createControl(env, data);
  napi_value hot = nullptr;
  if (control == nullptr || napi_set_instance_data(env, data, release, nullptr) != napi_ok ||
      napi_create_function(env, "run", NAPI_AUTO_LENGTH, run, data, &hot) != napi_ok) {
    Napi::Error::New(env, "mm-train: the addon could not be set up").ThrowAsJavaScriptException();
    return exports;
  }
  exports.Set("control", Napi::Value(env, control));
  exports.Set("run", Napi::Value(env, hot));
  exports.Set("settle", Napi::Function::New(env, settle, "settle"));
  exports.Set("signatures", Napi::Function::New(env, signatures, "signatures"));
  exports.Set("isa", Napi::Function::New(env, isa, "isa"));
  exports.Set("supportedIsas", Napi::Function::New(env, supportedIsas, "supportedIsas"));
  exports.Set("threads", Napi::Function::New(env, threads, "threads"));
  exports.Set("createPlan", Napi::Function::New(env, mm::createPlan, "createPlan"));
  exports.Set("runPlan", Napi::Function::New(env, mm::runPlan, "runPlan"));
  exports.Set("setThreads", Napi::Function::New(env, setThreads, "setThreads"));
  exports.Set("fmaPeak", Napi::Function::New(env, fmaPeak, "fmaPeak"));
  return exports;
}

}  // namespace

NODE_API_MODULE(mm_train, initialise)
