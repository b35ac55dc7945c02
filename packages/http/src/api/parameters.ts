/**
 * What the endpoints share: path and query parameters, the headers of a request that writes, pages,
 * and how a body is made of a command. Schemas only.
 */
import {
  IdempotencyKey,
  InvalidInput,
  LocationId,
  OrderId,
  PageSize,
  ReservationId,
  SkuId,
  text
} from "@holdfast/core/effect"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

/** A SKU named by the path. */
export const skuPath = { skuId: SkuId }
/** A location named by the path. */
export const locationPath = { locationId: LocationId }
/** A reservation named by the path. */
export const reservationPath = { reservationId: ReservationId }
/** An order named by the path, percent-encoded. */
export const orderPath = { orderId: OrderId }

/** The headers of a request that writes: with a key, a repeat gets the first answer. */
export const writeHeaders = {
  "idempotency-key": Schema.optionalKey(
    IdempotencyKey.annotate({
      description:
        "A repeat with the same key and request gets the first answer, with " +
        "Idempotent-Replayed: true. Kept 24 hours."
    })
  ),
  "x-correlation-id": Schema.optionalKey(
    text(1, 255).annotate({ description: "Carried into the events, and said back." })
  )
}
/** The decoded headers of a request that writes. */
export type WriteHeaders = Schema.Struct.Type<typeof writeHeaders>

/** Where the page before this one ended, and how many items to give: 1 to 1,000, default 100. */
export const pageQuery = {
  cursor: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(2_000))),
  size: Schema.optionalKey(PageSize)
}

/** A page of a list; `next` is the cursor of the next one, null at the end. */
export const pageOf = <S extends Schema.Top>(item: S) =>
  Schema.Struct({ items: Schema.Array(item), next: Schema.NullOr(Schema.String) })

/** Keeps the checks of a command whose body lacks its tag and ids: they speak of other fields. */
export const keepChecks = { unsafePreserveChecks: true } as const

/** A body that may be left out; `null` stands for none. */
export const optionalBody = <S extends Schema.Top>(body: S) => [body, Schema.Null] as const

/** The body of a request that says nothing more than its path. */
export const emptyBody = optionalBody(
  Schema.Record(Schema.String, Schema.Never.annotate({ message: InvalidInput.unknownField([]) }))
)

/** Ids of SKUs in a query: repeated, separated by commas, or both. */
export const skuIdList = (maximum: number) =>
  Schema.Array(Schema.String).pipe(
    Schema.decodeTo(
      Schema.Array(SkuId).check(Schema.isBetweenLength(1, maximum)),
      SchemaTransformation.transform({
        decode: (texts: ReadonlyArray<string>): ReadonlyArray<string> =>
          texts.flatMap((ids) => ids.split(",")).filter((id) => id !== ""),
        encode: (ids: ReadonlyArray<string>): ReadonlyArray<string> => [ids.join(",")]
      })
    )
  )
