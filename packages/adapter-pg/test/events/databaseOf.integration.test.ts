/** The word for a database: one for all who ask it, whatever they may ask, and others for its copies. */
import { expect, it } from "@effect/vitest"
import { InventoryLog } from "@holdfast/core/inventory"
import { freshDatabase, runOn } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  layerMigrations,
  layerPglite,
  layerPostgres,
  layerStorage,
  type PgSessions
} from "../../src/effect.ts"

const word = Effect.flatMap(InventoryLog, ({ database }) => database)

const asked = <E>(over: Layer.Layer<PgSessions, E>): Promise<string> =>
  Effect.runPromise(
    Effect.provide(word, Layer.provide(Layer.provide(layerStorage(), layerMigrations()), over))
  )

const wordAt = (url: string) => asked(layerPostgres({ url }))

describePostgres(18, "which database this is", () => {
  it("is told by one word to each process, and by others of databases that were copied from it", async () => {
    const [one, other] = [await freshDatabase(), await freshDatabase()]
    const copied = `${new URL(one.url).pathname.slice(1)}_copied`
    try {
      const first = await wordAt(one.url)
      expect(first).toMatch(/^[\w-]{12}$/)
      expect(await wordAt(one.url)).toBe(first)
      await runOn(other.url, `create database ${copied} template ${copied.replace(/_copied$/, "")}`)
      const url = Object.assign(new URL(one.url), { pathname: `/${copied}` }).href
      expect(new Set([first, await wordAt(url), await wordAt(other.url)]).size).toBe(3)
    } finally {
      await runOn(other.url, `drop database if exists ${copied} with (force)`)
      await one.drop()
      await other.drop()
    }
  })
})

it("is another one for each embedded database", async () => {
  const words = [
    await asked(layerPglite({ memory: true })),
    await asked(layerPglite({ memory: true }))
  ]
  expect(new Set(words).size).toBe(2)
})
