/** `npm run bench` */
import { cpus } from "node:os";
import { isa } from "../lib/index.js";
import { benchMatmul } from "./matmul.js";
import { benchStep } from "./step.js";
import { benchWordStep } from "./word-step.js";

console.log(`${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}, kernels ${isa()}\n`);
benchMatmul();
console.log();
benchStep();
console.log();
benchWordStep();
