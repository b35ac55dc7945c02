import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import {
  type InventoryCommand,
  ValidCommand
} from "../../../src/inventory/messages/InventoryCommand.ts"
import { Inventory } from "../../../src/inventory/services/Inventory.ts"
import { checkCommand, readCommand } from "../../../src/inventory/services/readCommand.ts"
import * as MemoryInventory from "../../../src/memory/inventory/MemoryInventory.ts"
import { line, written } from "../decide/words.ts"

const engine = Layer.provide(Inventory.layer(), MemoryInventory.layer)

const reserving = (quantity: number) =>
  ({ _tag: "ReserveStock", orderId: "order", lines: [{ skuId: "tea", quantity }] }) as const

const badQuantity = {
  _tag: "InvalidInput",
  issues: [{ path: "lines.0.quantity", message: expect.stringContaining("1") }]
}

const inTeaShop = Effect.gen(function* () {
  const inventory = yield* Inventory
  yield* inventory.registerSku({ skuId: "tea", code: "TEA", name: "Tea", initialStock: 5 })
  return inventory
})

describe("H6 a command that was made by hand", () => {
  it.effect("does not compile, and is refused where it gets through", () =>
    Effect.gen(function* () {
      const { execute } = yield* inTeaShop
      // @ts-expect-error nothing has read this command
      expect(yield* Effect.flip(execute(reserving(-1)))).toMatchObject(badQuantity)
      const decoded = written<InventoryCommand>(reserving(-1))
      // @ts-expect-error nor this one, whatever its type says of its fields
      expect(yield* Effect.flip(execute(decoded))).toMatchObject(badQuantity)
      const valid = yield* Effect.fromResult(readCommand(reserving(1)))
      const forged = { ...valid, lines: [line("tea", -1)] }
      expect(yield* Effect.flip(execute(forged))).toMatchObject(badQuantity)
    }).pipe(Effect.provide(engine))
  )

  it.effect("takes effect when a reader, a check or a schema has read it", () =>
    Effect.gen(function* () {
      const { execute } = yield* inTeaShop
      const [read, checked, decoded] = [
        yield* Effect.fromResult(readCommand(reserving(1))),
        yield* Effect.fromResult(checkCommand(reserving(2))),
        yield* Effect.orDie(Schema.decodeUnknownEffect(ValidCommand)(reserving(1)))
      ]
      expect((yield* execute(read)).answer).toMatchObject([{ quantity: 1 }])
      expect((yield* execute(checked)).answer).toMatchObject([{ quantity: 2 }])
      expect((yield* execute(decoded)).answer).toMatchObject([{ quantity: 1 }])
    }).pipe(Effect.provide(engine))
  )
})

describe("a check of decoded parts", () => {
  const occurredAt = DateTime.makeUnsafe("2026-03-01T09:00:00.000Z")
  const receiving = { _tag: "ReceiveStock", skuId: "tea", quantity: 1, occurredAt } as const

  it("takes instants as values, where the reader takes text", () => {
    expect(Result.getOrThrow(checkCommand(receiving))).toEqual(receiving)
    expect(Result.isFailure(readCommand(receiving))).toBe(true)
    const sent = { ...receiving, occurredAt: "2026-03-01T09:00:00Z" }
    expect(Result.getOrThrow(readCommand(sent))).toEqual(receiving)
  })

  it("names every bad field, an unknown one too", () => {
    const bad = { ...receiving, quantity: 0, skuId: "", colour: "green" }
    const checked = checkCommand(bad)
    expect(Result.isFailure(checked) && checked.failure.issues.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["quantity", "skuId", "colour"])
    )
  })

  it("names ten bad fields of a line that cannot be read, however many there are", () => {
    const unknown = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`x${n}`, n]))
    const line = { type: "RECEIPT", skuId: "tea", quantity: 1, ...unknown }
    const read = Result.getOrThrow(readCommand({ _tag: "ChangeStock", lines: [line] }))
    expect(read).toMatchObject({
      lines: [{ type: "UNREADABLE", issues: Array.from({ length: 10 }, () => expect.anything()) }]
    })
  })
})
