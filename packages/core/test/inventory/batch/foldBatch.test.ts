import { describe, expect, it } from "@effect/vitest"
import type { StockRequest } from "../../../src/inventory/batch/batchScope.ts"
import { foldBatch } from "../../../src/inventory/batch/foldBatch.ts"
import type { SkuCommand } from "../../../src/inventory/messages/SkuCommand.ts"
import type { LoadedStock } from "../../../src/inventory/state/StockBook.ts"
import { type ReservationId, SkuId } from "../../../src/kernel/Identifier.ts"
import type { RequestKey } from "../../../src/kernel/Receipt.ts"
import { uuidOf } from "../../../src/testing/catalog/CatalogStage.ts"
import { type GivenStock, namesOf } from "../../../src/testing/given.ts"
import {
  archive,
  change,
  confirm,
  count,
  held,
  line,
  place,
  receive,
  register,
  release,
  replace,
  reserve,
  ship,
  tea,
  update
} from "../decide/words.ts"

const request = (
  stock: GivenStock,
  command: SkuCommand,
  key: RequestKey | null = null
): StockRequest => ({ command, origin: stock.nextOrigin(), key })

const fold = (
  stock: GivenStock,
  commands: ReadonlyArray<SkuCommand>,
  loaded: Partial<LoadedStock> = {}
) =>
  foldBatch(
    { ...stock.loaded(), ...loaded },
    commands.map((command) => request(stock, command))
  )

const key = (name: string, fingerprint = "f", caller = ""): RequestKey => ({
  caller,
  key: name,
  fingerprint
})

