{
  "includes": ["native/sources.gypi"],
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
          # nodelete: helper threads run this file's code until the process ends, also after the last worker that loaded it.
          "ldflags": ["-pthread", "-Wl,-z,nodelete", "-Wl,--exclude-libs,ALL"]
        }]
      ]
    }
  ]
}
