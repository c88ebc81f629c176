/** What to do about a binary that does not load, by what the loader said. */
export function remedy(message: string, code: string | undefined): string {
  if (code === "ERR_MM_ISA") return "unset MM_ISA or choose one of those";
  if (code === "ERR_DLOPEN_DISABLED") return "start node without --no-addons";
  if (message.includes("libgomp")) return "install the OpenMP runtime: `apt-get install libgomp1`, `apk add libgomp` or `dnf install libgomp`";
  if (/GLIBC(XX)?_|musl/.test(message)) return "the binary was built for another C library: `npm rebuild mm-train` compiles it here";
  if (message.includes("No native build") || code === "MODULE_NOT_FOUND") {
    return "no binary for this machine: `npm rebuild mm-train` compiles one (it needs g++, make and python3)";
  }
  return "`npm rebuild mm-train` compiles it anew";
}
