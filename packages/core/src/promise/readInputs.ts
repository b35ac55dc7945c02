/**
 * What comes through the Promise door is untrusted: every id, option and page is read by its schema
 * here, and every bad field is named, before a store sees anything. The inputs of commands are read
 * by the engine itself.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { readOptions } from "../engine/RequestOptions.ts"
import { EventsFilter, HoldsOfSku } from "../inventory/ports/StockReads.ts"
import { SkuCode } from "../inventory/state/Sku.ts"
import { LocationId, OrderId, ReservationId, SkuId, Uuid } from "../kernel/Identifier.ts"
import { Instant } from "../kernel/Instant.ts"
import * as InvalidInput from "../kernel/InvalidInput.ts"
import * as Page from "../kernel/Page.ts"
import { Balance } from "../kernel/Quantity.ts"
import { plainInput } from "./plainValues.ts"

type Read<A> = Result.Result<A, InvalidInput.InvalidInput>

const refused = (path: string, message: string): Read<never> =>
  Result.fail({ _tag: "InvalidInput", issues: [{ path, message }] })

const fieldsOf = <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S
): ((input: unknown) => Read<S["Type"]>) => {
  const read = InvalidInput.reader(schema)
  return (input) => read(plainInput(input))
}

const optional = Schema.optionalKey

/** Reads a SKU id. */
export const readSkuId = fieldsOf(Schema.Struct({ skuId: SkuId }))
/** Reads a SKU code. */
export const readCode = fieldsOf(Schema.Struct({ code: SkuCode }))
/** Reads the ids of up to 1,000 SKUs. */
export const readSkuIds = fieldsOf(
  Schema.Struct({ skuIds: Schema.Array(SkuId).check(Schema.isMaxLength(1_000)) })
)
/** Reads a reservation id. */
export const readReservationId = fieldsOf(Schema.Struct({ reservationId: ReservationId }))
const AsOf = Schema.Struct({ skuId: SkuId, at: Instant })
/** A SKU and an instant. */
export interface AsOf extends Schema.Schema.Type<typeof AsOf> {}
/** Reads a SKU id and an instant. */
export const readAsOf = fieldsOf(AsOf)
/** Reads an order id. */
export const readOrderId = fieldsOf(Schema.Struct({ orderId: OrderId }))

/** A reader of the options of a read, without their signal. */
const optionsOf = <S extends Schema.ConstraintDecoder<unknown>>(schema: S) => {
  const read = fieldsOf(schema)
  return (rest: unknown): Read<S["Type"]> => inOptions(read(rest))
}

/** The signal is taken out before; here it is only known, so that a refusal lists it. */
const signal = optional(Schema.Never)
const cursor = optional(Schema.NullOr(Schema.String))
const page = { cursor, limit: optional(Page.PageSize), signal }
/** Reads which events are asked for. */
export const readEventsQuery = optionsOf(
  Schema.Struct({
    ...EventsFilter.fields,
    after: optional(Balance),
    limit: optional(Page.PageSize),
    signal
  })
)
/** Reads which page of a list is asked for. */
export const readPage = optionsOf(Schema.Struct(page))
/** Reads which page of a ledger is asked for. */
export const readLedgerPage = optionsOf(
  Schema.Struct({ locationId: optional(LocationId), ...page })
)
/** Reads which page of the holds of a SKU is asked for. */
export const readHoldsPage = optionsOf(Schema.Struct({ status: optional(HoldsOfSku), ...page }))

/** Reads the options of a close. */
export const readCloseOptions = optionsOf(
  Schema.Struct({
    timeout: optional(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2_147_483_647 })))
  })
)

/** An argument and the options beside it, as one input; or every bad field of both. */
export const both = <A extends object, B extends object>(
  argument: Read<A>,
  options: Read<B>
): Read<A & B> => {
  const issuesOf = (read: Read<object>) => (Result.isFailure(read) ? read.failure.issues : [])
  return Result.isSuccess(argument) && Result.isSuccess(options)
    ? Result.succeed({ ...options.success, ...argument.success })
    : Result.fail({ _tag: "InvalidInput", issues: [...issuesOf(argument), ...issuesOf(options)] })
}

/** Where a page of SKUs ended. */
export const skuCursor = Page.cursor(Schema.Struct({ skuId: SkuId }))
/** Where a page of movements ended. */
export const movementCursor = Page.cursor(Schema.Struct({ createdAt: Instant, id: Uuid }))

/** Where a page of holds ended. */
export const holdCursor = Page.cursor(Schema.Struct({ createdAt: Instant, id: Uuid }))

/** A schema without fields would take any value. */
const readNothing = (rest: unknown): Read<object> => {
  const fields = Object.keys(Object(plainInput(rest)))
  const issues = fields.map((path) => ({ path, message: InvalidInput.unknownField(["signal"]) }))
  return issues.length === 0 ? Result.succeed({}) : Result.fail({ _tag: "InvalidInput", issues })
}

/** The options of a call, apart: what the engine is told, and the signal that ends the wait. */
export interface Told<About> {
  readonly about: About
  readonly signal: AbortSignal | undefined
}

const isSignal = (value: unknown): value is AbortSignal =>
  typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value

/** Names the fields of a refusal as fields of the options. */
const inOptions = <A>(read: Read<A>): Read<A> =>
  Result.mapError(read, ({ issues }) => ({
    _tag: "InvalidInput",
    issues: issues.map(({ message, path }) => ({
      path: path === "" ? "options" : `options.${path}`,
      message
    }))
  }))

const optionsBy =
  <About>(read: (input: unknown) => Read<About>) =>
  (options: unknown): Read<Told<About>> => {
    if (typeof options !== "object" || options === null) {
      return refused("options", "must be an object")
    }
    const { signal, ...rest } = options as { readonly signal?: unknown }
    if (signal !== undefined && !isSignal(signal)) {
      return refused("options.signal", "must be an AbortSignal")
    }
    return Result.map(inOptions(read(rest)), (about) => ({ about, signal }))
  }

/** Reads the options of a command. */
export const readRequestOptions = optionsBy((options) => readOptions(plainInput(options)))
/** Reads the options of a read that takes no others. */
export const readReadOptions = optionsBy(readNothing)
/** Takes the signal out of options that a read has more of; the rest is left to be read. */
export const takeSignal = optionsBy((rest): Read<object> => Result.succeed(rest as object))

const positionBy =
  <Position>(cursor: Page.Cursor<Position>) =>
  (token: string | null | undefined): Read<Position | null> =>
    token === undefined || token === null ? Result.succeed(null) : inOptions(cursor.decode(token))

/** The SKU after which a page begins; null for the first page. */
export const skuPosition = positionBy(skuCursor)
/** The movement before which a page begins; null for the first page. */
export const movementPosition = positionBy(movementCursor)
/** The hold after which a page begins; null for the first page. */
export const holdPosition = positionBy(holdCursor)
