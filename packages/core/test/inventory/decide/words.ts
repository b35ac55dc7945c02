// The words in which the unit tests tell their stories: commands with what matters in them.
import type {
  CommandOf,
  InventoryCommand
} from "../../../src/inventory/messages/InventoryCommand.ts"
import type {
  SkuCommand,
  SkuCommandOf,
  SkuLine
} from "../../../src/inventory/messages/SkuCommand.ts"
import type { Reservation } from "../../../src/inventory/state/Reservation.ts"
import { BundleId, OptionId, type PlainIds } from "../../../src/kernel/Identifier.ts"
import { type GivenStock, given } from "../../../src/testing/given.ts"

/** Takes ids as plain texts, as a test writes them. Nothing is checked, so they may be wrong. */
export const written = <A>(value: PlainIds<NoInfer<A>>): A => value as A

type Rest<Tag extends InventoryCommand["_tag"]> = Partial<PlainIds<CommandOf<Tag>>>

export const register = (
  skuId: string,
  initialStock = 0,
  rest: Rest<"RegisterSku"> = {}
): CommandOf<"RegisterSku"> =>
  written({
    _tag: "RegisterSku",
    skuId,
    code: skuId.toUpperCase(),
    name: `The ${skuId}`,
    initialStock,
    ...rest
  })

export const update = (skuId: string, rest: Rest<"UpdateSku">): CommandOf<"UpdateSku"> =>
  written({
    _tag: "UpdateSku",
    skuId,
    ...rest
  })

export const archive = (skuId: string): CommandOf<"ArchiveSku"> =>
  written({ _tag: "ArchiveSku", skuId })

export const unarchive = (skuId: string): CommandOf<"UnarchiveSku"> =>
  written({
    _tag: "UnarchiveSku",
    skuId
  })

export const place = (
  locationId: string,
  rest: Rest<"RegisterLocation"> = {}
): CommandOf<"RegisterLocation"> =>
  written({
    _tag: "RegisterLocation",
    locationId,
    name: locationId,
    ...rest
  })

export const change = (
  locationId: string,
  rest: Rest<"UpdateLocation">
): CommandOf<"UpdateLocation"> => written({ _tag: "UpdateLocation", locationId, ...rest })

export const receive = (
  skuId: string,
  quantity: number,
  locationId?: string
): CommandOf<"ReceiveStock"> =>
  written({
    _tag: "ReceiveStock",
    skuId,
    quantity,
    ...(locationId === undefined ? {} : { locationId })
  })

export const ship = (
  skuId: string,
  quantity: number,
  rest: Rest<"ShipStock"> = {}
): CommandOf<"ShipStock"> => written({ _tag: "ShipStock", skuId, quantity, ...rest })

export const giveBack = (
  skuId: string,
  quantity: number,
  rest: Rest<"ReturnStock"> = {}
): CommandOf<"ReturnStock"> => written({ _tag: "ReturnStock", skuId, quantity, ...rest })

export const adjust = (
  skuId: string,
  quantity: number,
  rest: Rest<"AdjustStock"> = {}
): CommandOf<"AdjustStock"> =>
  written({ _tag: "AdjustStock", skuId, quantity, reason: "found", ...rest })

export const count = (
  skuId: string,
  countedQuantity: number,
  rest: Rest<"CountStock"> = {}
): CommandOf<"CountStock"> => written({ _tag: "CountStock", skuId, countedQuantity, ...rest })

export const transfer = (
  skuId: string,
  quantity: number,
  fromLocationId: string,
  toLocationId: string
): CommandOf<"TransferStock"> =>
  written({
    _tag: "TransferStock",
    skuId,
    quantity,
    fromLocationId,
    toLocationId
  })

export const bulk = (
  rest: Omit<Rest<"ChangeStock">, "lines">,
  ...lines: PlainIds<CommandOf<"ChangeStock">["lines"]>
): CommandOf<"ChangeStock"> => written({ _tag: "ChangeStock", lines, ...rest })

export const line = (
  skuId: string,
  quantity: number,
  rest: Partial<PlainIds<SkuLine>> = {}
): SkuLine => written({ skuId, quantity, ...rest })

export const reserve = (
  orderId: string,
  ...lines: ReadonlyArray<SkuLine>
): SkuCommandOf<"ReserveStock"> => written({ _tag: "ReserveStock", orderId, lines })

export const replace = (
  orderId: string,
  ...lines: ReadonlyArray<SkuLine>
): SkuCommandOf<"ReserveStock"> => written({ _tag: "ReserveStock", orderId, lines, replace: true })

export const confirm = (
  { id }: { readonly id: string },
  rest: Rest<"ConfirmReservation"> = {}
): CommandOf<"ConfirmReservation"> =>
  written({
    _tag: "ConfirmReservation",
    reservationId: id,
    ...rest
  })

