/* An addon that leaves an odd floating-point environment behind: set(true) rounds downward and makes
 * subnormal numbers 0, set(false) is the default; get() is the control register. */
#include <node_api.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
enum { DEFAULT = 0x1f80, ODD = 0x1f80 | 0x8040 | 0x2000, SETTINGS = ~0x3f };
static uint32_t read(void) { return _mm_getcsr(); }
static void write(uint32_t value) { _mm_setcsr(value); }
#else
enum { DEFAULT = 0, ODD = 1 << 24 | 2 << 22, SETTINGS = ~0 };
static uint32_t read(void) {
  uint64_t value;
  __asm__ volatile("mrs %0, fpcr" : "=r"(value));
  return value;
}
static void write(uint32_t value) { __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)value)); }
#endif

static napi_value set(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  bool odd = false;
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  napi_get_value_bool(env, argument, &odd);
  write(odd ? ODD : DEFAULT);
  return NULL;
}

static napi_value get(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value result;
  napi_create_uint32(env, read() & SETTINGS, &result);
  return result;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "set", NAPI_AUTO_LENGTH, set, NULL, &function);
  napi_set_named_property(env, exports, "set", function);
  napi_create_function(env, "get", NAPI_AUTO_LENGTH, get, NULL, &function);
  napi_set_named_property(env, exports, "get", function);
  return exports;
}
