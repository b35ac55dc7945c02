/**
 * Random stories of a small world: a few SKUs, places and orders, so that commands meet. Weights
 * keep SKUs in stock and places open. They also bring about rare cases: repeated corrections of one
 * place, goods that left in part, archived SKUs.
 */
import * as Arbitrary from "effect/Arbitrary"
import type { SkuCommand, SkuLine } from "../../inventory/messages/SkuCommand.ts"
import { defaultLocationId } from "../../inventory/state/Location.ts"
import { OrderStatus } from "../../inventory/state/PlacedOrder.ts"
import { LineId, LocationId, OrderId, SkuId } from "../../kernel/Identifier.ts"
import { balanceMax } from "../../kernel/Quantity.ts"
import { holdStates } from "../invariants/holdState.ts"
import { below, boolean, constant, either, maybe, oneOf, type Random, record } from "../random.ts"
import { bulkRequests } from "./bulkRequests.ts"
import { cartId, claims } from "./claims.ts"
import { optionLinesOf } from "./optionLines.ts"
import type { CommandStep, HoldPick, OrderPick, Step } from "./Step.ts"

const sku = {
  a: SkuId.make("a"),
  b: SkuId.make("b"),
  c: SkuId.make("c"),
  d: SkuId.make("d"),
  vast: SkuId.make("vast")
}
const places = {
  front: defaultLocationId,
  east: LocationId.make("east"),
  back: LocationId.make("back"),
  west: LocationId.make("west")
}
const skuId = oneOf([10, sku.a], [8, sku.b], [8, sku.c], [3, sku.d])
const code = oneOf([3, "D"], [1, "A"], [1, "B"], [1, "C"], [1, "E"])
const place = oneOf([6, places.front], [5, places.east], [2, places.back], [2, places.west])
const units = oneOf([6, 1], [6, 2], [5, 3], [3, 4], [2, 5], [2, 7], [1, 9], [1, 12])
const pick: Random<HoldPick> = record({
  state: oneOf(...holdStates.map((state) => [1, state] as const)),
  n: below(21)
})
const confirmed: Random<HoldPick> = record({
  state: oneOf([3, "CONFIRMED" as const], [1, "PARTLY" as const]),
  n: below(20)
})
/** A part of a bundle. */
const part: Random<HoldPick> = record({
  state: oneOf(...holdStates.map((state) => [state === "PARTLY" ? 6 : 1, state] as const)),
  n: below(21)
})
/** A part of a bundle that may have been taken by a correction. */
const taken: Random<HoldPick> = record({
  state: oneOf([3, "RELEASED" as const], [1, "CONFIRMED" as const], [1, "PARTLY" as const]),
  n: below(20)
})
/** One of the first open holds, so that corrections of one place follow each other. */
const early: Random<HoldPick> = record({
  state: oneOf([1, "CONFIRMED" as const], [2, "PENDING" as const]),
  n: below(3)
})
const policy = {
  backorderLimit: maybe(5, oneOf([2, 0], [2, 2], [3, 5])),
  safetyStock: maybe(2, oneOf([2, 0], [1, 1], [1, 3])),
  lowStockThreshold: maybe(2, oneOf<number | null>([1, null], [2, 4], [1, 8]))
}
const shortfall = {
  onShortfall: maybe(
    8,
    oneOf([1, "REFUSE" as const], [5, "RELEASE_NEWEST" as const], [3, "ACCEPT" as const])
  ),
  includeConfirmed: maybe(5, boolean(8))
}
const at = { skuId, locationId: maybe(6, place) }
const line: Random<SkuLine> = record({
  skuId,
  locationId: maybe(3, place),
  quantity: units,
  lineId: maybe(3, oneOf([1, LineId.make("line-1")], [1, LineId.make("line-2")]))
})
const lines = Arbitrary.flatMap(oneOf([4, 1], [3, 2], [2, 3]), (length) =>
  Arbitrary.array(line, { minLength: length, maxLength: length })
)
/** Goods under a reference, which may be for one booking. */
const noted = {
  ...at,
  quantity: units,
  reference: oneOf([2, "note-1"], [1, "note-2"], [1, "note-3"]),
  onceOnly: maybe(7, constant(true))
}
const optionLines = optionLinesOf(sku, place, line)
const ttl = maybe(6, oneOf([2, 30], [2, 120], [1, 300]))
const often: { readonly [Status in OrderStatus]?: number } = {
  RESERVED: 8,
  PAID_LATE: 30,
  FULFILLED: 2
}
const placed = oneOf(...OrderStatus.literals.map((status) => [often[status] ?? 1, status] as const))
const pickOrder: Random<OrderPick> = record({ status: placed, n: below(21) })
const orderLine: Random<SkuLine> = record({
  skuId: oneOf([10, sku.a], [8, sku.b], [8, sku.c], [1, sku.d]),
  locationId: maybe(1, place),
  quantity: oneOf([3, 1], [3, 2], [3, 4], [3, 7], [2, 9])
})
const placedNames = Array.from({ length: 40 }, (_, n) => OrderId.make(`placed-${n + 1}`))
const orderNames = Array.from({ length: 12 }, (_, n) => OrderId.make(`order-${n + 1}`))

