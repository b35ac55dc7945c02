/**
 * Runs a random story through the core and compares every step with the reference model and the
 * invariants: no forbidden promise, a ledger and promises that add up, holds resolved once, dense
 * versions, and events with the balances after them. A broken invariant throws, and says which and
 * after what.
 */

import * as DateTime from "effect/DateTime"
import type { StockRequest } from "../../inventory/batch/batchScope.ts"
import * as Reservation from "../../inventory/state/Reservation.ts"
import type { Receipt } from "../../kernel/Receipt.ts"

import type { GivenStock } from "../given.ts"
import { availableOf, checkBalances, checkCrossings } from "../invariants/checkEvents.ts"
import { checkPromises, checkRows, checkTransition, must } from "../invariants/invariants.ts"
import { ReplayedStock } from "../invariants/ReplayedStock.ts"
import { checkAgreement } from "../model/agreement.ts"
import { ReferenceModel } from "../model/ReferenceModel.ts"
import { opening } from "./arbitraries.ts"
import type { Step } from "./Step.ts"
import { StoryTally } from "./StoryTally.ts"
import { type StoryRequest, Telling } from "./telling.ts"

/** A story that has run: its final state, the model beside it, and the outcome of each step. */
export interface FinishedStory {
  readonly stock: GivenStock
  readonly model: ReferenceModel
  readonly requests: ReadonlyArray<StoryRequest>
}

/** Runs the opening and the steps, and checks every invariant after each; `tally` counts them. */
export const tellStory = (steps: ReadonlyArray<Step>, tally = new StoryTally()): FinishedStory => {
  const telling = new Telling()
  const checked = new CheckedStory(telling, tally)
  try {
    for (const command of opening) checked.take(telling.request(command))
    for (const step of steps) {
      const request = telling.requestOf(step)
      if (request !== null) checked.take(request)
    }
  } catch (error) {
    const says = error instanceof Error ? (error.stack ?? error.message) : String(error)
    throw new Error(`${says}\nafter\n${spoken(telling)}`)
  }
  return { stock: telling.stock, model: checked.model, requests: telling.requests }
}

/** The story so far, one line for each request, to read and to make a test of. */
const spoken = ({ requests }: Telling): string =>
  requests
    .slice(opening.length)
    .map(({ now, outcome, request }) => {
      const seconds = DateTime.formatIso(now).slice(11, 19)
      const key = request.key === null ? "" : ` key ${request.key.key}`
      const came = outcome._tag === "Refused" ? outcome.refusal._tag : outcome._tag
      return `${seconds} ${JSON.stringify(request.command)}${key} → ${came}`
    })
    .join("\n")

/** A story that is compared with the model and the invariants after each request. */
class CheckedStory {
  readonly model = new ReferenceModel()
  private readonly replayed = new ReplayedStock()
  private readonly telling: Telling
  private readonly tally: StoryTally

  constructor(telling: Telling, tally: StoryTally) {
    this.telling = telling
    this.tally = tally
  }

  take(request: StockRequest): void {
    const { stock } = this.telling
    const { now, rows } = stock
    const before = {
      holds: new Map(rows.reservations),
      stocks: new Map(rows.stocks),
      orders: new Map(rows.placedOrders)
    }
    const available = new Map(
      [...rows.stocks].map(([id, it]) => [id, availableOf(it, rows.locations)])
    )
    const kept = this.telling.receipts.find((receipt) => receipt.key === request.key?.key)
    const prediction = this.model.predict(request.command, now, request.origin.commandId)
    const taken = this.telling.take(request)
    this.tally.count(taken, before)
    if (kept === undefined) checkAgreement(this.model, prediction, taken, stock, before.holds)
    else checkRepeat(taken, kept)
    checkRows(rows)
    checkPromises(request.command, taken.events, before.stocks, rows)
    for (const [id, earlier] of before.holds) {
      const hold = rows.reservations.get(id)
      if (hold === undefined) throw new Error(`${id} is gone`)
      if (hold !== earlier) checkTransition(earlier, hold, Reservation.isLapsed(earlier, now))
    }
    checkBalances(this.replayed, now, taken.events)
    checkCrossings(rows, available, taken.events)
  }
}

/** A request with a used key gets the first answer again or a refusal, and nothing happens. */
const checkRepeat = ({ events, outcome, request }: StoryRequest, kept: Receipt): void => {
  must(events.length === 0, () => `a repeated key did ${JSON.stringify(events)}`)
  if (request.key?.fingerprint !== kept.fingerprint) {
    must(
      outcome._tag === "Refused" && outcome.refusal._tag === "IdempotencyMismatch",
      () => `a key of another command: ${JSON.stringify(outcome)}`
    )
    return
  }
  must(
    outcome._tag === "Replayed" && outcome.receipt.answer === kept.answer,
    () => `a repeat of ${kept.answer}: ${JSON.stringify(outcome)}`
  )
}
