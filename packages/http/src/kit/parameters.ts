/**
 * What the endpoints share: path and query parameters, the headers of a request that writes, pages,
 * and how a body is made of a command. Schemas only.
 */
import { AttributeId, CategoryId, OptionId, ProductId } from "@holdfast/core/catalog"
import {
  BundleId,
  InvalidInput,
  LocationId,
  OrderId,
  ReservationId,
  SkuId
} from "@holdfast/core/inventory"
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
/** A bundle of an order, both named by the path. */
export const bundlePath = { orderId: OrderId, bundleId: BundleId }
/** A product named by the path. */
export const productPath = { productId: ProductId }
/** An option of a product, both named by the path. */
export const optionPath = { productId: ProductId, optionId: OptionId }
/** A category named by the path. */
export const categoryPath = { categoryId: CategoryId }

/** An attribute named by the path. */
export const attributePath = { attributeId: AttributeId }

/** Header values are ASCII; a proxy or parser may change anything else on its way. */
const headerText = Schema.String.check(
  Schema.isPattern(/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/u, {
    message: "must be 1 to 255 printable ASCII characters, without white space at the ends"
  })
)

/**
 * A key has no comma. When a header is sent twice, its two values arrive as one, with a comma
 * between them, and a caller who sends two keys does not mean both of them together.
 */
const keyText = Schema.String.check(
  Schema.isPattern(/^[\x21-\x2b\x2d-\x7e](?:[\x20-\x2b\x2d-\x7e]{0,253}[\x21-\x2b\x2d-\x7e])?$/u, {
    message:
      "must be given once, as 1 to 255 printable ASCII characters without commas, " +
      "and without white space at the ends"
  })
)

/** The headers of a request that writes: with a key, a repeat gets the first answer. */
export const writeHeaders = {
  "idempotency-key": Schema.optionalKey(
    keyText.annotate({
      description:
        "A repeat with the same key and request gets the first answer, with " +
        "Idempotent-Replayed: true. Kept 24 hours."
    })
  ),
  "x-correlation-id": Schema.optionalKey(
    headerText.annotate({ description: "Copied into the events and into the answer." })
  )
}
/** The decoded headers of a request that writes. */
export type WriteHeaders = Schema.Struct.Type<typeof writeHeaders>

/**
 * Keeps the checks of a command whose body lacks its tag and ids: the checks are about other
 * fields.
 */
export const keepChecks = { unsafePreserveChecks: true } as const

/** A body that may be left out; `null` stands for none. */
export const optionalBody = <S extends Schema.Top>(body: S) => [body, Schema.Null] as const

/** The body of a request that says nothing more than its path. */
export const emptyBody = optionalBody(
  Schema.Record(Schema.String, Schema.Never.annotate({ message: InvalidInput.unknownField([]) }))
)

/** A list in a query: its parameter is repeated, or its values are separated by commas, or both. */
export const listInQuery = <A extends string>(
  list: Schema.Codec<ReadonlyArray<A>, ReadonlyArray<string>>
) =>
  Schema.Array(Schema.String).pipe(
    Schema.decodeTo(
      list,
      SchemaTransformation.transform({
        decode: (texts: ReadonlyArray<string>): ReadonlyArray<string> =>
          texts.flatMap((values) => values.split(",")).filter((value) => value !== ""),
        encode: (values: ReadonlyArray<string>): ReadonlyArray<string> => [values.join(",")]
      })
    )
  )
