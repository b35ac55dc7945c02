import { describe, expect, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import {
  commandIdFrom,
  eventIdOf,
  IdempotencyKey,
  LineId,
  LocationId,
  OrderId,
  ReservationId,
  reservationIdOf,
  reservedWords,
  SkuId,
  wayOfReservation,
  wayOfSku
} from "../../src/kernel/Identifier.ts"

const takes = (schema: Schema.Codec<string>, value: unknown): boolean =>
  Result.isSuccess(Schema.decodeUnknownResult(schema)(value))

describe("the id of a SKU or a location", () => {
  it.each(["a", "A-1", "x.y_z~q:7", "...", "__proto__", "constructor", "0", "a".repeat(100)])(
    "may be %s",
    (id) => {
      expect([takes(SkuId, id), takes(LocationId, id)]).toEqual([true, true])
    }
  )

  it.each([
    "",
    "a".repeat(101),
    "a/b",
    "a b",
    "a'b",
    'a"b',
    "a%2Fb",
    "a?b",
    "a#b",
    "a\\b",
    "é",
    "🧦",
    "a\n",
    "a\u0000",
    "\ud83d"
  ])("may not be %j, which no path could name plainly", (id) => {
    expect([takes(SkuId, id), takes(LocationId, id)]).toEqual([false, false])
  })

  it("may not be a word that the paths use", () => {
    expect(reservedWords.has("..")).toBe(true)
    for (const word of reservedWords) expect(takes(SkuId, word)).toBe(false)
    expect(takes(SkuId, "Reservations")).toBe(true)
  })
})

describe("ids that the host chooses", () => {
  it("are printable and measured in code points", () => {
    for (const schema of [OrderId, LineId]) {
      expect(takes(schema, "№ 1/a — 🧾")).toBe(true)
      expect(takes(schema, "🧦".repeat(100))).toBe(true)
      expect(takes(schema, "🧦".repeat(101))).toBe(false)
      expect(takes(schema, "a\nb")).toBe(false)
      expect(takes(schema, "")).toBe(false)
    }
    expect(takes(IdempotencyKey, "a\nb")).toBe(true)
    expect(takes(IdempotencyKey, "a\u0000b")).toBe(false)
    expect(takes(IdempotencyKey, "k".repeat(256))).toBe(false)
  })

  it("of reservations are UUIDs in lower case", () => {
    expect(takes(ReservationId, "018f0000-0000-7000-8000-00000000000a")).toBe(true)
    for (const id of [
      "018F0000-0000-7000-8000-00000000000A",
      "{018f0000-0000-7000-8000-00000000000a}",
      "018f000000007000800000000000000a",
      "018f0000-0000-7000-8000-00000000000a\n",
      "x"
    ]) {
      expect(takes(ReservationId, id)).toBe(false)
    }
  })
})

describe("ids that the engine makes", () => {
  const random = new Uint8Array([255, 255, 255, 255, 1, 2, 3, 4])
  const commandId = commandIdFrom(Date.parse("2026-03-01T09:00:00.000Z"), random)

  it("are UUIDs of version 7 that begin with their instant", () => {
    expect(commandId).toBe("019ca8a0-3e80-7fff-bfff-010203040000")
    expect(Number.parseInt(commandId.replaceAll("-", "").slice(0, 12), 16)).toBe(
      Date.parse("2026-03-01T09:00:00.000Z")
    )
    expect(takes(ReservationId, commandId)).toBe(true)
  })

  it("leave room for all that a command makes, with no two alike", () => {
    const ids = new Set<string>([commandId])
    for (let n = 0; n < 0x8000; n++) if (n > 0) ids.add(eventIdOf(commandId, n))
    for (let n = 0; n < 4_096; n++) ids.add(reservationIdOf(commandId, n, SkuId.make(`sku-${n}`)))
    expect(ids.size).toBe(0x8000 + 4_096)
    expect(eventIdOf(commandId, 0)).toBe(commandId)
    for (const id of [
      eventIdOf(commandId, 0x7fff),
      reservationIdOf(commandId, 4_095, SkuId.make("tea"))
    ]) {
      expect(takes(ReservationId, id)).toBe(true)
    }
  })

  it("B15 carry the way of their SKU, and rise with the lines", () => {
    const skuIds = Array.from({ length: 100 }, (_, n) => SkuId.make(`sku-${n}`))
    const ids = skuIds.map((skuId, n) => reservationIdOf(commandId, n, skuId))
    expect(ids.map(wayOfReservation)).toEqual(skuIds.map(wayOfSku))
    expect(new Set(skuIds.map(wayOfSku)).size).toBe(15)
    expect([...ids].sort()).toEqual(ids)
    const older = ReservationId.make("019ca8a0-3e80-7fff-bfff-010203048000")
    // An older id, or one from a caller, may hold no way: any way will do.
    expect(wayOfReservation(older)).toBeGreaterThanOrEqual(0)
  })
})

describe("an id of one kind", () => {
  const id = (text: string) => ({ sku: SkuId.make(text), location: LocationId.make(text) })
  const ofSku = (skuId: SkuId): string => skuId

  it("is taken for none of another, nor is a plain text, and is its text at run time", () => {
    const { location, sku } = id("tea")
    // @ts-expect-error a location is no SKU
    expect(ofSku(location)).toBe("tea")
    // @ts-expect-error nobody has checked this text
    expect(ofSku("tea")).toBe("tea")
    expect([ofSku(sku), JSON.stringify({ sku })]).toEqual(["tea", '{"sku":"tea"}'])
  })

  it("is made of a text that is one", () => {
    expect(() => id("no id")).toThrow()
  })
})
