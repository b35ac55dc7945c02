// The tests of the core can fail: a copy of it that drops one check is told the same random stories
// as the core itself, and each such copy is caught; so is a store that breaks a promise, by the
// contract. A mutation that no longer applies is an error, so the lists follow the code.
import { execFile } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, it } from "@effect/vitest"

const core = fileURLToPath(new URL("../..", import.meta.url))
let home = ""

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "holdfast-mutations-"))
})

afterAll(() => {
  rmSync(home, { recursive: true, force: true })
})

interface Mutation {
  readonly drops: string
  readonly file: string
  readonly code: string
  readonly becomes: string
  /** What the story that caught it says. */
  readonly caught: RegExp
}

/** The reference model says another thing, whatever it is about. */
const disagrees = /the engine says .*, the model|but the model takes/

const mutations: ReadonlyArray<Mutation> = [
  {
    drops: "the order of a correction, which moves first and frees then (B1)",
    file: "decide/movements.ts",
    code: `  draft.move(skuId, locationId, movement)
  for (const hold of released) draft.free(hold, "SHORTFALL")`,
    becomes: `  for (const hold of released) draft.free(hold, "SHORTFALL")
  draft.move(skuId, locationId, movement)`,
    caught: /is above total|has the promise limit/
  },
  {
    drops: "the lapsed holds that a correction does not miss (B1)",
    file: "decide/movements.ts",
    code: "deepened(withoutLapsed(draft, level), movement.quantity) - promisedMax",
    becomes: "deepened(level, movement.quantity) - promisedMax",
    caught: disagrees
  },
  {
    drops: "the policy that counts once, however many places there are (S2)",
    file: "Room.ts",
    code: "unpromised - shortfall + policy.backorderLimit - policy.safetyStock",
    becomes: "unpromised - shortfall + policy.backorderLimit * places.length - policy.safetyStock",
    caught: disagrees
  },
  {
    drops: "the deficits of places that promise nothing (S2)",
    file: "Room.ts",
    code: `    shortfall += StockLevel.shortfall(place)
    if (!isPromising(place)) continue`,
    becomes: `    if (!isPromising(place)) continue
    shortfall += StockLevel.shortfall(place)`,
    caught: disagrees
  },
  {
    drops: "the first pass over the places, which looks for goods on hand (S2)",
    file: "decide/reserve.ts",
    code: "levels.find((level) => StockLevel.unpromised(onHand(level)) >= quantity) ??",
    becomes: "",
    caught: /hold .*: the engine says .*locationId/
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
    file: "Room.ts",
    code: "policy.backorderLimit - policy.safetyStock",
    becomes: "policy.backorderLimit",
    caught: disagrees
  },
  {
    drops: "the bound of what a write may promise beyond stock",
    file: "evolve.ts",
    code: "Math.min(StockLevel.shortfall(balances), promiseLimitMax(stock, level, event))",
    becomes: "promiseLimitMax(stock, level, event)",
    caught: /promise limit/
  },
  {
    drops: "the lines that an order lost from its confirmation (B5)",
    file: "decide/orders.ts",
    code: "const lines = holds.filter(Reservation.isLine)",
    becomes: "const lines = holds.filter(Reservation.isOpen)",
    caught: /the model .*ReservationExpired/
  },
  {
    drops: "the release of what an order had lost, so that a late payment revives it (B17)",
    file: "decide/orders.ts",
    code: 'holds.filter(Reservation.isLine).map((hold) => draft.free(hold, "RELEASED"))',
    becomes: 'holds.filter(Reservation.isOpen).map((hold) => draft.free(hold, "RELEASED"))',
    caught: /holds of the answer|hold .*: the engine says/
  },
  {
    drops: "the cart that speaks for what its order had lost (B5)",
    file: "decide/reserve.ts",
    code: "pending.has(hold) || Reservation.isLost(hold)",
    becomes: "pending.has(hold)",
    caught: /hold .*: the engine says .*"end":null/
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
    file: "foldBatch.ts",
    code: "receipt.fingerprint === key.fingerprint",
    becomes: "true as boolean",
    caught: /a key of another command/
  },
  {
    drops: "the lapse of a hold that is confirmed",
    file: "decide/holds.ts",
    code: 'return Reservation.isLapsed(hold, draft.now) ? draft.free(hold, "EXPIRED") : hold',
    becomes: "return hold",
    caught: /the model .*ReservationExpired|had lapsed and became/
  },
  {
    drops: "the check that a lost hold is taken again once",
    file: "decide/holds.ts",
    code: "return inPlace === undefined ? reacquired(draft, hold) : confirmHold(draft, inPlace, false)",
    becomes: "return reacquired(draft, hold)",
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
    code: "if (quantity > onHand) {",
    becomes: "if (false as boolean) {",
    caught: /total -\d+ is below zero/
  },
  {
    drops: "the check that promised units do not leave",
    file: "decide/movements.ts",
    code: "if (level === undefined || requested > onHand) {",
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
    caught: /the model .*StaleExpectation/
  },
  {
    drops: "the check that a paid order is not replaced",
    file: "decide/reserve.ts",
    code: 'if (holds.some((hold) => hold.status === "CONFIRMED" || hold.status === "FULFILLED")) {',
    becomes: "if (false as boolean) {",
    caught: /the model .*OrderAlreadyConfirmed/
  },
  {
    drops: "the check that an archived SKU is empty",
    file: "decide/skus.ts",
    code: "if (totalQuantity > 0 || reservedQuantity > 0) {",
    becomes: "if (false as boolean) {",
    caught: /the model .*SkuInUse/
  },
  {
    drops: "the crossing into sold out",
    file: "decide/Draft.ts",
    code: "if (available > 0 && after === 0) {",
    becomes: "if (false as boolean) {",
    caught: /depleted said 0 times/
  }
]

