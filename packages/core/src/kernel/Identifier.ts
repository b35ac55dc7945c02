/**
 * The identifiers of Holdfast: what each may look like, and how one command's id yields the ids of
 * everything that the command makes. Derived ids are the same at every retry of a batch, which is
 * what lets an answer that was lost on the wire be found again.
 *
 * Each kind of id is a type of its own, so that no id is taken for one of another kind. A brand is
 * a type and nothing more: at run time an id is its text.
 */
import type * as Brand from "effect/Brand"
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { opaque, printable } from "./Text.ts"

/**
 * Words of the HTTP paths; an id equal to one of them could not be addressed. The list is closed:
 * a word that is added may be somebody's id already.
 */
export const reservedWords: ReadonlySet<string> = new Set([
  ".",
  "..",
  "reservations",
  "orders",
  "stock-status",
  "check-availability",
  "reconciliation",
  "movements",
  "levels",
  "events"
])

const isAddressable = Schema.makeFilter<string>(
  (id) => !reservedWords.has(id) || "is a word that the paths of the API use; choose another id",
  { title: "not a reserved word", toJsonSchema: () => ({ not: { enum: [...reservedWords] } }) }
)

const pathId = Schema.String.check(
  Schema.isPattern(/^[A-Za-z0-9._~:-]{1,100}$/u, {
    message: "must be 1 to 100 of the characters A-Z a-z 0-9 . _ ~ : -"
  }),
  isAddressable
)

/** The id of a SKU: 1–100 of `A-Z a-z 0-9 . _ ~ : -`, no word of the paths. */
export const SkuId = pathId.annotate({ identifier: "SkuId" }).pipe(Schema.brand("SkuId"))
export type SkuId = typeof SkuId.Type

/** The id of a location, of the same alphabet as a SKU's. */
export const LocationId = pathId
  .annotate({ identifier: "LocationId" })
  .pipe(Schema.brand("LocationId"))
export type LocationId = typeof LocationId.Type

/** The id of what an event happened to: of a SKU or of a location, so it has no type of its own. */
export const AggregateId = pathId.annotate({ identifier: "AggregateId" })

/** The host's id of an order: 1–100 printable code points. */
export const OrderId = printable(1, 100)
  .annotate({ identifier: "OrderId" })
  .pipe(Schema.brand("OrderId"))
export type OrderId = typeof OrderId.Type

/** The host's id of one line of an order: 1–100 printable code points. */
export const LineId = printable(1, 100)
  .annotate({ identifier: "LineId" })
  .pipe(Schema.brand("LineId"))
export type LineId = typeof LineId.Type

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u

/** A UUID in its canonical lower-case form. */
export const Uuid = Schema.String.check(
  Schema.isPattern(uuidPattern, {
    message: "must be a UUID in lower case",
    toJsonSchema: () => ({ pattern: uuidPattern.source, format: "uuid" })
  })
)

/** The id of a reservation, a UUID. */
export const ReservationId = Uuid.annotate({ identifier: "ReservationId" }).pipe(
  Schema.brand("ReservationId")
)
export type ReservationId = typeof ReservationId.Type

/** The id of a bundle, which its holds share: a UUID, that of the first hold that was made for it. */
export const BundleId = Uuid.annotate({ identifier: "BundleId" }).pipe(Schema.brand("BundleId"))
export type BundleId = typeof BundleId.Type

/** The id that the two movements of a transfer share, a UUID. */
export const TransferId = Uuid.pipe(Schema.brand("TransferId"))
export type TransferId = typeof TransferId.Type

/** The id of a movement, a UUID: that of its event, where it has one. */
export const MovementId = Uuid.pipe(Schema.brand("MovementId"))
export type MovementId = typeof MovementId.Type

/** The id of a product, a UUID. The id of a deleted product is never used again. */
export const ProductId = Uuid.annotate({ identifier: "ProductId" }).pipe(Schema.brand("ProductId"))
export type ProductId = typeof ProductId.Type

/** The id of an option, a UUID; no two options of any products share one. */
export const OptionId = Uuid.annotate({ identifier: "OptionId" }).pipe(Schema.brand("OptionId"))
export type OptionId = typeof OptionId.Type

/** The id of a category, a UUID. The id of a deleted category is never used again. */
export const CategoryId = Uuid.annotate({ identifier: "CategoryId" }).pipe(
  Schema.brand("CategoryId")
)
export type CategoryId = typeof CategoryId.Type

/** The id of an attribute, a UUID. The id of a deleted attribute is never used again. */
export const AttributeId = Uuid.annotate({ identifier: "AttributeId" }).pipe(
  Schema.brand("AttributeId")
)
export type AttributeId = typeof AttributeId.Type

/** The id of an event, a UUID. */
export const EventId = Uuid.pipe(Schema.brand("EventId"))
export type EventId = typeof EventId.Type

/** The id of a command: a UUIDv7 whose last 16 bits are zero, room for the ids derived from it. */
export const CommandId = Uuid.pipe(Schema.brand("CommandId"))
export type CommandId = typeof CommandId.Type

/**
 * Ids that are not checked again: those of events, refusals and kept answers. They were checked when
 * they came in, so a kept id stays readable when a rule becomes stricter.
 */
