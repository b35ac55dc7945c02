import { describe, expect, it } from "@effect/vitest"
import type { StockRequest } from "../../../src/inventory/batch/batchScope.ts"
import {
  claimsOf,
  laneOf,
  scopeOf,
  touchesOf,
  weightOf
} from "../../../src/inventory/batch/batchScope.ts"

import type { SkuCommand } from "../../../src/inventory/messages/SkuCommand.ts"
import { emptyScope } from "../../../src/inventory/ports/StockStore.ts"
import { BundleId, type CommandId, type OptionId, OrderId } from "../../../src/kernel/Identifier.ts"
import {
  adjust,
  archive,
  change,
  confirm,
  confirmOrder,
  count,
  expire,
  fulfilOrder,
  line,
  nobody,
  optionLines,
  place,
  receive,
  register,
  releaseBundle,
  releaseOrder,
  replace,
  reserve,
  ship,
  transfer,
  unarchive,
  update,
  written
} from "../decide/words.ts"

const commandId = written<CommandId>("cmd")

const request = (command: SkuCommand, key: StockRequest["key"] = null): StockRequest => ({
  command,
  key,
  origin: { commandId, correlationId: null, traceparent: null, actor: null }
})

const scope = (...commands: ReadonlyArray<SkuCommand>) =>
  scopeOf(
    "batch",
    commands.map((command) => request(command))
  )

const nothing = { batchId: "batch", ...emptyScope }

describe("the scope of a batch", () => {
  const wholeOrder = { orderIds: ["o"], lockedOrderIds: ["o"] }
  const bundle = {
    bundleId: BundleId.make(nobody.id),
    optionId: nobody.id as OptionId,
    perBundle: 1
  }
  const part = { orderId: OrderId.make("o"), bundle }
  const other = "018f0000-0000-7000-8000-000000000009"

  it.each<readonly [SkuCommand, object]>([
    [register("tea"), { skuIds: ["tea"], codes: ["TEA"] }],
    [
      { _tag: "RegisterSku", code: "X", name: "X" },
      { skuIds: ["cmd"], codes: ["X"] }
    ],
    [update("tea", { code: "T" }), { skuIds: ["tea"], codes: ["T"] }],
    [update("tea", {}), { skuIds: ["tea"] }],
    [archive("tea"), { skuIds: ["tea"] }],
    [place("east"), { locationIds: ["east"], changesLocations: true }],
    [change("east", {}), { locationIds: ["east"], changesLocations: true }],
    [receive("tea", 1, "east"), { skuIds: ["tea"], locationIds: ["east"] }],
    [ship("tea", 1), { skuIds: ["tea"] }],
    [unarchive("tea"), { skuIds: ["tea"], codesOf: ["tea"] }],
    [adjust("tea", 1), { skuIds: ["tea"], openHoldsOf: ["tea"] }],
    [count("tea", 1), { skuIds: ["tea"], openHoldsOf: ["tea"] }],
    [transfer("tea", 1, "east", "west"), { skuIds: ["tea"], locationIds: ["east", "west"] }],
    [
      reserve(
        "o",
        line("tea", 1, { locationId: "east" }),
        line("cup", 1, { reservationId: other })
      ),
      { skuIds: ["tea", "cup"], locationIds: ["east"], reservationIds: [other] }
    ],
    [replace("o", line("tea", 1)), { skuIds: ["tea"], ...wholeOrder }],
    [
      reserve("o", line("tea", 1), ...optionLines(1, { cup: 2 })),
      { skuIds: ["tea", "cup"], lockedOrderIds: ["o"] }
    ],
    [releaseBundle(part), { bundleIds: [nobody.id], lockedOrderIds: ["o"] }],
    [confirm(nobody), { reservationIds: [nobody.id] }],
    [confirmOrder("o"), wholeOrder],
    [releaseOrder("o"), wholeOrder],
    [fulfilOrder("o"), wholeOrder],
    [expire(nobody, { id: other }), { reservationIds: [nobody.id, other] }]
  ])("of %o is what it touches, and nothing else", (command, touched) => {
    expect(scope(command)).toEqual({ ...nothing, ...touched })
  })

  it("names each thing once, and every key with its caller", () => {
    const key = { caller: "shop", key: "k", fingerprint: "f" }
    const gathered = scopeOf("batch", [
      request(receive("tea", 1, "east"), key),
      request(count("tea", 1, { locationId: "east" })),
      request(count("tea", 2), { ...key, caller: "" })
    ])
    expect(gathered).toEqual({
      ...nothing,
      skuIds: ["tea"],
      locationIds: ["east"],
      openHoldsOf: ["tea"],
      keys: [
        { caller: "shop", key: "k" },
        { caller: "", key: "k" }
      ]
    })
  })
})

describe("a command on its way", () => {
  it("B7 keeps others behind it by its reservation, unless it only writes down what has lapsed", () => {
    const name = `reservation ${nobody.id}`
    expect(claimsOf(request(confirm(nobody)))).toEqual([name])
    expect(claimsOf(request(expire(nobody)))).toEqual([])
    expect(touchesOf(request(expire(nobody)))).toEqual([])
  })

  it("weighs as much as it has lines", () => {
    expect(weightOf(receive("tea", 1_000))).toBe(1)
    expect(weightOf(reserve("o", line("tea", 1), line("cup", 9)))).toBe(2)
    expect(weightOf(expire(nobody, nobody, nobody))).toBe(3)
  })

  it("B12 weighs more for a whole order, whose lines nobody knows beforehand", () => {
    const whole = [confirmOrder("o"), releaseOrder("o"), fulfilOrder("o")]
    expect(whole.map(weightOf)).toEqual([20, 20, 20])
    expect(weightOf(replace("o", line("tea", 1)))).toBe(20)
    const lines = Array.from({ length: 21 }, () => line("tea", 1))
    expect(weightOf(replace("o", ...lines))).toBe(21)
  })

  it("B12 names the order whose lines are to be counted, unless they are loaded anyway", () => {
    const counted = { ...request(reserve("o", line("tea", 1))), isOrderCounted: true }
    expect(scopeOf("batch", [counted]).countedOrderIds).toEqual(["o"])
    const whole = { ...request(replace("o", line("tea", 1))), isOrderCounted: true }
    expect(scopeOf("batch", [whole])).toMatchObject({ countedOrderIds: [], orderIds: ["o"] })
  })

  it("goes to the lane of its SKU, or else of its hold or order, always the same one", () => {
    expect(laneOf(receive("tea", 1))).toBe(laneOf(reserve("o", line("tea", 1), line("cup", 1))))
    expect(laneOf(confirm(nobody))).toBe(laneOf(confirm(nobody, { reacquire: true })))
    expect(laneOf(confirmOrder("o"))).toBe(laneOf(fulfilOrder("o")))
    expect(laneOf(place("east"))).toBe(0)
    const lanes = Array.from({ length: 400 }, (_, n) => laneOf(receive(`sku-${n}`, 1)) % 4)
    for (const lane of [0, 1, 2, 3]) {
      expect(lanes.filter((it) => it === lane).length).toBeGreaterThan(50)
    }
  })
})
