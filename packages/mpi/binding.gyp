{
  "targets": [
    {
      "target_name": "mm_train_mpi",
      "sources": ["mpi.cc"],
      "defines": ["NAPI_VERSION=8", "OMPI_SKIP_MPICXX", "MPICH_SKIP_MPICXX"],
      "cflags": ["<!@(node flags.cjs compile)", "-Wall", "-Wextra"],
      "libraries": ["<!@(node flags.cjs link)"],
      "conditions": [
        [
          "OS == 'mac'",
          {
            "xcode_settings": {
              "OTHER_CFLAGS": ["<!@(node flags.cjs compile)"]
            }
          }
        ]
      ]
    }
  ]
}
