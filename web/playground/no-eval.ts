/**
 * The page's content security policy forbids making code of text, which zod tries for speed; it is
 * told before it is used, since a browser reports the attempt.
 */
import { config } from "zod";

config({ jitless: true });
