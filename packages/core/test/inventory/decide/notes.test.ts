import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import type { SkuCommand } from "../../../src/inventory/messages/SkuCommand.ts"
import { readCommand } from "../../../src/inventory/services/readCommand.ts"
import { adjust, count, giveBack, place, receive, ship, tea, transfer } from "./words.ts"

describe("the notes of a movement", () => {
  it("S6 are kept by a count that finds the total unchanged", () => {
    const stock = tea(9)
    const occurredAt = DateTime.subtract(stock.now, { hours: 3 })
    expect(stock.accepts(count("tea", 9, { occurredAt, actor: "Ann" })).movements).toMatchObject([
      { type: "ADJUSTMENT", quantity: 0, balanceAfter: 9, occurredAt, actor: "Ann" }
    ])
    expect(stock.accepts(count("tea", 9, { reason: null })).movements).toEqual([])
  })

  it("S6 are at most five minutes in the future", () => {
    const stock = tea(9).and(place("east"))
    const at = (seconds: number) => ({ occurredAt: DateTime.add(stock.now, { seconds }) })
    const commands: ReadonlyArray<(notes: { occurredAt: DateTime.Utc }) => SkuCommand> = [
      (notes) => ({ ...receive("tea", 1), ...notes }),
      (notes) => ship("tea", 1, notes),
      (notes) => giveBack("tea", 1, notes),
      (notes) => adjust("tea", 1, notes),
      (notes) => count("tea", 3, notes),
      (notes) => ({ ...transfer("tea", 1, "default", "east"), ...notes })
    ]
    for (const command of commands) {
      expect(stock.refuses(command(at(301)))).toMatchObject({
        _tag: "InvalidInput",
        issues: [{ path: "occurredAt", message: expect.stringContaining("future") }]
      })
      expect(stock.accepts(command(at(300)))).toMatchObject({ movements: expect.anything() })
    }
  })

  it("S6 are refused where they cannot have an effect", () => {
    const pathOf = (command: SkuCommand) => {
      const read = readCommand(command)
      return Result.isFailure(read) ? read.failure.issues.map(({ path }) => path) : []
    }
    const confirmedToo = { includeConfirmed: true } as const
    expect(pathOf(count("tea", 1, confirmedToo))).toEqual(["includeConfirmed"])
    expect(pathOf(adjust("tea", -1, { ...confirmedToo, onShortfall: "ACCEPT" }))).toEqual([
      "includeConfirmed"
    ])
    expect(pathOf(adjust("tea", 1, { onShortfall: "ACCEPT" }))).toEqual(["onShortfall"])
    const releasing = { ...confirmedToo, onShortfall: "RELEASE_NEWEST" } as const
    expect(pathOf(adjust("tea", -1, releasing))).toEqual([])
    expect(pathOf(count("tea", 1, releasing))).toEqual([])
    expect(pathOf(adjust("tea", 1, { onShortfall: "REFUSE", includeConfirmed: false }))).toEqual([])
  })
})