/** Promises that a store may break, and the test of the contract that sees it. */
const storeMutations: ReadonlyArray<Mutation> = [
  {
    drops: "the lock between what it loads and what it writes",
    file: "../memory/MemoryInventory.ts",
    code: "tables.apply(changes, loaded.now)",
    becomes: "queueMicrotask(() => tables.apply(changes, loaded.now))",
    caught: /gives the last units away once when several engines share the store/
  },
  {
    drops: "the receipts",
    file: "../memory/MemoryTables.ts",
    code: "this.receipts.set(receiptName(receipt), { ...receipt, committedAt: now })",
    becomes: "",
    caught: /answers a repeated key with the first answer, byte for byte, and does nothing/
  },
  {
    drops: "the day after which a key is forgotten",
    file: "../memory/MemoryTables.ts",
    code: "now.epochMilliseconds - 24 * 3_600_000",
    becomes: "0",
    caught: /keeps the key of a command that changed nothing, and forgets keys after a day/
  },
  {
    drops: "a key after two seconds",
    file: "../memory/MemoryTables.ts",
    code: "now.epochMilliseconds - 24 * 3_600_000",
    becomes: "now.epochMilliseconds - 2_000",
    caught: /T3 keeps a key for 24 hours and no longer, to the instant/
  },
  {
    drops: "the last instant of a key's day",
    file: "../memory/MemoryTables.ts",
    code: "now.epochMilliseconds - 24 * 3_600_000",
    becomes: "now.epochMilliseconds - 24 * 3_600_000 + 1",
    caught: /T3 keeps a key for 24 hours and no longer, to the instant/
  },
  {
    drops: "the place where a page of holds ends",
    file: "../memory/MemoryInventory.ts",
    code: "id > query.after.id",
    becomes: "id >= query.after.id",
    caught: /S10 shows a hold that is open throughout on one page, whatever happens to it/
  },
  {
    drops: "the code of an archived SKU",
    file: "../memory/MemoryTables.ts",
    code: "sku.archivedAt === null && codes.has(sku.code)",
    becomes: "codes.has(sku.code)",
    caught: /S11 lets the code of an archived SKU be given away, and finds the one in use/
  },
  {
    drops: "the order in which lapsed holds give way",
    file: "../memory/MemoryTables.ts",
    code: ".sort(Reservation.byExpiry)",
    becomes: "",
    caught: /expires at need the oldest holds first, and no more than are needed/
  },
  {
    drops: "the lapsed holds that a read subtracts",
    file: "../memory/MemoryInventory.ts",
    code: ".reduce((sum, hold) => sum + Reservation.heldQuantity(hold), 0)\n      }",
    becomes: ".reduce((sum) => sum, 0)\n      }",
    caught: /subtracts lapsed holds from every read/
  },
  {
    drops: "the place where a page of the ledger ends",
    file: "../memory/MemoryInventory.ts",
    code: "row.id < query.before.id",
    becomes: "row.id <= query.before.id",
    caught: /reads a ledger page by page, newest first, without a row twice or lost/
  },
  {
    drops: "the mark of an expired hold that was taken again",
    file: "evolve.ts",
    code: 'releaseReason: "REACQUIRED"',
    becomes: "",
    caught: /takes an expired hold again once, however often it is asked to/
  },
  {
    drops: "the holds that the buyer lost from what it loads of an order",
    file: "../memory/MemoryTables.ts",
    code: "holds.filter(Reservation.isLine)",
    becomes: "holds.filter(Reservation.isOpen)",
    caught: /B5 confirms all that the buyer was told, or names what lapsed/
  },
  {
    drops: "the newest hold of each status from what it loads of an order",
    file: "../memory/MemoryTables.ts",
    code: "[...newest.values(), ...lines]",
    becomes: "[...lines]",
    caught: /B12 loads of a till with a long history the lines that it decides on/
  },
  {
    drops: "the place where a page of an order ends",
    file: "../memory/MemoryInventory.ts",
    code: "Reservation.byAge(hold, after) > 0",
    becomes: "Reservation.byAge(hold, after) >= 0",
    caught: /B12 reads an order page by page, oldest first, without a hold twice or lost/
  },
  {
    drops: "the number of lines that an order has",
    file: "../memory/MemoryTables.ts",
    code: "orderLines: scope.countedOrderIds.map(",
    becomes: "orderLines: [].map(",
    caught: /B12 takes no more lines once an order has 2,000, and decides on all of them/
  },
  {
    drops: "the instant itself from the stock as of it",
    file: "../memory/MemoryInventory.ts",
    code: "(row) => row.createdAt.epochMilliseconds <= at.epochMilliseconds",
    becomes: "(row) => row.createdAt.epochMilliseconds < at.epochMilliseconds",
    caught: /tells the stock as of an instant, to the instant/
  }
]

