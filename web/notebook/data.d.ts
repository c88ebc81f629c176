/** What esbuild takes into the page's style. */
declare module "*.css";
/** What data.cjs takes in. */
declare module "mm-train:examples" {
  const examples: readonly {
    readonly id: string;
    readonly title: string;
    readonly cells: readonly { readonly kind: "text" | "code"; readonly source: string }[];
  }[];
  export default examples;
}
declare module "mm-train:names" {
  /** name, kind and what it is in one line, of what the package exports and of Tensor's members */
  const names: {
    readonly library: readonly (readonly [name: string, kind: string, about: string])[];
    readonly tensor: readonly (readonly [name: string, kind: string, about: string])[];
  };
  export default names;
}
