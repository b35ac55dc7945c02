/** The files of the demo. This module is one folder deep in the sources, as the bundle is. */
import { readFile } from "node:fs/promises"
import * as Effect from "effect/Effect"

/** Reads a file of the demo. */
export const readDemo = <A>(name: "products" | "stock"): Effect.Effect<A> =>
  Effect.promise(async () =>
    JSON.parse(await readFile(new URL(`../demo/${name}.json`, import.meta.url), "utf8"))
  )
