/**
 * The schema: the same on every server, exactly the one of `schema.sql`, and each of its rules
 * refuses what it should, also when a bug or a person goes past the engine.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerAccessMigrations, layerCatalogMigrations, layerMigrations } from "../../src/effect.ts"
import { databases } from "../engines.ts"
import { dumpSchema } from "./schemaDump.ts"

const contexts = [
  ["inventory", "schema.sql", layerMigrations()],
  ["catalog", "catalog.sql", layerCatalogMigrations()],
  ["access", "access.sql", layerAccessMigrations()]
] as const

for (const [name, sessions] of databases) {
  for (const [schema, file, migrations] of contexts) {
    it.live(`has the schema of ${file} on ${name}`, () =>
      Effect.gen(function* () {
        const golden = new URL(`../../${file}`, import.meta.url)
        const dump = yield* dumpSchema(schema)
        if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(golden, dump)
        expect(dump).toBe(readFileSync(golden, "utf8"))
      }).pipe(Effect.provide(Layer.provideMerge(migrations, sessions)))
    )
  }
}
