/** The addon. Its symbols are global: plugins of an MPI library look for it in the process. */
const { constants } = require("node:os");
const { join } = require("node:path");

const { RTLD_NOW, RTLD_GLOBAL } = constants.dlopen;
process.dlopen(
  module,
  join(__dirname, "build", "Release", "mm_train_mpi.node"),
  RTLD_NOW | (RTLD_GLOBAL ?? 0),
);
