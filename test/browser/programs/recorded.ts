/** Prints a hash of the parameters after as many steps as the recorded digest is of. */
import { lectureHash } from "../lecture-hash.js";

console.log(JSON.stringify(lectureHash(2000)));