export const unchecked = {
  skuId: Schema.String.pipe(Schema.brand("SkuId")),
  locationId: Schema.String.pipe(Schema.brand("LocationId")),
  orderId: Schema.String.pipe(Schema.brand("OrderId")),
  lineId: Schema.String.pipe(Schema.brand("LineId")),
  reservationId: Schema.String.pipe(Schema.brand("ReservationId")),
  bundleId: Schema.String.pipe(Schema.brand("BundleId")),
  transferId: Schema.String.pipe(Schema.brand("TransferId")),
  movementId: Schema.String.pipe(Schema.brand("MovementId")),
  productId: Schema.String.pipe(Schema.brand("ProductId")),
  optionId: Schema.String.pipe(Schema.brand("OptionId")),
  categoryId: Schema.String.pipe(Schema.brand("CategoryId")),
  attributeId: Schema.String.pipe(Schema.brand("AttributeId")),
  eventId: Schema.String.pipe(Schema.brand("EventId")),
  commandId: Schema.String.pipe(Schema.brand("CommandId"))
}

/** An idempotency key: 1–255 code points, chosen by the caller. */
export const IdempotencyKey = opaque(1, 255).annotate({ identifier: "IdempotencyKey" })

/** A type with its ids as plain texts. */
export type PlainIds<A> =
  A extends Brand.Brand<infer _Key>
    ? Brand.Brand.Unbranded<A>
    : A extends DateTime.Utc
      ? A
      : A extends object
        ? { readonly [Field in keyof A]: PlainIds<A[Field]> }
        : A

const hexOf = (value: number, digits: number): string => value.toString(16).padStart(digits, "0")
const suffixes: ReadonlyArray<string> = Array.from({ length: 0x10000 }, (_, n) => hexOf(n, 4))

/**
 * A command's id from an instant (epoch milliseconds) and 8 random bytes: a UUIDv7 whose last
 * 16 bits are left zero for the ids derived from it.
 */
export const commandIdFrom = (epochMillis: number, random: Uint8Array): CommandId => {
  const time = hexOf(epochMillis, 12)
  const hex = (index: number) => hexOf(random[index] ?? 0, 2)
  const head = `${time.slice(0, 8)}-${time.slice(8)}`
  const randA = hexOf(0x7000 | ((((random[0] ?? 0) << 8) | (random[1] ?? 0)) & 0x0fff), 4)
  const randB = hexOf(0x8000 | ((((random[2] ?? 0) << 8) | (random[3] ?? 0)) & 0x3fff), 4)
  return `${head}-${randA}-${randB}-${hex(4)}${hex(5)}${hex(6)}${hex(7)}0000` as CommandId
}

/** A text derived from a command's id; `index` is 0–65535. */
const derived = (commandId: CommandId, index: number): string =>
  commandId.slice(0, 32) + suffixes[index]

/** The id of the `index`-th event of a command; `index` is 0–32766. */
export const eventIdOf = (commandId: CommandId, index: number): EventId =>
  derived(commandId, index) as EventId

/** Whether an id was derived from a command's id. */
export const isDerivedFrom = (commandId: CommandId, id: string): boolean =>
  id.startsWith(commandId.slice(0, 32))

/** The id of the movement that an event is. */
export const movementIdOf = (eventId: EventId): MovementId => eventId as string as MovementId

/** The id of the transfer that a command makes, when it names none. */
export const transferIdOf = (commandId: CommandId): TransferId =>
  derived(commandId, 0x7fff) as TransferId

/** The id of the bundle of which a hold is the first. */
export const bundleIdOf = (reservationId: ReservationId): BundleId =>
  reservationId as string as BundleId

/** The id of the SKU that a command registers, when it names none. */
export const skuIdOf = (commandId: CommandId): SkuId => commandId as string as SkuId

/** The id of the product that a command makes, when it names none. */
export const productIdOf = (commandId: CommandId): ProductId => commandId as string as ProductId

/** The id of the `index`-th option that a command makes without naming it; `index` is 0–32766. */
export const optionIdOf = (commandId: CommandId, index: number): OptionId =>
  derived(commandId, 0x8000 + index) as OptionId

/** The id of the category that a command makes, when it names none. */
export const categoryIdOf = (commandId: CommandId): CategoryId => commandId as string as CategoryId

/** The id of the attribute that a command makes, when it names none. */
export const attributeIdOf = (commandId: CommandId): AttributeId =>
  commandId as string as AttributeId

/** A number for a text, the same for the same text, below 2^32. */
export const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}

/** The way of a SKU's commands, 1 to 15, so that they meet. Only speed depends on it. */
export const wayOfSku = (skuId: SkuId): number => 1 + (hashOf(skuId) % 15)

/** The way of a reservation's SKU: the last digit of its id, or any way when the id holds none. */
export const wayOfReservation = (reservationId: ReservationId | BundleId): number =>
  Number.parseInt(reservationId.slice(-1), 16) || hashOf(reservationId)

/**
 * The id of the `index`-th reservation that a command makes, for a SKU; `index` is 0–4095. Its last
 * digit is the way of the SKU. From index 2,048 on the digit is 0, which means no way.
 */
export const reservationIdOf = (commandId: CommandId, index: number, skuId: SkuId): ReservationId =>
  derived(
    commandId,
    0x8000 + (index % 2_048) * 16 + (index < 2_048 ? wayOfSku(skuId) : 0)
  ) as ReservationId
