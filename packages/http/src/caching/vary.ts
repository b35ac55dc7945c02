/** The header `Vary` of an answer that also depends on other headers of its request, each named once. */
export const varyingBy = (vary: string | undefined, ...headers: ReadonlyArray<string>): string =>
  [...new Set([...(vary === undefined ? [] : vary.split(/\s*,\s*/)), ...headers])].join(", ")
