import { expect, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { scopeOf } from "../../../src/inventory/batch/batchScope.ts"
import { foldBatch, type StockOutcome } from "../../../src/inventory/batch/foldBatch.ts"
import { answerOf } from "../../../src/inventory/messages/InventoryAnswer.ts"
import { InventoryCommand, ReserveLine } from "../../../src/inventory/messages/InventoryCommand.ts"
import { InventoryRefusal } from "../../../src/inventory/messages/InventoryError.ts"
import { StockLine } from "../../../src/inventory/messages/MovementCommands.ts"
import { OptionId, SkuId } from "../../../src/kernel/Identifier.ts"
import { MemoryTables } from "../../../src/memory/inventory/MemoryTables.ts"
import { checkRows } from "../../../src/testing/invariants/invariants.ts"
import { ReplayedStock } from "../../../src/testing/invariants/ReplayedStock.ts"
import { arbitraryStory } from "../../../src/testing/story/arbitraries.ts"
import { oneByOne } from "../../../src/testing/story/telling.ts"

const outcomeText = (outcome: StockOutcome): string =>
  outcome._tag === "Answered"
    ? JSON.stringify(outcome.answer)
    : outcome._tag === "Replayed"
      ? `again ${outcome.receipt.answer}`
      : JSON.stringify(outcome._tag === "Refused" ? outcome.refusal : outcome)

it.prop(
  "a batch over what its scope loads comes to what its commands come to one by one",
  [arbitraryStory(40), Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 12 }))],
  ([steps, batchMax]) => {
    const { stock, requests: decided } = oneByOne(steps)
    const tables = new MemoryTables()
    for (let from = 0; from < decided.length; ) {
      const now = decided[from]?.now ?? stock.now
      const batch = decided.slice(from, from + batchMax).filter((it) => it.now === now)
      const requests = batch.map((it) => it.request)
      const { answer, changes } = foldBatch(tables.load(scopeOf("batch", requests), now), requests)
      expect(answer.map(outcomeText)).toEqual(batch.map((it) => outcomeText(it.outcome)))
      tables.apply(changes, now)
      from += batch.length
    }
    const { rows } = stock
    expect(tables.events).toEqual(rows.events)
    expect(tables.movements).toEqual(rows.movements)
    expect(tables.reservations).toEqual(rows.reservations)
    expect(tables.locations).toEqual(rows.locations)
    const levels = [...tables.levels.values()].flatMap((it) => [...it.values()])
    const expected = [...rows.stocks.values()].flatMap((it) => it.levels)
    const byKey = (a: { skuId: string; locationId: string }, b: typeof a) =>
      `${a.skuId} ${a.locationId}` < `${b.skuId} ${b.locationId}` ? -1 : 1
    expect(levels.sort(byKey)).toEqual([...expected].sort(byKey))
  },
  { arbitrary: { runs: 250, size: 40 } }
)

it.prop(
  "a log replayed from nothing is the state, and holds every invariant",
  [arbitraryStory(40)],
  ([steps]) => {
    const { rows } = oneByOne(steps).stock
    const replayed = new ReplayedStock().apply(rows.events)
    expect(replayed.stocks).toEqual(rows.stocks)
    expect(replayed.reservations).toEqual(rows.reservations)
    checkRows(replayed)
  },
  { arbitrary: { runs: 100, size: 40 } }
)

it.prop(
  "every answer and refusal of a story comes back unchanged from its codec",
  [arbitraryStory(40)],
  ([steps]) => {
    for (const { outcome, request } of oneByOne(steps).requests) {
      if (outcome._tag !== "Answered" && outcome._tag !== "Refused") continue
      const codec: Schema.Codec<unknown, unknown> =
        outcome._tag === "Answered" ? answerOf[request.command._tag] : InventoryRefusal
      const value = outcome._tag === "Answered" ? outcome.answer : outcome.refusal
      const text = JSON.stringify(Schema.encodeSync(codec)(value))
      expect(text).toBe(JSON.stringify(value))
      expect(Schema.decodeUnknownSync(codec)(JSON.parse(text))).toEqual(value)
    }
  },
  { arbitrary: { runs: 60, size: 40 } }
)

const { optionId: _optionId, ...ofSku } = ReserveLine.fields
const { reservationId: _reservationId, skuId: _skuId, ...ofOption } = ReserveLine.fields
/** A line that names one of the two; one that names both, or neither, would be drawn in vain. */
const anyLine = Schema.Union([
  Schema.Struct({ ...ofSku, skuId: SkuId }),
  Schema.Struct({ ...ofOption, optionId: OptionId })
])
/** A line of a bulk request. What the others of its fields decide about is left out. */
const anyStockLine = Schema.Union(
  StockLine.members.map((member) => {
    const fields: Schema.Struct.Fields = member.fields
    const { code: _code, includeConfirmed: _confirmed, onShortfall: _shortfall, ...free } = fields
    return Schema.Struct({ ...free, skuId: SkuId })
  })
)

for (const member of InventoryCommand.members) {
  const schema = member as Schema.Codec<InventoryCommand, unknown>
  const line = member.fields._tag.schema.literal === "ChangeStock" ? anyStockLine : anyLine
  const drawn = (
    "lines" in member.fields
      ? Schema.Struct({
          ...member.fields,
          lines: Schema.Array<Schema.Top>(line).check(Schema.isBetweenLength(1, 4))
        })
      : member
  ) as typeof schema
  it.prop(
    `any ${member.fields._tag.schema.literal} comes back unchanged from its codec`,
    [drawn],
    ([command]) => {
      const text = JSON.stringify(Schema.encodeSync(schema)(command))
      const again = Schema.decodeUnknownSync(schema)(JSON.parse(text))
      expect(JSON.stringify(Schema.encodeSync(schema)(again))).toBe(text)
    },
    { arbitrary: { runs: 25 } }
  )
}
