/** Key rings of tests, whose keys are made of the letters of their names. */

/** The text of a ring. */
export const ringText = (current: string, ...keyIds: ReadonlyArray<string>): string =>
  JSON.stringify({
    current,
    keys: Object.fromEntries(
      keyIds.map((id) => [id, Buffer.alloc(32, id.charCodeAt(0)).toString("base64")])
    )
  })
