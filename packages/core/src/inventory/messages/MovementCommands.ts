/**
 * The commands that move goods: one movement, or many of them in one request. Everything optional
 * has the default that its docstring names.
 */
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { Actor } from "../../kernel/Actor.ts"
import { LocationId, OrderId, SkuId, TransferId } from "../../kernel/Identifier.ts"
import { Instant } from "../../kernel/Instant.ts"
import { FieldIssue, reader } from "../../kernel/InvalidInput.ts"
import { CountedQuantity, Quantity, SignedQuantity } from "../../kernel/Quantity.ts"
import { SkuCode } from "../state/Sku.ts"
import { type MovementType, Reason, Reference } from "../state/StockMovement.ts"
import { linesUpTo, stockLinesMax } from "./linesBound.ts"

const optional = Schema.optionalKey
const optionalOrNull = <S extends Schema.Constraint>(schema: S) =>
  Schema.optionalKey(Schema.NullOr(schema))

const atLevel = { skuId: SkuId, locationId: optional(LocationId) }

/**
 * What a movement carries into the ledger. `occurredAt` is when it happened, if that was before it
 * is recorded; more than 5 minutes in the future is bad input. As-of reads use the time at which a
 * movement was recorded.
 */
const notes = {
  reference: optionalOrNull(Reference),
  reason: optionalOrNull(Reason),
  actor: optionalOrNull(Actor),
  occurredAt: optionalOrNull(Instant)
}

/** Whether the reference is for one booking only, of a SKU and a kind of movement. */
const once = { onceOnly: optional(Schema.Boolean) }

const hasReference = Schema.makeFilter(
  (command: { readonly onceOnly?: boolean; readonly reference?: string | null }) =>
    command.onceOnly !== true ||
    typeof command.reference === "string" || {
      path: ["onceOnly"],
      issue: "is for a reference; give one"
    },
  {
    toJsonSchema: () => ({
      anyOf: [
        { properties: { onceOnly: { const: false } } },
        { required: ["reference"], properties: { reference: { type: "string" } } }
      ]
    })
  }
)

/** Goods came in: total + quantity, at the default location when none is named. */
export const ReceiveStock = Schema.TaggedStruct("ReceiveStock", {
  ...atLevel,
  quantity: Quantity,
  ...notes,
  ...once
}).check(hasReference)

/** Goods left without a reservation: total − quantity, never units that are promised. */
export const ShipStock = Schema.TaggedStruct("ShipStock", {
  ...atLevel,
  quantity: Quantity,
  ...notes,
  ...once
}).check(hasReference)

/**
 * Goods came back: total + quantity. With `orderId`, no more of the SKU comes back than the order
 * got, over all returns that name it.
 */
export const ReturnStock = Schema.TaggedStruct("ReturnStock", {
  ...atLevel,
  quantity: Quantity,
  orderId: optional(OrderId),
  ...notes,
  ...once
}).check(hasReference)

/**
 * What to do when a lower total would break promises: refuse and list the holds, release the
 * newest pending holds (confirmed ones too when `includeConfirmed`), or accept the shortfall.
 */
export const OnShortfall = Schema.Literals(["REFUSE", "RELEASE_NEWEST", "ACCEPT"])

const shortfall = {
  onShortfall: optional(OnShortfall),
  includeConfirmed: optional(Schema.Boolean)
}

/** Refuses options of a shortfall that can have no effect. */
const releasesConfirmed = Schema.makeFilter(
  (fields: {
    readonly onShortfall?: typeof OnShortfall.Type
    readonly includeConfirmed?: boolean
  }) =>
    fields.includeConfirmed !== true ||
    fields.onShortfall === "RELEASE_NEWEST" || {
      path: ["includeConfirmed"],
      issue: "is for onShortfall RELEASE_NEWEST; without it, no hold is released"
    },
  {
    toJsonSchema: () => ({
      anyOf: [
        { properties: { includeConfirmed: { const: false } } },
        { required: ["onShortfall"], properties: { onShortfall: { const: "RELEASE_NEWEST" } } }
      ]
    })
  }
)

const canFallShort = Schema.makeFilter(
  (fields: { readonly quantity: number; readonly onShortfall?: typeof OnShortfall.Type }) =>
    fields.quantity < 0 ||
    fields.onShortfall === undefined ||
    fields.onShortfall === "REFUSE" || {
      path: ["onShortfall"],
      issue: "is for a quantity below zero; more units break no promise"
    },
  {
    toJsonSchema: () => ({
      anyOf: [
        { properties: { quantity: { maximum: -1 } } },
        { properties: { onShortfall: { const: "REFUSE" } } }
      ]
    })
  }
)

/** Correct the total by a signed quantity, with a reason. `onShortfall` defaults to REFUSE. */
export const AdjustStock = Schema.TaggedStruct("AdjustStock", {
  ...atLevel,
  quantity: SignedQuantity,
  ...notes,
  ...once,
  reason: Reason,
  ...shortfall
}).check(releasesConfirmed, canFallShort, hasReference)

/**
 * A stock-take: set the total to what was counted. With `expectedQuantity` it is a compare-and-set:
 * a total that is no longer the expected one is a refusal. A count that finds the total unchanged
 * makes no movement, or one of 0 units when it carries notes.
 */
export const CountStock = Schema.TaggedStruct("CountStock", {
  ...atLevel,
  countedQuantity: CountedQuantity,
  expectedQuantity: optional(CountedQuantity),
  ...notes,
  ...once,
  ...shortfall
}).check(releasesConfirmed, hasReference)

