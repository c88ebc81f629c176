export { SGD } from "./sgd.js";
