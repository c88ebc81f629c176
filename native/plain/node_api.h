// What the border's checks (napi/call.cc, napi/prepare.cc) need of Node-API, for plain memory: they
// run without Node in the kernels' tests, and in WebAssembly.
#pragma once

#include <cstddef>

enum napi_status { napi_ok, napi_invalid_arg };

struct Memory {
  void* data;
  size_t bytes;
};
using napi_env = bool*;            // whether an error has been thrown
using napi_value = const Memory*;  // null: no buffer
using napi_ref = void*;

inline napi_status napi_get_arraybuffer_info(napi_env, napi_value value, void** data,
                                             size_t* bytes) {
  if (value == nullptr) return napi_invalid_arg;
  *data = value->data;
  *bytes = value->bytes;
  return napi_ok;
}

inline napi_status napi_is_arraybuffer(napi_env, napi_value value, bool* result) {
  *result = value != nullptr;
  return napi_ok;
}

// Whoever uses this says what becomes of the message.
napi_status napi_throw_error(napi_env, const char* code, const char* message);