/** How often each command comes, simple ones first: a failure shrinks towards them. */
const commands: ReadonlyArray<readonly [weight: number, command: Random<CommandStep>]> = [
  [11, record({ _tag: constant("ReceiveStock"), ...at, quantity: units })],
  [1, constant({ _tag: "ReceiveStock", skuId: sku.vast, locationId: places.front, quantity: 9 })],
  [
    28,
    record({
      _tag: constant("ReserveStock"),
      order: oneOf(...orderNames.map((name) => [1, name] as const)),
      lines,
      ttl,
      ownerId: maybe(4, cartId)
    })
  ],
  [
    8,
    record({
      _tag: constant("ReserveStock"),
      order: pick,
      lines,
      ttl,
      replace: constant(true),
      ownerId: maybe(3, cartId),
      taken: maybe(1, pick)
    })
  ],
  [
    12,
    record({
      _tag: constant("ReserveStock"),
      order: either<OrderId | HoldPick>(
        [2, oneOf(...orderNames.map((name) => [1, name] as const))],
        [1, pick]
      ),
      lines: optionLines,
      ttl
    })
  ],
  [
    8,
    record({
      _tag: constant("ReserveStock"),
      order: pick,
      lines: optionLines,
      ttl,
      replace: constant(true)
    })
  ],
  [8, record({ _tag: constant("ReleaseBundle"), bundle: part, confirmed: maybe(4, boolean(7)) })],
  [
    8,
    record({
      _tag: constant("ResizeBundle"),
      bundle: part,
      quantity: oneOf([3, 1], [3, 2], [1, 4])
    })
  ],
  [9, record({ _tag: constant("ExtendBundle"), bundle: part, ttl })],
  [20, record({ _tag: constant("BreakBundle"), bundle: either([3, taken], [2, pick]) })],
  [
    14,
    record({ _tag: constant("ConfirmReservation"), hold: pick, reacquire: maybe(5, boolean(8)) })
  ],
  [
    8,
    record({ _tag: constant("ReleaseReservation"), hold: pick, confirmed: maybe(4, boolean(7)) })
  ],
  [
    24,
    record({
      _tag: constant("FulfilReservation"),
      hold: either([2, pick], [3, confirmed]),
      quantity: maybe(7, oneOf([5, 1], [3, 2], [1, 9]))
    })
  ],
  [8, record({ _tag: constant("ResizeReservation"), hold: pick, quantity: units })],
  [8, record({ _tag: constant("ExtendReservation"), hold: pick, ttl })],
  [5, record({ _tag: constant("ShipStock"), ...at, quantity: units })],
  [2, record({ _tag: constant("ReturnStock"), ...at, quantity: units })],
  [3, record({ _tag: constant("ReturnStock"), of: confirmed, quantity: oneOf([3, 1], [1, 2]) })],
  [
    6,
    either<CommandStep>(
      [3, record({ _tag: constant("ReceiveStock"), ...noted })],
      [1, record({ _tag: constant("ShipStock"), ...noted })],
      [1, record({ _tag: constant("ReturnStock"), ...noted })]
    )
  ],
  [
    8,
    record({
      _tag: constant("AdjustStock"),
      ...at,
      quantity: oneOf([4, -1], [4, -2], [3, -4], [2, -7], [2, 2]),
      reason: constant("found broken"),
      ...shortfall
    })
  ],
  [
    5,
    record({
      _tag: constant("CountStock"),
      ...at,
      countedQuantity: oneOf([1, 0], [2, 2], [2, 5], [2, 12]),
      expectedQuantity: maybe(2, below(11)),
      ...shortfall
    })
  ],
  [
    10,
    record({
      _tag: constant("CountStock"),
      under: early,
      missing: oneOf([3, 1], [3, 2], [2, 3], [1, 7]),
      ...shortfall
    })
  ],
  [
    6,
    record({
      _tag: constant("CountStock"),
      under: early,
      missing: oneOf([2, 1], [2, 2], [1, 3]),
      onShortfall: constant("ACCEPT")
    })
  ],
  [
    10,
    record({
      _tag: constant("AdjustStock"),
      under: constant("shortfall"),
      quantity: oneOf([2, -1], [1, -2]),
      reason: constant("found broken"),
      onShortfall: constant("RELEASE_NEWEST"),
      includeConfirmed: boolean(6)
    })
  ],
  [
    6,
    record({
      _tag: constant("TransferStock"),
      skuId,
      fromLocationId: oneOf([2, places.front], [2, places.east]),
      toLocationId: oneOf([2, places.back], [3, places.west]),
      quantity: units
    })
  ],
  [
    3,
    record({
      _tag: constant("TransferStock"),
      skuId,
      fromLocationId: oneOf([2, places.back], [2, places.west]),
      toLocationId: oneOf([2, places.front], [2, places.east]),
      quantity: units
    })
  ],
  [9, bulkRequests({ skuId, place, units, ...shortfall })],
  [9, record({ _tag: constant("ConfirmOrder"), order: pick, reacquire: maybe(5, boolean(8)) })],
  [5, record({ _tag: constant("ReleaseOrder"), order: pick, confirmed: maybe(4, boolean(7)) })],
  [5, record({ _tag: constant("FulfilOrder"), order: pick })],
  [
    6,
    record({
      _tag: constant("ExpireReservations"),
      holds: Arbitrary.array(pick, { minLength: 1, maxLength: 3 })
    })
  ],
  [
    20,
    record({
      _tag: constant("PlaceOrder"),
      order: oneOf<OrderId>(
        ...placedNames.map((name) => [1, name] as const),
        ...orderNames.map((name) => [1, name] as const)
      ),
      lines: either<ReadonlyArray<SkuLine>>(
        [4, Arbitrary.array(orderLine, { minLength: 1, maxLength: 2 })],
        [1, optionLines]
      ),
      ownerId: maybe(5, cartId),
      ttl: maybe(9, oneOf([4, 30], [1, 120]))
    })
  ],
  [
    14,
    record({
      _tag: constant("PlaceOrder"),
      order: pickOrder,
      lines: Arbitrary.array(orderLine, { minLength: 1, maxLength: 2 })
    })
  ],
  [16, claims(pick, pickOrder)],
  [28, record({ _tag: constant("PayOrder"), order: pickOrder })],
  [14, record({ _tag: constant("CancelOrder"), order: pickOrder })],
  [18, record({ _tag: constant("CompleteOrder"), order: pickOrder })],
  [
    1,
    record({
      _tag: constant("UpdateSku"),
      skuId: constant(sku.vast),
      backorderLimit: oneOf([1, 0], [1, 3], [2, 20])
    })
  ],
  [6, record({ _tag: constant("UpdateSku"), skuId, code: maybe(2, code), ...policy })],
  [6, record({ _tag: constant("ArchiveSku"), skuId: oneOf([8, sku.d], [1, sku.a], [1, sku.c]) })],
  [
    12,
    record({ _tag: constant("UnarchiveSku"), skuId: oneOf([8, sku.d], [1, sku.a], [1, sku.c]) })
  ],
  [
    7,
    record({
      _tag: constant("UpdateLocation"),
      locationId: place,
      priority: maybe(3, oneOf([1, 20], [1, 100], [1, 150])),
      isDefault: maybe(2, boolean(6)),
      sellable: maybe(5, boolean(7)),
      active: maybe(5, boolean(7))
    })
  ],
  [
    3,
    record({
      _tag: constant("RegisterLocation"),
      locationId: oneOf([5, places.west], [1, places.east]),
      name: constant("A place"),
      priority: maybe(5, oneOf([1, 10], [1, 200])),
      isDefault: maybe(1, boolean(5)),
      sellable: maybe(2, boolean(7))
    })
  ],
  [
    5,
    record({
      _tag: constant("RegisterSku"),
      skuId: oneOf([6, sku.d], [1, sku.a]),
      code,
      name: constant("A thing"),
      initialStock: maybe(3, units),
      locationId: maybe(3, place),
      ...policy
    })
  ]
]

