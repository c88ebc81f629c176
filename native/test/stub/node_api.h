// What the border's checks (napi/call.cc, napi/prepare.cc) need of Node-API, for plain memory: they
// run here without Node.
#pragma once

#include <cstddef>

enum napi_status { napi_ok, napi_invalid_arg };

struct Memory {
  void* data;
  size_t bytes;
};
using napi_env = bool*;  // whether an error has been thrown
using napi_value = const Memory*;
using napi_ref = void*;

napi_status napi_is_arraybuffer(napi_env, napi_value, bool* result);
napi_status napi_get_arraybuffer_info(napi_env, napi_value, void** data, size_t* bytes);
napi_status napi_throw_error(napi_env, const char* code, const char* message);