export const release = (
  { id }: { readonly id: string },
  rest: Rest<"ReleaseReservation"> = {}
): CommandOf<"ReleaseReservation"> =>
  written({
    _tag: "ReleaseReservation",
    reservationId: id,
    ...rest
  })

export const fulfil = (
  { id }: { readonly id: string },
  quantity?: number
): CommandOf<"FulfilReservation"> =>
  written({
    _tag: "FulfilReservation",
    reservationId: id,
    ...(quantity === undefined ? {} : { quantity })
  })

export const resize = (
  { id }: { readonly id: string },
  quantity: number
): CommandOf<"ResizeReservation"> =>
  written({ _tag: "ResizeReservation", reservationId: id, quantity })

export const extend = (
  { id }: { readonly id: string },
  ttl?: number
): CommandOf<"ExtendReservation"> =>
  written({
    _tag: "ExtendReservation",
    reservationId: id,
    ...(ttl === undefined ? {} : { ttl })
  })

export const expire = (
  ...holds: ReadonlyArray<{ readonly id: string }>
): CommandOf<"ExpireReservations"> =>
  written({
    _tag: "ExpireReservations",
    reservationIds: holds.map((hold) => hold.id)
  })

export const confirmOrder = (
  orderId: string,
  rest: Rest<"ConfirmOrder"> = {}
): CommandOf<"ConfirmOrder"> => written({ _tag: "ConfirmOrder", orderId, ...rest })

export const releaseOrder = (
  orderId: string,
  rest: Rest<"ReleaseOrder"> = {}
): CommandOf<"ReleaseOrder"> => written({ _tag: "ReleaseOrder", orderId, ...rest })

export const fulfilOrder = (orderId: string): CommandOf<"FulfilOrder"> =>
  written({
    _tag: "FulfilOrder",
    orderId
  })

export const placeOrder = (
  orderId: string,
  ...lines: ReadonlyArray<ReturnType<typeof line>>
): SkuCommandOf<"PlaceOrder"> => written({ _tag: "PlaceOrder", orderId, lines })

export const payOrder = (orderId: string): CommandOf<"PayOrder"> =>
  written({ _tag: "PayOrder", orderId })

export const cancelOrder = (orderId: string): CommandOf<"CancelOrder"> =>
  written({ _tag: "CancelOrder", orderId })

export const completeOrder = (orderId: string): CommandOf<"CompleteOrder"> =>
  written({ _tag: "CompleteOrder", orderId })

export const claimOrder = (orderId: string): SkuCommandOf<"ClaimOrder"> => ({
  _tag: "ClaimOrder",
  orderId: orderId as SkuCommandOf<"ClaimOrder">["orderId"],
  cartId: `cart:${"0".repeat(64)}`,
  ownerId: "ann"
})

/** A hold that nobody has made. */
export const nobody = { id: "00000000-0000-7000-8000-000000000000" }

/** A world with one SKU, `tea`, and so many units of it. */
export const tea = (units: number, policy: Rest<"RegisterSku"> = {}): GivenStock =>
  given().and(register("tea", units, policy))

/** The only hold of a command that makes one. */
export const held = (stock: GivenStock, command: SkuCommandOf<"ReserveStock">): Reservation => {
  const [hold] = stock.accepts(command)
  if (hold === undefined) throw new Error("nothing was held")
  return hold
}

/** A line that is short, as a refusal tells it. */
export const short = (
  skuId: string,
  requested: number,
  available: number,
  rest: { line?: number; lineId?: string; locationId?: string } = {}
) => ({ line: 0, lineId: null, locationId: null, skuId, requested, available, ...rest })

/** The refusal of these short lines. */
export const insufficient = (...lines: ReadonlyArray<ReturnType<typeof short>>) => ({
  _tag: "InsufficientStock",
  lines
})

/** So many lines of one tea each. */
export const teas = (count: number): ReadonlyArray<SkuLine> =>
  Array.from({ length: count }, () => line("tea", 1))

/** An order "o" with too many lines for a decision about the whole: half confirmed, half lapsed. */
export const tooLarge = ({ isPlaced = true } = {}): GivenStock => {
  const stock = tea(4_002).and(
    ...(isPlaced ? [placeOrder("o", line("tea", 1))] : []),
    reserve("o", ...teas(isPlaced ? 1_999 : 2_000)),
    confirmOrder("o")
  )
  // The lines for an engine that did not count: others have added at the same instant.
  stock.loaded = () => ({ ...stock.rows.loaded(stock.now), orderLines: [] })
  return stock
    .and({ ...reserve("o", ...teas(2_000)), ttl: 5 }, { ...reserve("o", line("tea", 1)), ttl: 5 })
    .later(5)
}