const keys = Array.from({ length: 12 }, (_, n) => `key-${n + 1}`)

/** One random step. */
export const arbitraryStep: Random<Step> = either<Step>(
  [1, constant({ _tag: "Wait", seconds: 0 })],
  [9, record({ _tag: constant("Wait"), seconds: oneOf([2, 10], [3, 60], [2, 200], [1, 900]) })],
  [2, record({ _tag: constant("Repeat"), n: below(20) })],
  [
    90,
    record({
      _tag: constant("Command"),
      command: either(...commands),
      key: maybe(1, oneOf(...keys.map((key) => [1, key] as const)))
    })
  ]
)

/** A random story of exactly `length` steps. While a failure shrinks, steps become empty waits. */
export const arbitraryStory = (length: number): Random<Array<Step>> =>
  Arbitrary.array(arbitraryStep, { minLength: length, maxLength: length })

/**
 * The first commands of every story: three SKUs in stock at several places, one of them with
 * backorders at all of them; one SKU, `vast`, with nearly as many units as can be counted, more
 * than one command may carry; and one SKU that is not registered yet.
 */
export const opening: ReadonlyArray<SkuCommand> = [
  { _tag: "RegisterLocation", locationId: places.east, name: "East", priority: 50 },
  { _tag: "RegisterLocation", locationId: places.back, name: "Back room", sellable: false },
  { _tag: "RegisterSku", skuId: sku.a, code: "A", name: "A thing", initialStock: 10 },
  {
    _tag: "RegisterSku",
    skuId: sku.b,
    code: "B",
    name: "B thing",
    initialStock: 8,
    backorderLimit: 3,
    safetyStock: 1,
    lowStockThreshold: 4
  },
  { _tag: "RegisterSku", skuId: sku.c, code: "C", name: "C thing", backorderLimit: 5 },
  { _tag: "ReceiveStock", skuId: sku.a, locationId: places.east, quantity: 5 },
  { _tag: "ReceiveStock", skuId: sku.b, locationId: places.east, quantity: 6 },
  { _tag: "ReceiveStock", skuId: sku.c, locationId: places.east, quantity: 4 },
  { _tag: "ReceiveStock", skuId: sku.c, locationId: places.back, quantity: 3 },
  { _tag: "RegisterSku", skuId: sku.vast, code: "V", name: "Grains of sand" },
  { _tag: "ReceiveStock", skuId: sku.vast, quantity: balanceMax - 8 }
]
