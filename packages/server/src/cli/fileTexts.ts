/** The text of a file that a setting names, or why it cannot be had, in words. */
import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"

const words: { readonly [code: string]: string } = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "this user may not read it"
}

/** Reads a file; fails with why it cannot be read. */
export const textIn = (file: string): Effect.Effect<string, string> =>
  Effect.try({
    try: () => readFileSync(file, "utf8"),
    catch: (error) => {
      const { code = "" } = error as NodeJS.ErrnoException
      return words[code] ?? (code === "" ? "it cannot be read" : code)
    }
  })
