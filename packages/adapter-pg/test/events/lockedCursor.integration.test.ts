/** A cursor that somebody else has locked: what is said of it, and that nothing else is. */
import { expect, it } from "@effect/vitest"
import { InventoryLog } from "@holdfast/core/inventory"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import pg from "pg"
import { layerMigrations, layerPostgres, layerStorage } from "../../src/effect.ts"
import { ownDatabase } from "../promise/opened.ts"

const options = { kind: "SUBSCRIPTION", owner: "one", leaseMillis: 60_000, from: "FIRST" } as const

describePostgres(18, "a cursor that a transaction has locked", () => {
  it("is busy: the answer names the cursor, and no stock", async () => {
    await using database = await ownDatabase()
    const { url } = database
    const storage = layerStorage().pipe(
      Layer.provide(layerMigrations()),
      Layer.provide(layerPostgres({ url }))
    )
    const holder = new pg.Client({ connectionString: url })
    await holder.connect()
    const error = await Effect.runPromise(
      Effect.gen(function* () {
        const { cursors } = yield* InventoryLog
        const lease = yield* cursors.take("report", options)
        if (lease === null) return yield* Effect.die(new Error("the cursor is free"))
        yield* Effect.promise(() => holder.query("begin"))
        yield* Effect.promise(() => holder.query("select from inventory.event_cursors for update"))
        return yield* Effect.flip(cursors.renew(lease, 60_000))
      }).pipe(Effect.provide(storage))
    )
    await holder.end()
    expect(error).toMatchObject({ _tag: "StoreError", reason: "Busy" })
    expect(error.message).toContain("has the cursor locked")
    expect(error.message).not.toContain("stock")
  }, 60_000)
})
