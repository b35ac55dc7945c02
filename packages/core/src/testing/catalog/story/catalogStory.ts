/**
 * Runs a random story through the core and compares every step with the reference model and the
 * invariants: a tree without cycles and with right levels, dense versions, rows that are what the
 * events say, and events and answers that come back from JSON as they were. A broken invariant
 * throws, and says which and after what.
 */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import type { CatalogRequest } from "../../../catalog/batch/batchScope.ts"
import { type CatalogOutcome, foldBatch } from "../../../catalog/batch/foldBatch.ts"
import { answerOf } from "../../../catalog/messages/CatalogAnswer.ts"
import type { CatalogCommand, CommandTag } from "../../../catalog/messages/CatalogCommand.ts"
import { type CatalogEvent, readPayload } from "../../../catalog/messages/CatalogEvent.ts"
import { depthMax } from "../../../catalog/state/Category.ts"
import type { Receipt } from "../../../kernel/Receipt.ts"
import { text } from "../../retelling.ts"
import { GivenCatalog } from "../givenCatalog.ts"
import { mustBeInRow } from "../heldToTable.ts"
import { CatalogTally } from "./CatalogTally.ts"
import { ModelCatalog } from "./ModelCatalog.ts"
import { type Prediction, predict } from "./predict.ts"
import { type CatalogStep, catalogOpening } from "./randomCatalog.ts"
import { WrittenCatalog } from "./WrittenCatalog.ts"

/** A request of a story, and its outcome. */
export interface CatalogStoryRequest {
  readonly request: CatalogRequest
  readonly now: DateTime.Utc
  readonly outcome: CatalogOutcome
  readonly events: ReadonlyArray<CatalogEvent>
}

/** A story in progress: each request is decided as a batch of its own over all rows. */
export class CatalogTelling {
  readonly given = new GivenCatalog()
  readonly written = new WrittenCatalog()
  readonly requests: Array<CatalogStoryRequest> = []
  readonly receipts: Array<Receipt> = []

  /** The request of a step, or null when time passes. */
  requestOf(step: CatalogStep): CatalogRequest | null {
    switch (step._tag) {
      case "Wait":
        this.given.later(step.seconds)
        return null
      case "Repeat": {
        const keyed = this.requests.filter(({ request }) => request.key !== null)
        const repeated = keyed[step.n % Math.max(1, keyed.length)]?.request
        return repeated === undefined ? null : { ...repeated, origin: this.given.nextOrigin() }
      }
      case "Command": {
        const { command, key, word } = step
        return { ...this.request(command, key), ...(word === undefined ? {} : { word }) }
      }
    }
  }

  /** A request for a command, under a key or none. */
  request(command: CatalogCommand, key?: string): CatalogRequest {
    return {
      command,
      origin: this.given.nextOrigin(),
      key: key === undefined ? null : { caller: "", key, fingerprint: JSON.stringify(command) }
    }
  }

  /** Decides a request and applies its events. */
  take(request: CatalogRequest): CatalogStoryRequest {
    const { now, rows } = this.given
    const loaded = { ...rows.loaded(now), receipts: this.receipts }
    const { answer, changes } = foldBatch(loaded, [request])
    const [outcome] = answer
    if (outcome === undefined) throw new Error("a batch of one request has no outcome")
    if (outcome._tag === "Defect") throw outcome.defect
    rows.apply(changes.events)
    rows.see(changes.seenStock)
    this.written.apply(changes)
    this.receipts.push(...changes.receipts)
    const taken = { request, now, outcome, events: changes.events }
    this.requests.push(taken)
    return taken
  }
}

/** The opening and then the steps, one request at a time, unchecked. */
export const catalogOneByOne = (steps: ReadonlyArray<CatalogStep>): CatalogTelling => {
  const telling = new CatalogTelling()
  for (const command of catalogOpening) telling.take(telling.request(command))
  for (const step of steps) {
    const request = telling.requestOf(step)
    if (request !== null) telling.take(request)
  }
  return telling
}

/** Runs the opening and the steps, and checks everything after each; `tally` counts what is met. */
export const tellCatalogStory = (
  steps: ReadonlyArray<CatalogStep>,
  tally = new CatalogTally()
): CatalogTelling => {
  const telling = new CatalogTelling()
  let model = new ModelCatalog()
  const take = (request: CatalogRequest) => {
    const { command, key, origin, word } = request
    const kept = telling.receipts.find((receipt) => receipt.key === key?.key)
    const prediction = predict(model, command, origin.commandId, word)
    const before = new Map(telling.given.rows.products)
    const taken = telling.take(request)
    tally.count(taken, before)
    if (kept !== undefined) return checkRepeat(taken, kept)
    model = agreed(model, prediction, taken, telling)
    checkVersions(telling)
    checkTexts(taken)
  }
  try {
    for (const command of catalogOpening) take(telling.request(command))
    for (const step of steps) {
      const request = telling.requestOf(step)
      if (request !== null) take(request)
      if (step._tag === "Wait") checkRows(telling)
    }
    checkRows(telling)
  } catch (error) {
    const says = error instanceof Error ? (error.stack ?? error.message) : String(error)
    throw new Error(`${says}\nafter\n${spoken(telling)}`)
  }
  return telling
}

