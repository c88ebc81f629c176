/** A style sheet; the build writes all of them into one file. */
declare module "*.css";
