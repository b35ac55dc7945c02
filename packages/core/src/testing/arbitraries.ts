/**
 * Random commands for a small world: three SKUs, four locations and a few orders, so that commands
 * meet. A step is plain data; the hold that it speaks of is a number that picks one of those made
 * so far, so a step still means something when others before it are left out while shrinking.
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import type { InventoryCommand } from "../inventory/InventoryCommand.ts"

const skuId = Schema.Literals(["a", "b", "c"])
const locationId = Schema.Literals(["default", "east", "back"])
const orderId = Schema.Literals(["order-1", "order-2", "order-3"])
const between = (minimum: number, maximum: number) =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }))
const units = between(1, 12)
const maybe = Schema.optionalKey
const hold = between(0, 30)
const policy = {
  backorderLimit: maybe(between(0, 6)),
  safetyStock: maybe(between(0, 4)),
  lowStockThreshold: maybe(Schema.NullOr(between(0, 8)))
}
const shortfall = {
  onShortfall: maybe(Schema.Literals(["REFUSE", "RELEASE_NEWEST", "ACCEPT"])),
  includeConfirmed: maybe(Schema.Boolean)
}
const at = { skuId, locationId: maybe(locationId) }
const line = Schema.Struct({
  ...at,
  quantity: units,
  lineId: maybe(Schema.Literals(["line-1", "line-2"]))
})

const step = {
  Wait: Schema.TaggedStruct("Wait", { seconds: between(1, 400) }),
  Register: Schema.TaggedStruct("RegisterSku", {
    skuId: Schema.Literals(["a", "b", "c", "d"]),
    code: Schema.Literals(["A", "B", "C", "D"]),
    name: Schema.Literal("A thing"),
    initialStock: maybe(between(0, 20)),
    locationId: maybe(locationId),
    ...policy
  }),
  Update: Schema.TaggedStruct("UpdateSku", { skuId, ...policy }),
  Archive: Schema.TaggedStruct("ArchiveSku", { skuId }),
  MakeLocation: Schema.TaggedStruct("MakeLocation", {
    locationId: Schema.Literals(["east", "west"]),
    name: Schema.Literal("A place"),
    priority: maybe(between(0, 200)),
    sellable: maybe(Schema.Boolean)
  }),
  ChangeLocation: Schema.TaggedStruct("ChangeLocation", {
    locationId,
    priority: maybe(between(0, 200)),
    isDefault: maybe(Schema.Boolean),
    sellable: maybe(Schema.Boolean),
    active: maybe(Schema.Boolean)
  }),
  Receive: Schema.TaggedStruct("ReceiveStock", { ...at, quantity: units }),
  Ship: Schema.TaggedStruct("ShipStock", { ...at, quantity: units }),
  Return: Schema.TaggedStruct("ReturnStock", { ...at, quantity: units }),
  Adjust: Schema.TaggedStruct("AdjustStock", {
    ...at,
    quantity: between(-12, -1),
    reason: Schema.Literal("found broken"),
    ...shortfall
  }),
  Count: Schema.TaggedStruct("CountStock", {
    ...at,
    countedQuantity: between(0, 20),
    expectedQuantity: maybe(between(0, 20)),
    ...shortfall
  }),
  Transfer: Schema.TaggedStruct("TransferStock", {
    skuId,
    fromLocationId: Schema.Literals(["default", "east"]),
    toLocationId: Schema.Literals(["back", "west"]),
    quantity: units
  }),
  Reserve: Schema.TaggedStruct("ReserveStock", {
    orderId,
    lines: Schema.Array(line).check(Schema.isBetweenLength(1, 3)),
    ttl: maybe(between(1, 300)),
    replace: maybe(Schema.Boolean)
  }),
  Confirm: Schema.TaggedStruct("ConfirmReservation", { hold, reacquire: maybe(Schema.Boolean) }),
  Release: Schema.TaggedStruct("ReleaseReservation", { hold, confirmed: maybe(Schema.Boolean) }),
  Fulfil: Schema.TaggedStruct("FulfilReservation", { hold, quantity: maybe(units) }),
  Resize: Schema.TaggedStruct("ResizeReservation", { hold, quantity: units }),
  Extend: Schema.TaggedStruct("ExtendReservation", { hold, ttl: maybe(between(1, 300)) }),
  ConfirmOrder: Schema.TaggedStruct("ConfirmOrder", {
    orderId,
    reacquire: maybe(Schema.Boolean)
  }),
  ReleaseOrder: Schema.TaggedStruct("ReleaseOrder", {
    orderId,
    confirmed: maybe(Schema.Boolean)
  }),
  FulfilOrder: Schema.TaggedStruct("FulfilOrder", { orderId }),
  Expire: Schema.TaggedStruct("ExpireReservations", {
    holds: Schema.Array(hold).check(Schema.isBetweenLength(1, 4))
  })
}

type StepSchemas = typeof step

/** One step of a random story: time passes, or a command is given. */
export type Step = StepSchemas[keyof StepSchemas]["Type"]

