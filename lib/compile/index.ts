export { compile, CompiledStep, type CompileOptions } from "./compiled.js";