describe("a batch", () => {
  it("hides from a USER a hold that somebody else made in the same batch", () => {
    const stock = tea(9)
    const reservationId = uuidOf(7) as ReservationId
    const made = (orderId: string, ownerId: string): StockRequest =>
      request(stock, {
        ...reserve(orderId, { ...line("tea", 1), reservationId }),
        ownerId
      } as SkuCommand)
    const released = (id: string): StockRequest => ({
      ...request(stock, { _tag: "ReleaseReservation", reservationId }),
      principal: { id, kind: "USER", roles: ["USER"] }
    })
    const { answer } = foldBatch(stock.loaded(), [
      made("o", "bob"),
      released("ann"),
      released("bob")
    ])
    expect(answer).toMatchObject([
      { _tag: "Answered" },
      { _tag: "Refused", refusal: { _tag: "ReservationNotFound", reservationId } },
      { _tag: "Answered" }
    ])
  })

  it("lets each command see what the ones before it did", () => {
    const stock = tea(1)
    const { answer, changes } = fold(stock, [
      reserve("a", line("tea", 1)),
      reserve("b", line("tea", 1)),
      receive("tea", 1),
      reserve("c", line("tea", 1))
    ])
    expect(answer.map((outcome) => outcome._tag)).toEqual([
      "Answered",
      "Refused",
      "Answered",
      "Answered"
    ])
    expect(namesOf(changes.events)).toEqual([
      "reserved",
      "depleted",
      "updated",
      "replenished",
      "reserved",
      "depleted"
    ])
    expect(changes.events.map((event) => event.version)).toEqual([4, 5, 6, 7, 8, 9])
  })

  it("writes each row once, at its final state, beside the version that it was loaded with", () => {
    const stock = tea(9).and(place("east"))
    const hold = held(stock, reserve("o", line("tea", 1)))
    const { changes } = fold(stock, [
      confirm(hold),
      receive("tea", 1),
      receive("tea", 2, "east"),
      receive("tea", 3, "east"),
      register("cup", 4),
      reserve("p", line("cup", 1)),
      update("tea", { name: "Green" })
    ])
    expect(changes.createdSkus.map((sku) => sku.id)).toEqual(["cup"])
    expect(changes.updatedSkus).toMatchObject([{ id: "tea", name: "Green" }])
    expect(changes.createdLevels.map((it) => [it.skuId, it.locationId, it.totalQuantity])).toEqual([
      ["tea", "east", 5],
      ["cup", "default", 4]
    ])
    expect(changes.updatedLevels).toMatchObject([
      { loadedVersion: 4, level: { locationId: "default", totalQuantity: 10 } }
    ])
    expect(changes.createdReservations).toMatchObject([{ orderId: "p", status: "PENDING" }])
    expect(changes.updatedReservations).toMatchObject([{ id: hold.id, status: "CONFIRMED" }])
    expect(changes.movements).toHaveLength(4)
    expect(changes.isEmpty).toBe(false)
  })

  it("comes to nothing when every command is refused", () => {
    const { answer, changes } = fold(tea(0), [ship("tea", 1), reserve("o", line("tea", 1))])
    expect(answer.map((outcome) => outcome._tag)).toEqual(["Refused", "Refused"])
    expect(changes.isEmpty).toBe(true)
    expect(changes.updatedLevels).toEqual([])
    expect(changes.createdReservations).toEqual([])
  })

  it("leaves no trace of a refusal that had gone half the way", () => {
    const stock = tea(5).and({ ...reserve("a", line("tea", 5)), ttl: 5 })
    stock.and(register("cup")).later(5)
    const { changes } = fold(stock, [reserve("b", line("tea", 5), line("cup", 1))])
    expect(changes.isEmpty).toBe(true)
    expect(changes.updatedReservations).toEqual([])
  })

  it("gives a throw to the command that threw, and goes on", () => {
    const poison: SkuCommand = {
      _tag: "ReceiveStock",
      skuId: SkuId.make("tea"),
      get quantity(): number {
        throw new Error("poison")
      }
    }
    const { answer, changes } = fold(tea(1), [receive("tea", 1), poison, receive("tea", 1)])
    expect(answer.map((outcome) => outcome._tag)).toEqual(["Answered", "Defect", "Answered"])
    expect(changes.events).toHaveLength(2)
  })

  it("B1 makes a decision that breaks a bound the defect of its one command", () => {
    const stock = tea(9).and(register("cup", 9))
    const hold = held(stock, reserve("a", line("tea", 8)))
    // A spoilt row: it keeps fewer units than its hold.
    const levels = stock
      .loaded()
      .levels.map((level) => (level.skuId === "tea" ? { ...level, reservedQuantity: 5 } : level))
    const { answer, changes } = fold(stock, [release(hold), reserve("b", line("cup", 1))], {
      levels
    })
    expect(answer.map((outcome) => outcome._tag)).toEqual(["Defect", "Answered"])
    expect(changes.events.map((event) => event.aggregateId)).toEqual(["cup"])
    const [first] = answer
    const message = first?._tag === "Defect" ? String(first.defect) : ""
    expect(message).toContain("BrokenInvariant: tea at default: reserved -3 is below zero")
    expect(message).toContain(`decided {"_tag":"ReleaseReservation","reservationId":"${hold.id}"}`)
    expect(message).toContain('over {"sku":{"id":"tea"')
  })

  it("places by a priority that an earlier command of it changed", () => {
    const stock = tea(5).and(place("east", { priority: 900 }), receive("tea", 5, "east"))
    const { changes } = fold(stock, [
      change("east", { priority: 0 }),
      reserve("o", line("tea", 1)),
      change("default", { priority: 0 }),
      reserve("p", line("tea", 1))
    ])
    expect(changes.createdReservations.map((hold) => hold.locationId)).toEqual(["east", "default"])
  })

  it("knows a code that an earlier command of it took or let go", () => {
    const { answer } = fold(tea(1), [
      register("a", 0, { code: "TEA" }),
      update("tea", { code: "GREEN" }),
      register("a", 0, { code: "TEA" }),
      register("b", 0, { code: "GREEN" })
    ])
    expect(answer.map((outcome) => outcome._tag)).toEqual([
      "Refused",
      "Answered",
      "Answered",
      "Refused"
    ])
  })

  it("has the new default location as soon as it is made", () => {
    const { changes } = fold(tea(1), [place("east", { isDefault: true }), receive("tea", 1)])
    expect(changes.createdLevels).toMatchObject([{ locationId: "east", totalQuantity: 1 }])
    expect(changes.createdLocations).toMatchObject([{ id: "east" }])
    expect(changes.updatedLocations).toMatchObject([{ id: "default", isDefault: false }])
  })

  it("replaces a cart that an earlier command of it made", () => {
    const { answer, changes } = fold(tea(3), [
      reserve("o", line("tea", 3)),
      replace("o", line("tea", 2)),
      replace("o", line("tea", 3))
    ])
    expect(answer.every((outcome) => outcome._tag === "Answered")).toBe(true)
    expect(changes.createdReservations).toMatchObject([{ quantity: 3, status: "PENDING" }])
  })
})