/** How often each step is drawn, simple ones first: a failure shrinks towards them. */
const weights: ReadonlyArray<readonly [keyof StepSchemas, number]> = [
  ["Wait", 8],
  ["Receive", 6],
  ["Reserve", 16],
  ["Confirm", 9],
  ["Release", 4],
  ["Fulfil", 6],
  ["Ship", 4],
  ["Return", 1],
  ["Resize", 7],
  ["Extend", 2],
  ["Adjust", 6],
  ["Count", 5],
  ["Transfer", 4],
  ["ConfirmOrder", 7],
  ["ReleaseOrder", 3],
  ["FulfilOrder", 4],
  ["Expire", 3],
  ["Update", 5],
  ["Archive", 2],
  ["ChangeLocation", 6],
  ["MakeLocation", 2],
  ["Register", 2]
]

const drawn = weights.flatMap(([name, weight]): ReadonlyArray<Arbitrary.Arbitrary<Step>> => {
  const arbitrary: Arbitrary.Arbitrary<Step> = Arbitrary.schema(step[name])
  return Array.from({ length: weight }, () => arbitrary)
})

/** One random step. */
export const arbitraryStep: Arbitrary.Arbitrary<Step> = Arbitrary.flatMap(
  Arbitrary.schema(between(0, drawn.length - 1)),
  (index) => drawn[index] ?? Arbitrary.Constant<Step>({ _tag: "Wait", seconds: 1 })
)

/** A random story of at most `length` steps. */
export const arbitraryStory = (length: number): Arbitrary.Arbitrary<Array<Step>> =>
  Arbitrary.array(arbitraryStep, { maxLength: length })

/** What every story begins with: two SKUs in stock, one not yet, and two more locations. */
export const opening: ReadonlyArray<InventoryCommand> = [
  { _tag: "MakeLocation", locationId: "east", name: "East", priority: 50 },
  { _tag: "MakeLocation", locationId: "back", name: "Back room", sellable: false },
  { _tag: "RegisterSku", skuId: "a", code: "A", name: "A thing", initialStock: 10 },
  {
    _tag: "RegisterSku",
    skuId: "b",
    code: "B",
    name: "B thing",
    initialStock: 8,
    backorderLimit: 3,
    safetyStock: 1,
    lowStockThreshold: 4
  },
  { _tag: "RegisterSku", skuId: "c", code: "C", name: "C thing" },
  { _tag: "ReceiveStock", skuId: "a", locationId: "east", quantity: 5 }
]

/** The command of a step, or null when time passes; a hold's number picks one of those given. */
export const commandOf = (
  step: Step,
  reservationIds: ReadonlyArray<string>
): InventoryCommand | null => {
  const idOf = (hold: number): string =>
    reservationIds[hold % Math.max(1, reservationIds.length)] ??
    "00000000-0000-7000-8000-000000000000"
  switch (step._tag) {
    case "Wait":
      return null
    case "ConfirmReservation":
    case "ReleaseReservation":
    case "FulfilReservation":
    case "ResizeReservation":
    case "ExtendReservation": {
      const { hold, ...rest } = step
      return { ...rest, reservationId: idOf(hold) }
    }
    case "ExpireReservations":
      return { _tag: "ExpireReservations", reservationIds: step.holds.map(idOf) }
    default:
      return step
  }
}
