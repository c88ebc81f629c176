/** Prints a hash of the parameters after the lecture's first steps on the shipped names. */
import { lectureHash } from "../lecture-hash.js";

console.log(JSON.stringify(lectureHash(10)));