/** A copy of the core and its contract, changed or not; answers its folder. */
const copied = (name: string, change?: Mutation): string => {
  const copy = join(home, name)
  cpSync(join(core, "src"), join(copy, "src"), { recursive: true })
  for (const folder of ["test/mutations/probe.ts", "test/memory"]) {
    cpSync(join(core, folder), join(copy, folder), { recursive: true })
  }
  symlinkSync(join(core, "node_modules"), join(copy, "node_modules"))
  writeFileSync(join(copy, "package.json"), '{ "type": "module" }')
  if (change !== undefined) {
    const file = join(copy, "src/inventory", change.file)
    const parts = readFileSync(file, "utf8").split(change.code)
    if (parts.length !== 2) {
      throw new Error(`${change.file} has ${parts.length - 1} places that say: ${change.code}`)
    }
    writeFileSync(file, parts.join(change.becomes))
  }
  return copy
}

const runs = (...args: ReadonlyArray<string>) =>
  new Promise<{ readonly failed: boolean; readonly said: string }>((resolve) => {
    const env = { ...process.env, NO_COLOR: "1" }
    execFile(process.execPath, ["--no-warnings", ...args], { env }, (error, stdout, stderr) => {
      resolve({ failed: error !== null, said: stdout + stderr })
    })
  })

const probed = (copy: string) => runs(join(copy, "test/mutations/probe.ts"), "c")

/** Runs one test of the contract in a copy. */
const tried = (copy: string, test: string) =>
  runs(join(core, "node_modules/vitest/vitest.mjs"), "run", "--root", copy, "-t", test)

describe.concurrent("random stories", { timeout: 240_000 }, () => {
  it("hold for the core as it is", async ({ expect }) => {
    const { failed, said } = await probed(copied("unchanged"))
    expect(said).toContain("stories hold")
    expect(failed).toBe(false)
  })

  for (const [n, mutation] of mutations.entries()) {
    it(`catch a core that drops ${mutation.drops}`, async ({ expect }) => {
      const { failed, said } = await probed(copied(`core-${n}`, mutation))
      expect(said).toContain("were broken")
      expect(said).toMatch(mutation.caught)
      expect(failed).toBe(true)
    })
  }
})

describe.concurrent("the contract of stores", { timeout: 120_000 }, () => {
  for (const [n, mutation] of storeMutations.entries()) {
    it(`catches a store that drops ${mutation.drops}`, async ({ expect }) => {
      const name = mutation.caught.source
      const { failed, said } = await tried(copied(`store-${n}`, mutation), name)
      expect(said).toMatch(/1 failed/)
      expect(said).toContain(`× ${name}`)
      expect(failed).toBe(true)
    })
  }
})