describe("an idempotency key", () => {
  it("gives a twin in the same batch the first answer, and no second effect", () => {
    const stock = tea(5)
    const command = reserve("o", line("tea", 1))
    const { answer, changes } = foldBatch(stock.loaded(), [
      request(stock, command, key("k")),
      request(stock, command, key("k")),
      request(stock, command, key("k", "f", "another caller"))
    ])
    expect(answer.map((outcome) => outcome._tag)).toEqual(["Answered", "Replayed", "Answered"])
    const [first, twin] = answer
    if (first?._tag !== "Answered" || twin?._tag !== "Replayed") throw new Error("not twins")
    expect(twin.receipt.answer).toBe(JSON.stringify(first.answer))
    expect(changes.createdReservations).toHaveLength(2)
    expect(changes.receipts.map((receipt) => receipt.caller)).toEqual(["", "another caller"])
  })

  it("answers from a receipt that was loaded", () => {
    const stock = tea(5)
    const receipts = [{ ...key("k"), answer: '"as it was"', answerVersion: 1 }]
    const { answer, changes } = foldBatch({ ...stock.loaded(), receipts }, [
      request(stock, receive("tea", 1), key("k"))
    ])
    expect(answer).toEqual([{ _tag: "Replayed", receipt: receipts[0] }])
    expect(changes.isEmpty).toBe(true)
  })

  it("that was used with another request is refused before anything else", () => {
    const stock = tea(5)
    const { answer } = foldBatch(stock.loaded(), [
      request(stock, receive("tea", 1), key("k")),
      request(stock, receive("unknown", 1), key("k", "other"))
    ])
    expect(answer[1]).toEqual({
      _tag: "Refused",
      refusal: { _tag: "IdempotencyMismatch", key: "k" }
    })
  })

  it("of a refused command is free: its twin is decided anew", () => {
    const stock = tea(0)
    const command = ship("tea", 1)
    const { answer, changes } = foldBatch(stock.loaded(), [
      request(stock, command, key("k")),
      request(stock, receive("tea", 1)),
      request(stock, command, key("k"))
    ])
    expect(answer.map((outcome) => outcome._tag)).toEqual(["Refused", "Answered", "Answered"])
    expect(changes.receipts).toHaveLength(1)
  })

  it("is not another pair of caller and key whose letters run together", () => {
    const stock = tea(0)
    const { answer } = foldBatch(
      stock.loaded(),
      [
        key("c", "f", "a\nb"),
        key("b\nc", "f", "a"),
        key("1 a", "f", ""),
        key("a", "f", "1 "),
        key("", "f", "1 a")
      ].map((it) => request(stock, receive("tea", 1), it))
    )
    expect(answer.map((outcome) => outcome._tag)).toEqual(answer.map(() => "Answered"))
  })
})

describe("more lapsed holds than one transaction loads", () => {
  /** Ten lapsed holds of one tea each, of which a store has loaded the first two. */
  const crowded = () => {
    const stock = tea(10)
    for (let n = 0; n < 10; n++) {
      stock.and({ ...reserve(`o${n}`, line("tea", 1)), ttl: n + 1 })
    }
    stock.later(60)
    const few = { lapsed: stock.loaded().lapsed.slice(0, 2), lapsedMore: [SkuId.make("tea")] }
    return { stock, few }
  }

  it("send a short command round again, with those expired that were loaded", () => {
    const { few, stock } = crowded()
    const { answer, changes } = fold(stock, [reserve("p", line("tea", 9))], few)
    expect(answer).toEqual([{ _tag: "Again" }])
    expect(namesOf(changes.events)).toEqual(["released", "released", "replenished"])
    expect(changes.updatedReservations.map((hold) => hold.status)).toEqual(["EXPIRED", "EXPIRED"])
  })

  it("send every short command of a batch round again, though the first expired them all", () => {
    const { few, stock } = crowded()
    const { answer } = fold(
      stock,
      [
        reserve("p", line("tea", 9)),
        reserve("q", line("tea", 8)),
        ship("tea", 9),
        count("tea", 0),
        archive("tea")
      ],
      few
    )
    expect(answer.map((outcome) => outcome._tag)).toEqual([
      "Again",
      "Again",
      "Again",
      "Again",
      "Again"
    ])
  })

  it("are not in the way of a command that is short of another SKU, or that fits", () => {
    const { few, stock } = crowded()
    stock.and(register("cup"))
    const { answer } = fold(
      stock,
      [reserve("p", line("tea", 2)), reserve("q", line("cup", 1)), reserve("r", line("x", 1))],
      few
    )
    expect(answer.map((outcome) => outcome._tag)).toEqual(["Answered", "Refused", "Refused"])
  })

  it("may all be of other SKUs: those give way first, so that each round comes nearer", () => {
    const { stock } = crowded()
    stock.and(register("cup", 1), { ...reserve("cup", line("cup", 1)), ttl: 1 }).later(1)
    const lapsed = stock.loaded().lapsed.filter((hold) => hold.skuId === "tea")
    const { answer, changes } = fold(stock, [reserve("p", line("cup", 1))], {
      lapsed,
      lapsedMore: [SkuId.make("cup")]
    })
    expect(answer).toEqual([{ _tag: "Again" }])
    expect(changes.updatedReservations).toHaveLength(10)
  })
})
