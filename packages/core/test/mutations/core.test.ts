// The random stories can fail: each copy of the core that drops one check runs the same stories as
// the core itself, and is caught.
import { describe, it } from "@effect/vitest"
import { copied, type Mutation, probed } from "./mutants.ts"

const disagrees = /the engine says .*, the model|but the model takes/

const mutations: ReadonlyArray<Mutation> = [
  {
    drops: "the order of a correction, which moves first and frees then (B1)",
    file: "decide/movements.ts",
    code: `  draft.moveStock(skuId, locationId, movement)
  for (const hold of released) draft.free(hold, "SHORTFALL")`,
    becomes: `  for (const hold of released) draft.free(hold, "SHORTFALL")
  draft.moveStock(skuId, locationId, movement)`,
    caught: /is above total|has the promise limit/
  },
  {
    drops: "the lapsed holds that a correction does not miss (B1)",
    file: "decide/movements.ts",
    code: "shortfallGrowth(withoutLapsed(draft, level), movement.quantity) - promisedMax",
    becomes: "shortfallGrowth(level, movement.quantity) - promisedMax",
    caught: disagrees
  },
  {
    drops: "the policy that counts once, however many places there are (S2)",
    file: "state/Room.ts",
    code: "unpromised - shortfall + policy.backorderLimit - policy.safetyStock",
    becomes: "unpromised - shortfall + policy.backorderLimit * places.length - policy.safetyStock",
    caught: disagrees
  },
  {
    drops: "the deficits of places that promise nothing (S2)",
    file: "state/Room.ts",
    code: `    shortfall += StockLevel.shortfall(place)
    if (!isPromising(place)) continue`,
    becomes: `    if (!isPromising(place)) continue
    shortfall += StockLevel.shortfall(place)`,
    caught: disagrees
  },
  {
    drops: "the first pass over the places, which looks for goods on hand (S2)",
    file: "decide/reserve.ts",
    code: "levels.find((level) => StockLevel.unpromised(current(level)) >= quantity) ??",
    becomes: "",
    caught: disagrees
  },
  {
    drops: "the end of what lapsed holds must give way",
    file: "decide/capacity.ts",
    code: `    draft.free(hold, "EXPIRED")
    if (isEnough()) return
  }`,
    becomes: `    draft.free(hold, "EXPIRED")
  }`,
    caught: /was expired for/
  },
  {
    drops: "the turn of the place itself when lapsed holds give way",
    file: "decide/capacity.ts",
    code: "return [here, inDeficit, elsewhere]",
    becomes: "return [elsewhere, inDeficit, here]",
    caught: /was expired out of turn/
  },
  {
    drops: "the headroom of the SKU from the check that a line fits",
    file: "decide/reserve.ts",
    code: "if (room.headroom < quantity) return undefined",
    becomes: "",
    caught: disagrees
  },
  {
    drops: "the safety stock",
    file: "state/Room.ts",
    code: "policy.backorderLimit - policy.safetyStock",
    becomes: "policy.backorderLimit",
    caught: disagrees
  },
  {
    drops: "the bound of what a write may promise beyond stock",
    file: "decide/evolve.ts",
    code: "Math.min(StockLevel.shortfall(balances), promiseLimitMax(stock, level, event))",
    becomes: "promiseLimitMax(stock, level, event)",
    caught: /promise limit/
  },
  {
    drops: "the lines that an order lost from its confirmation (B5)",
    file: "decide/orders.ts",
    code: "const lines = holds.filter(Reservation.isLine)\n    const lost",
    becomes: "const lines = holds.filter(Reservation.isOpen)\n    const lost",
    caught: disagrees
  },
  {
    drops: "the release of what an order had lost, so that a late payment revives it (B17)",
    file: "decide/orders.ts",
    code: 'holds.filter(Reservation.isLine).map((hold) => draft.free(hold, "RELEASED"))',
    becomes: 'holds.filter(Reservation.isOpen).map((hold) => draft.free(hold, "RELEASED"))',
    caught: /holds of the answer|hold .*: the engine says/
  },
  {
    drops: "the state of a placed order, so that a repeat holds it again (S9)",
    file: "decide/placedOrders.ts",
    code: "if (draft.placedOrder(orderId) !== undefined) return Result.succeed(stateOf(draft, orderId))",
    becomes: "",
    caught: disagrees
  },
  {
    drops: "the cart that a rejected order gives back (S9)",
    file: "decide/placedOrders.ts",
    code: `  freeAll(draft, orderId)
  emitOrder(draft, "ordering.order.rejected"`,
    becomes: `  emitOrder(draft, "ordering.order.rejected"`,
    caught: disagrees
  },
  {
    drops: "the cart that speaks for what its order had lost (B5)",
    file: "decide/reserve.ts",
    code: "pending.has(hold) || Reservation.isLost(hold)",
    becomes: "pending.has(hold)",
    caught: disagrees
  },
  {
    drops: "the whole of a bundle from the release of a part",
    file: "decide/holds.ts",
    code: `    const part = apart(named, "release")
    if (part !== undefined) return Result.fail(part)`,
    becomes: "",
    caught: /the model .*BundleLine/
  },
  {
    drops: "the rest of a bundle from what is taken again with a part of it",
    file: "decide/holds.ts",
    code: `  const part = isAlone ? apart(hold, "reacquire") : undefined
  if (part !== undefined) return Result.fail(part)`,
    becomes: "",
    caught: /the model .*BundleLine/
  },
  {
    drops: "the units of a SKU from what keeps a bundle in another cart",
    file: "decide/reserve.ts",
    code: "  hold.bundle?.perBundle === line.option?.perBundle &&",
    becomes: "",
    caught: disagrees
  },
  {
    drops: "the turn of bundles behind other holds when a correction takes some",
    file: "decide/movements.ts",
    code: "+ (bundle ? 1 : 0)",
    becomes: "",
    caught: disagrees
  },
  {
    drops: "the turn of paid holds behind all others when a correction takes some",
    file: "decide/movements.ts",
    code: `(status === "CONFIRMED" ? 2 : 0) +`,
    becomes: "",
    caught: disagrees
  },
  {
    drops: "the question whether a correction took a part of a bundle",
    file: "decide/orders.ts",
    code: `  if (!holds.some(({ releaseReason }) => releaseReason === "SHORTFALL")) return Result.succeed([])`,
    becomes: "",
    caught: disagrees
  },
  {
    drops: "the question whether a confirmed hold is meant to be released (S7)",
    file: "decide/holds.ts",
    code: 'const isMeant = hold.status !== "CONFIRMED" || command.confirmed === true',
    becomes: "const isMeant = true",
    caught: /refusal: the engine says "Answered", the model .*ReservationConflict/
  },
  {
    drops: "the owner of a code that another SKU takes",
    file: "decide/skus.ts",
    code: "if (owner !== undefined && owner !== skuId) {",
    becomes: "if (false as boolean) {",
    caught: /SkuCodeTaken|a code is used twice/
  },
  {
    drops: "the fingerprint that a repeated key is held to",
    file: "../engine/foldRequests.ts",
    code: "receipt.fingerprint === key.fingerprint",
    becomes: "true as boolean",
    caught: /a key of another command/
  },
  {
    drops: "the lapse of a hold that is confirmed",
    file: "decide/holds.ts",
    code: 'return Reservation.isLapsed(hold, draft.now) ? draft.free(hold, "EXPIRED") : hold',
    becomes: "return hold",
    caught: /the engine says .*, the model|had lapsed and became/
  },
  {
    drops: "the check that a lost hold is taken again once",
    file: "decide/holds.ts",
    code: `  return inPlace === undefined
    ? reacquireHold(draft, hold, isAlone)
    : confirmHold(draft, inPlace, reacquire, isAlone)`,
    becomes: "  return reacquireHold(draft, hold, isAlone)",
    caught: disagrees
  },
  {
    drops: "the check that no more is shipped than a hold keeps",
    file: "decide/holds.ts",
    code: "if (quantity > Reservation.heldQuantity(hold)) {",
    becomes: "if (false as boolean) {",
    caught: /the model .*QuantityOutOfHold|reserved -\d+ is below zero/
  },
  {
    drops: "the check that what is shipped is on hand",
    file: "decide/holds.ts",
    code: "if (quantity > removable) {",
    becomes: "if (false as boolean) {",
    caught: /total -\d+ is below zero/
  },
  {
    drops: "the check that promised units do not leave",
    file: "decide/movements.ts",
    code: "if (level === undefined || requested > removable) {",
    becomes: "if (level === undefined) {",
    caught: /is below zero|is above total|the model .*InsufficientOnHand/
  },
  {
    drops: "the check that a correction keeps the promises",
    file: "decide/movements.ts",
    code: "return freed < missing ? undefined : released",
    becomes: "return released",
    caught: /is above total|the model .*PromisesInTheWay/
  },
  {
    drops: "the check that a count starts from the expected total",
    file: "decide/movements.ts",
    code: "if (expected !== undefined && expected !== actual) {",
    becomes: "if (false as boolean) {",
    caught: /the model .*(?:StaleExpectation|"total\\?")/
  },
  {
    drops: "the check that a paid order is not replaced",
    file: "decide/reserve.ts",
    code: "if (holds.some(Reservation.isPaid)) {",
    becomes: "if (false as boolean) {",
    caught: /the model .*OrderAlreadyConfirmed/
  },
  {
    drops: "the check that an archived SKU is empty",
    file: "decide/skus.ts",
    code: "if (totalQuantity > 0 || reservedQuantity > 0) {",
    becomes: "if (false as boolean) {",
    caught: /the model .*SkuNotEmpty/
  },
  {
    drops: "the crossing into sold out",
    file: "decide/Draft.ts",
    code: "if (available > 0 && after === 0) {",
    becomes: "if (false as boolean) {",
    caught: /depleted was published 0 times/
  }
]

describe.concurrent("random stories", { timeout: 240_000 }, () => {
  it("hold for the core as it is", async ({ expect }) => {
    const { failed, output } = await probed(copied("unchanged"))
    expect(output).toContain("stories hold")
    expect(failed).toBe(false)
  })

  for (const [n, mutation] of mutations.entries()) {
    it(`catch a core that drops ${mutation.drops}`, async ({ expect }) => {
      const { failed, output } = await probed(copied(`core-${n}`, mutation))
      expect(output).toContain("were broken")
      expect(output).toMatch(mutation.caught)
      expect(failed).toBe(true)
    })
  }
})
