/**
 * Prints what the compiler must be told of this machine's MPI: `node flags.cjs compile|link`. The
 * wrapper `mpicc` (or what MPICC names) knows, in Open MPI's words or in MPICH's; else pkg-config.
 */
const { spawnSync } = require("node:child_process");

const part = process.argv[2];
const wrapper = process.env.MPICC || "mpicc";

function output(command, ...args) {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

const OF_COMPILER = /^-(?:I|D|f|pthread|isystem)/;
const OF_LINKER = /^-(?:L|l|Wl,|pthread)/;

/** MPICH's wrappers show the whole command. */
function shown() {
  const words = output(wrapper, "-show")?.split(/\s+/).slice(1);
  const wanted = part === "compile" ? OF_COMPILER : OF_LINKER;
  return words?.filter((word) => wanted.test(word)).join(" ");
}

const packaged = () =>
  ["ompi-c", "ompi", "mpich", "MPI"]
    .map((name) => output("pkg-config", part === "compile" ? "--cflags" : "--libs", name))
    .find((flags) => flags !== undefined);

const flags = output(wrapper, `--showme:${part}`) ?? shown() ?? packaged();
if (flags === undefined) {
  console.error(
    `mm-train-mpi: no MPI found (${wrapper} does not run, pkg-config knows none): install one ` +
      "(Debian: apt-get install openmpi-bin libopenmpi-dev), or set MPICC to its compiler",
  );
  process.exit(1);
}
console.log(flags);