/** A story of one hold of 4 of 10 units. */
export type Story = { readonly stock: GivenStock; readonly hold: Reservation }

export const pending = (): Story => {
  const stock = tea(10)
  return { stock, hold: held(stock, { ...reserve("o", line("tea", 4)), ttl: 60 }) }
}

/** A story that continues another. */
export const after = (story: () => Story, goOn: (story: Story) => unknown) => (): Story => {
  const stock = story()
  goOn(stock)
  return stock
}

export const lapsed = after(pending, ({ stock }) => stock.later(60))
export const confirmed = after(pending, ({ hold, stock }) => stock.and(confirm(hold)))
export const partly = after(confirmed, ({ hold, stock }) => stock.and(fulfil(hold, 1)))
export const expired = after(lapsed, ({ hold, stock }) => stock.and(expire(hold)))
export const taken = after(pending, ({ stock }) =>
  stock.and(count("tea", 3, { onShortfall: "RELEASE_NEWEST" }))
)

const setOption = OptionId.make("0d000000-0000-7000-8000-000000000000")

/**
 * The lines that so many units of an option become which takes so many of each SKU. `line` is its
 * place in the request.
 */
export const optionLines = (
  count: number,
  mapping: Readonly<Record<string, number>>,
  { at, lineId, line: place = 0, optionId = setOption }: Partial<OptionLine> = {}
): ReadonlyArray<SkuLine> =>
  Object.entries(mapping).map(([skuId, perBundle]) =>
    written({
      skuId,
      quantity: count * perBundle,
      line: place,
      option: { optionId, perBundle },
      ...(at === undefined ? {} : { locationId: at }),
      ...(lineId === undefined ? {} : { lineId })
    })
  )

interface OptionLine {
  readonly line: number
  readonly optionId: OptionId
  readonly at: string
  readonly lineId: string
}

type Part = Pick<Reservation, "orderId" | "bundle">

const ofBundle = ({ bundle, orderId }: Part) => ({
  orderId,
  bundleId: bundle?.bundleId ?? BundleId.make(nobody.id)
})

export const releaseBundle = (
  part: Part,
  rest: Rest<"ReleaseBundle"> = {}
): CommandOf<"ReleaseBundle"> => written({ _tag: "ReleaseBundle", ...ofBundle(part), ...rest })

export const resizeBundle = (part: Part, quantity: number): CommandOf<"ResizeBundle"> =>
  written({ _tag: "ResizeBundle", ...ofBundle(part), quantity })

export const extendBundle = (part: Part, ttl: number): CommandOf<"ExtendBundle"> =>
  written({ _tag: "ExtendBundle", ...ofBundle(part), ttl })

/** A bundle of two units of an option of tea and sugar, in a given state when the command comes. */
export const withBundle =
  (
    state: "PENDING" | "LAPSED" | "CONFIRMED" | "PARTLY" | "RELEASED",
    command: (holds: readonly [Reservation, ...ReadonlyArray<Reservation>]) => SkuCommand
  ) =>
  (): readonly [GivenStock, SkuCommand] => {
    const stock = given().and(register("tea", 4), register("sugar", 4))
    const [first, ...others] = stock.accepts({
      ...reserve("o", ...optionLines(2, { tea: 1, sugar: 2 })),
      ttl: 60
    })
    if (first === undefined) throw new Error("nothing was held")
    if (state === "LAPSED") stock.later(60)
    if (state === "CONFIRMED" || state === "PARTLY") stock.and(confirmOrder("o"))
    if (state === "PARTLY") stock.and(...others.map((hold) => fulfil(hold, 3)))
    if (state === "RELEASED") stock.and(releaseBundle(first))
    return [stock, command([first, ...others])]
  }

/** A hold of two teas, in a given state when the command comes. */
export const withHold =
  (
    state: "PENDING" | "LAPSED" | "CONFIRMED" | "FULFILLED" | "RELEASED",
    command: (hold: { readonly id: string }) => SkuCommand,
    then: ReadonlyArray<SkuCommand> = []
  ) =>
  (): readonly [GivenStock, SkuCommand] => {
    const stock = given().and(register("tea", 0, { backorderLimit: 2 }))
    if (state !== "CONFIRMED") stock.and(receive("tea", 2))
    const hold = held(stock, { ...reserve("o", line("tea", 2)), ttl: 60 })
    if (state === "LAPSED") stock.later(60)
    if (state === "CONFIRMED" || state === "FULFILLED") stock.and(confirm(hold))
    if (state === "FULFILLED") stock.and(fulfil(hold))
    if (state === "RELEASED") stock.and(release(hold))
    return [stock.and(...then), command(hold)]
  }