/** Move units between two locations of one SKU; never units that are promised. */
export const TransferStock = Schema.TaggedStruct("TransferStock", {
  skuId: SkuId,
  fromLocationId: LocationId,
  toLocationId: LocationId,
  quantity: Quantity,
  transferId: optional(TransferId),
  ...notes,
  ...once
}).check(
  hasReference,
  Schema.makeFilter(
    (transfer: { readonly fromLocationId: string; readonly toLocationId: string }) =>
      transfer.fromLocationId !== transfer.toLocationId || {
        path: ["toLocationId"],
        issue: "must be another location than fromLocationId"
      }
  )
)

/** A reference that may be for one booking of a SKU by one kind of movement. */
export interface Once {
  readonly onceOnly?: boolean | undefined
  readonly reference?: string | null | undefined
  readonly skuId: SkuId
  readonly type: MovementType
}

/** The kind of movement that each command makes first. */
const movementTypes: { readonly [tag: string]: MovementType } = {
  ReceiveStock: "RECEIPT",
  ShipStock: "SHIPMENT",
  ReturnStock: "RETURN",
  AdjustStock: "ADJUSTMENT",
  CountStock: "ADJUSTMENT",
  TransferStock: "TRANSFER_OUT"
}

/** The booking of a command that is to be made once; undefined for most commands. */
export const onceOf = (command: { readonly _tag: string }): Once | undefined => {
  if (!("onceOnly" in command) || command.onceOnly !== true) return undefined
  const type = movementTypes[command._tag]
  return type && { ...(command as unknown as Omit<Once, "type">), type }
}

/** The SKU of a line, by its id or by the code that one SKU in use has. */
const ofSku = { skuId: optional(SkuId), code: optional(SkuCode), locationId: optional(LocationId) }

const namesOneSku = Schema.makeFilter(
  ({ code, skuId }: { readonly skuId?: string; readonly code?: string }) => {
    if (skuId !== undefined && code !== undefined) {
      return { path: ["code"], issue: "takes the place of skuId; give one of the two" }
    }
    return (
      skuId !== undefined ||
      code !== undefined || {
        path: ["skuId"],
        issue: "is missing; give it, or code in its place"
      }
    )
  },
  {
    toJsonSchema: () => ({
      anyOf: [
        { required: ["skuId"], not: { required: ["code"] } },
        { required: ["code"], not: { required: ["skuId"] } }
      ]
    })
  }
)

/** A line that counts: what `CountStock` does. */
const CountLine = Schema.Struct({
  type: Schema.Literal("COUNT"),
  ...ofSku,
  countedQuantity: CountedQuantity,
  expectedQuantity: optional(CountedQuantity),
  ...notes,
  ...once,
  ...shortfall
})
  .check(namesOneSku, releasesConfirmed)
  .annotate({ identifier: "CountLine" })

/** A line that receives: what `ReceiveStock` does. */
const ReceiptLine = Schema.Struct({
  type: Schema.Literal("RECEIPT"),
  ...ofSku,
  quantity: Quantity,
  ...notes,
  ...once
})
  .check(namesOneSku)
  .annotate({ identifier: "ReceiptLine" })

/** A line that corrects: what `AdjustStock` does. Its reason may be that of the request. */
const AdjustmentLine = Schema.Struct({
  type: Schema.Literal("ADJUSTMENT"),
  ...ofSku,
  quantity: SignedQuantity,
  ...notes,
  ...once,
  ...shortfall
})
  .check(namesOneSku, releasesConfirmed, canFallShort)
  .annotate({ identifier: "AdjustmentLine" })

/** A line of a bulk request: a count, a receipt or an adjustment of one SKU at one location. */
export const StockLine = Schema.Union([CountLine, ReceiptLine, AdjustmentLine])
export type StockLine = typeof StockLine.Type

/** A line that cannot be read, and its first bad fields. It is refused without the others. */
const UnreadableLine = Schema.Struct({
  type: Schema.Literal("UNREADABLE"),
  issues: Schema.Array(FieldIssue)
})

const readLine = reader(StockLine)

const lineTypes: ReadonlyArray<unknown> = StockLine.members.map(
  (member) => member.fields.type.literal
)

/** Bad fields that one line names: there may be 1,000 lines, and each names what is known in its place. */
const issuesMax = 10

const issuesOf = (input: unknown): ReadonlyArray<FieldIssue> => {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    return [{ path: "", message: "must be an object" }]
  }
  if (!lineTypes.includes((input as { readonly type?: unknown }).type)) {
    return [
      { path: "type", message: `must be ${lineTypes.join(", ").replace(/, (?=\w+$)/, " or ")}` }
    ]
  }
  const read = readLine(input)
  return read._tag === "Failure" ? read.failure.issues.slice(0, issuesMax) : []
}

/** Whatever is no line. Callers send lines, so the type of what is sent has no word of it. */
const Unreadable = Schema.Unknown.annotate({
  description: "Anything else is a line that cannot be read; it is refused alone"
}).pipe(
  Schema.decodeTo(
    UnreadableLine,
    SchemaTransformation.transform({
      decode: (input: unknown) => ({ type: "UNREADABLE" as const, issues: issuesOf(input) }),
      encode: (line): unknown => line
    })
  )
) as unknown as Schema.Codec<typeof UnreadableLine.Type, never>

/**
 * Up to 1,000 changes of stock in one request, decided in their order in one transaction. A line
 * that is refused leaves the others alone; with `allOrNothing` it refuses them all. Location,
 * reference, reason, actor, occurredAt and onceOnly of the request are those of each line that has
 * none. The lines of one request are one booking.
 */
export const ChangeStock = Schema.TaggedStruct("ChangeStock", {
  lines: Schema.Array(Schema.Union([...StockLine.members, Unreadable])).check(
    ...linesUpTo(stockLinesMax)
  ),
  allOrNothing: optional(Schema.Boolean),
  locationId: optional(LocationId),
  ...notes,
  ...once
})
