{
  "variables": {
    "mm_sources": [
      "native/napi/addon.cc",
      "native/napi/call.cc",
      "native/napi/plan.cc",
      "native/napi/prepare.cc",
      "native/command.cc",
      "native/plan.cc",
      "native/run.cc",
      "native/run_embedding_linear.cc",
      "native/run_gemm.cc",
      "native/run_linear_cross_entropy.cc",
      "native/scratch.cc",
      "native/pages.cc",
      "native/parallel.cc",
      "native/simd/dispatch.cc",
      "native/simd/baseline.cc",
      "native/simd/avx2.cc",
      "native/simd/avx512.cc",
      "native/simd/neon.cc"
    ],
    "mm_defines": [
      "NAPI_VERSION=8",
      "NAPI_DISABLE_CPP_EXCEPTIONS",
      "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS",
      "MM_OLD_GLIBC"
    ],
    "mm_cflags": [
      "-std=c++17",
      "-O3",
      "-fvisibility=hidden",
      "-fno-exceptions",
      "-fno-rtti",
      "-fno-math-errno",
      "-ffp-contract=off",
      "-fno-tree-slp-vectorize",
      "-pthread",
      "-Wall",
      "-Wextra"
    ]
  }
}
