/** The texts of a list, each once, without those that are left out. */
export const listed = <A extends string>(
  texts: ReadonlyArray<A | null | undefined>
): ReadonlyArray<A> => [...new Set(texts.filter((text) => text !== null && text !== undefined))]
