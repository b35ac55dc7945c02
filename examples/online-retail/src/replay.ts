/**
 * Replays a plan on an inventory: registers the SKUs with their opening stock, then takes the
 * invoices in the order of the file, many at a time.
 *
 * An order is reserved whole or refused whole, confirmed, and fulfilled. A return puts its units
 * back, always. An adjustment takes its units out, or is refused when fewer are free. Invoices that
 * share a SKU are decided in the order of the file; the next one is let in as soon as the one before
 * it is reserved, since confirming and fulfilling change neither what is available nor what is free.
 * So any number at a time gives the same levels.
 */
import { type HoldfastInventory, isHoldfastError } from "@holdfast/core"
import { runOrdered } from "./orderedWindow.ts"
import { persistently } from "./persistently.ts"
import type { Line, Plan, PlannedSku, Step } from "./plan.ts"

/** The methods of an inventory that a replay uses. */
export type ReplayedOn = Pick<
  HoldfastInventory,
  "registerSku" | "reserve" | "confirmOrder" | "fulfilOrder" | "returnStock" | "adjust"
>

/** A line that could not be filled. */
export interface Shortage {
  readonly invoice: string
  readonly skuId: string
  readonly requested: number
  readonly available: number
}

/** What the replay has done so far. */
export interface Tally {
  readonly orders: { filled: number; refused: number; lines: number; units: number }
  readonly returns: { invoices: number; lines: number; units: number }
  readonly adjustments: { taken: number; refused: number; units: number }
  /** Every line that was short, and the lines and units that left with the refused orders. */
  readonly shortages: Array<Shortage>
  readonly refused: { lines: number; units: number }
  /** Units that left by day. */
  readonly unitsOf: Map<string, number>
  /** Orders, lines and units that left, by SKU. */
  readonly shippedOf: Map<string, { orders: number; units: number }>
  /** Lines of the plan that are done. */
  lines: number
  /** Calls that were repeated because the store could not take them just then. */
  repeats: number
}

const emptyTally = (): Tally => ({
  orders: { filled: 0, refused: 0, lines: 0, units: 0 },
  returns: { invoices: 0, lines: 0, units: 0 },
  adjustments: { taken: 0, refused: 0, units: 0 },
  shortages: [],
  refused: { lines: 0, units: 0 },
  unitsOf: new Map(),
  shippedOf: new Map(),
  lines: 0,
  repeats: 0
})

/** The inventory of a patient host: calls that may be repeated are. */
const patient = (inventory: ReplayedOn, onRepeat: () => void): ReplayedOn => {
  const repeating =
    <Input, Answer>(call: (input: Input) => Promise<Answer>) =>
    (input: Input) =>
      persistently(() => call(input), { onRepeat })
  return {
    registerSku: repeating(inventory.registerSku),
    reserve: repeating(inventory.reserve),
    confirmOrder: repeating(inventory.confirmOrder),
    fulfilOrder: repeating(inventory.fulfilOrder),
    returnStock: repeating(inventory.returnStock),
    adjust: repeating(inventory.adjust)
  }
}

const unitsIn = (lines: ReadonlyArray<Line>): number =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0)

const tallyOrder = (tally: Tally, { day, lines }: Step): void => {
  tally.orders.filled += 1
  tally.orders.lines += lines.length
  tally.orders.units += unitsIn(lines)
  tally.unitsOf.set(day, (tally.unitsOf.get(day) ?? 0) + unitsIn(lines))
  const skuIds = new Set<string>()
  for (const { quantity, skuId } of lines) {
    const shipped = tally.shippedOf.get(skuId) ?? { orders: 0, units: 0 }
    tally.shippedOf.set(skuId, shipped)
    shipped.units += quantity
    if (!skuIds.has(skuId)) shipped.orders += 1
    skuIds.add(skuId)
  }
}

const order = async (
  inventory: ReplayedOn,
  step: Step,
  tally: Tally,
  decided: () => void
): Promise<void> => {
  const orderId = step.invoice
  const lines = step.lines.map(({ lineId, quantity, skuId }) => ({ skuId, quantity, lineId }))
  try {
    await inventory.reserve({ orderId, lines })
  } catch (error) {
    if (!isHoldfastError(error, "InsufficientStock")) throw error
    tally.orders.refused += 1
    tally.refused.lines += lines.length
    tally.refused.units += unitsIn(step.lines)
    for (const { available, requested, skuId } of error.details.lines) {
      tally.shortages.push({ invoice: orderId, skuId, requested, available })
    }
    return
  }
  decided()
  await inventory.confirmOrder({ orderId })
  await inventory.fulfilOrder({ orderId, reference: orderId })
  tallyOrder(tally, step)
}

const takeBack = async (inventory: ReplayedOn, step: Step, tally: Tally): Promise<void> => {
  const reference = step.invoice
  await Promise.all(
    step.lines.map(({ quantity, skuId }) => inventory.returnStock({ skuId, quantity, reference }))
  )
  tally.returns.invoices += 1
  tally.returns.lines += step.lines.length
  tally.returns.units += unitsIn(step.lines)
}

const adjust = async (inventory: ReplayedOn, step: Step, tally: Tally): Promise<void> => {
  for (const { description, quantity, skuId } of step.lines) {
    const reason = description === "" ? "no reason given" : description
    try {
      await inventory.adjust({ skuId, quantity: -quantity, reason, reference: step.invoice })
      tally.adjustments.taken += 1
      tally.adjustments.units += quantity
    } catch (error) {
      const isShort =
        isHoldfastError(error, "InsufficientOnHand") || isHoldfastError(error, "PromisesInTheWay")
      if (!isShort) throw error
      tally.adjustments.refused += 1
    }
  }
}

/** Makes every SKU known, with the stock that it opens with. */
export const register = async (
  inventory: ReplayedOn,
  skus: ReadonlyArray<PlannedSku>
): Promise<void> => {
  for (let start = 0; start < skus.length; start += 500) {
    await Promise.all(
      skus
        .slice(start, start + 500)
        .map(({ name, openingQuantity, skuId }) =>
          inventory.registerSku({ skuId, code: skuId, name, initialStock: openingQuantity })
        )
    )
  }
}

/** Replays the invoices, `concurrency` of them at a time; `onStep` sees the tally after each. */
export const replay = async (
  inventory: ReplayedOn,
  plan: Plan,
  concurrency: number,
  onStep: (tally: Tally) => void = () => undefined
): Promise<Tally> => {
  const tally = emptyTally()
  const patiently = patient(inventory, () => {
    tally.repeats += 1
  })
  const doing = { order, return: takeBack, adjustment: adjust }
  await runOrdered(plan.steps, {
    concurrency,
    keysOf: ({ lines }) => lines.map(({ skuId }) => skuId),
    run: async (step, decided) => {
      await doing[step.kind](patiently, step, tally, decided)
      tally.lines += step.lines.length
      onStep(tally)
    }
  })
  return tally
}
