/** Node's name of the global object, which `inspect` asks for while it loads. */
Object.assign(globalThis, { global: globalThis });
