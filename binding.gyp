{
  "includes": ["native/sources.gypi"],
  "variables": {
    # A number for gyp: compare it with == 1. MM_OPENMP=0 builds without threads.
    "mm_openmp%": "<!(node -p \"process.env.MM_OPENMP === '0' ? 0 : 1\")"
  },
  "targets": [
    {
      "target_name": "mm_train",
      "sources": ["<@(mm_sources)"],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      "defines": ["<@(mm_defines)"],
      "cflags!": ["-O2", "-O3"],
      "cflags_cc!": ["-std=gnu++14", "-std=gnu++17", "-std=gnu++20"],
      "cflags_cc": ["<@(mm_cflags)"],
      "xcode_settings": {
        "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
        "GCC_OPTIMIZATION_LEVEL": "3",
        "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
        "OTHER_CPLUSPLUSFLAGS": ["<@(mm_cflags)"]
      },
      "conditions": [
        ["OS=='linux'", {
          # nodelete: libgomp's threads outlive a worker's copy of this file. $ORIGIN: a libgomp beside this file is found.
          "ldflags": ["-Wl,-z,nodelete", "-Wl,--exclude-libs,ALL", "-Wl,-rpath,'$$ORIGIN'"]
        }],
        ["OS=='linux' and mm_openmp==1", {
          "cflags_cc": ["-fopenmp"],
          "ldflags": ["-fopenmp"]
        }]
      ]
    }
  ]
}