/** The story so far, one line for each request. */
const spoken = ({ requests }: CatalogTelling): string =>
  requests
    .slice(catalogOpening.length)
    .map(({ now, outcome, request }) => {
      const came = outcome._tag === "Refused" ? outcome.refusal._tag : outcome._tag
      const seconds = DateTime.formatIso(now).slice(11, 19)
      return `${seconds} ${JSON.stringify(request.command)} ${JSON.stringify(request.word)} → ${came}`
    })
    .join("\n")

const must = (holds: boolean, says: () => string): void => {
  if (!holds) throw new Error(says())
}

/** A used key gets the first answer again or a refusal, and nothing happens. */
const checkRepeat = ({ events, outcome, request }: CatalogStoryRequest, kept: Receipt): void => {
  must(events.length === 0, () => `a repeated key did ${JSON.stringify(events)}`)
  const isSame = request.key?.fingerprint === kept.fingerprint
  must(
    isSame
      ? outcome._tag === "Replayed" && outcome.receipt.answer === kept.answer
      : outcome._tag === "Refused" && outcome.refusal._tag === "IdempotencyMismatch",
    () => `a repeat of ${kept.answer}: ${JSON.stringify(outcome)}`
  )
}

/** Compares an outcome with what the model says, and returns the model after it. */
const agreed = (
  model: ModelCatalog,
  prediction: Prediction,
  { events, outcome, request }: CatalogStoryRequest,
  { given }: CatalogTelling
): ModelCatalog => {
  const came = outcome._tag === "Refused" ? outcome.refusal._tag : outcome._tag
  const predicted = "refusal" in prediction ? prediction.refusal : "Answered"
  must(
    came === predicted,
    () => `the engine says ${JSON.stringify(outcome)}, the model ${predicted}`
  )
  if (outcome._tag === "Refused") mustBeInRow(request.command._tag, outcome.refusal)
  if ("refusal" in prediction) return model
  const { after } = prediction
  const { rows } = given
  must(
    rows.products.size === after.products.size &&
      rows.categories.size === after.categories.size &&
      rows.attributes.size === after.attributes.size,
    () => "the model has more products, categories or attributes, or fewer"
  )
  const touched = new Set<string>(events.map(({ aggregateId }) => aggregateId))
  for (const product of rows.products.values()) {
    if (!touched.has(product.id)) continue
    const [ours, theirs] = [ModelCatalog.productOf(product), after.products.get(product.id)]
    must(
      text(ours) === text(theirs),
      () => `the engine has ${text(ours)}, the model ${text(theirs)}`
    )
  }
  for (const attribute of rows.attributes.values()) {
    const theirs = after.attributes.get(attribute.id)
    must(
      text(attribute) === text(theirs),
      () => `the engine has ${text(attribute)}, the model ${text(theirs)}`
    )
  }
  for (const category of rows.categories.values()) {
    const { id, level } = category
    const depth = after.levelOf(id)
    must(level === depth && level < depthMax, () => `${id} has level ${level}, not ${depth}`)
    if (!touched.has(id)) continue
    const [ours, theirs] = [ModelCatalog.categoryOf(category), after.categories.get(id)]
    must(
      text(ours) === text(theirs),
      () => `the engine has ${text(ours)}, the model ${text(theirs)}`
    )
  }
  return after
}

/** All that was written is what all events say. */
const checkRows = ({ given: { rows }, written }: CatalogTelling): void =>
  must(
    text(written.asRows()) === text(WrittenCatalog.rowsOf(rows)),
    () => `written ${text(written.asRows())}, replayed ${text(WrittenCatalog.rowsOf(rows))}`
  )

/** The versions of every aggregate are dense, and events carry their own. */
const checkVersions = ({ requests, written: { versions } }: CatalogTelling): void => {
  for (const event of requests.at(-1)?.events ?? []) {
    const key = `${event.aggregateType} ${event.aggregateId}`
    const expected = (versions.get(key) ?? 0) + 1
    must(event.version === expected, () => `${key} has version ${event.version}, not ${expected}`)
    versions.set(key, event.version)
    const isProduct = event.eventType === "product.created" || event.eventType === "product.updated"
    if (!isProduct) continue
    const { product } = event.payload
    must(product.version === event.version, () => `${key} carries version ${product.version}`)
  }
}

/** Events and answers come back from JSON as they were. */
const checkTexts = ({ events, outcome, request }: CatalogStoryRequest): void => {
  for (const { eventType, payload } of events) {
    const again = readPayload(JSON.stringify(payload), eventType)
    must(text(again) === text(payload), () => `${eventType} comes back as ${text(again)}`)
  }
  if (outcome._tag !== "Answered") return
  const codec = answerOf[request.command._tag as CommandTag] as unknown as Schema.Codec<
    object,
    unknown
  >
  const again = Schema.decodeUnknownSync(codec)(JSON.parse(JSON.stringify(outcome.answer)))
  must(text(again) === text(outcome.answer), () => `the answer comes back as ${text(again)}`)
}
