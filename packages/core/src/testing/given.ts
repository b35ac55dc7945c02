/**
 * Decisions as given, when, then, without a store: `given()` is a world with a default
 * location, `and` brings it to where the story begins, `when` takes the decision, and what came of
 * it is a value to look at. Time stands still until the story says `later`; ids count up, so two
 * runs of one story are equal.
 */
import * as Result from "effect/Result"
import { decide } from "../inventory/decide/decide.ts"
import { fromLoaded } from "../inventory/decide/OpenBook.ts"
import type { AnswerOf } from "../inventory/messages/InventoryAnswer.ts"
import type { CommandTag } from "../inventory/messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../inventory/messages/InventoryError.ts"
import type {
  InventoryEvent,
  InventoryEventOf,
  InventoryEventType
} from "../inventory/messages/InventoryEvent.ts"
import type { SkuCommand, SkuCommandOf } from "../inventory/messages/SkuCommand.ts"
import { isPromising, type Location } from "../inventory/state/Location.ts"
import { heldQuantity, type Reservation } from "../inventory/state/Reservation.ts"
import * as Room from "../inventory/state/Room.ts"
import * as SkuStock from "../inventory/state/SkuStock.ts"
import type { LoadedStock } from "../inventory/state/StockBook.ts"
import type * as StockLevel from "../inventory/state/StockLevel.ts"
import type { LevelStatus, StockStatus } from "../inventory/state/StockStatus.ts"
import { levelStatuses, stockStatus } from "../inventory/state/StockStatus.ts"
import type { Origin } from "../kernel/DomainEvent.ts"
import { LocationId } from "../kernel/Identifier.ts"
import { mustBeInRow } from "./contract/heldToTable.ts"
import { ReplayedStock } from "./invariants/ReplayedStock.ts"
import { StoryTime } from "./StoryTime.ts"

export { beginning } from "./StoryTime.ts"

/** The outcome of a command. */
export type CommandOutcome<Tag extends CommandTag> =
  | {
      readonly _tag: "Accepted"
      readonly events: ReadonlyArray<InventoryEvent>
      readonly answer: AnswerOf<Tag>
    }
  | { readonly _tag: "Refused"; readonly refusal: InventoryRefusal }

/** A world in which commands are decided one after another. */
export class GivenStock extends StoryTime {
  readonly rows = new ReplayedStock()

  /** What a store would load now. Override it to tell of a store that loads less. */
  loaded(): LoadedStock {
    return this.rows.loaded(this.now)
  }

  /** Takes a decision; what was accepted has happened. */
  when<Tag extends CommandTag>(
    command: SkuCommandOf<Tag>,
    about: Partial<Origin> = {}
  ): CommandOutcome<Tag> {
    const origin = { ...this.nextOrigin(), ...about }
    const decision = decide(fromLoaded(this.loaded()), command, origin)
    if (Result.isFailure(decision)) {
      mustBeInRow(command._tag, decision.failure)
      return { _tag: "Refused", refusal: decision.failure }
    }
    const { answer, events } = decision.success
    this.rows.apply(events)
    return { _tag: "Accepted", events, answer: answer as AnswerOf<Tag> }
  }

  /** Commands that were accepted before the story begins. */
  and(...commands: ReadonlyArray<SkuCommand>): this {
    for (const command of commands) this.accepts(command)
    return this
  }

  /** The answer to a command that must be accepted. */
  accepts<Tag extends CommandTag>(
    command: SkuCommandOf<Tag>,
    about: Partial<Origin> = {}
  ): AnswerOf<Tag> {
    const outcome = this.when<Tag>(command, about)
    if (outcome._tag === "Accepted") return outcome.answer
    throw new Error(`${command._tag} was refused: ${JSON.stringify(outcome.refusal)}`)
  }

  /** The events of a command that must be accepted. */
  happens(command: SkuCommand, about: Partial<Origin> = {}): ReadonlyArray<InventoryEvent> {
    const from = this.rows.events.length
    this.accepts(command, about)
    return this.rows.events.slice(from)
  }

  /** The refusal of a command that must be refused. */
  refuses(command: SkuCommand): InventoryRefusal {
    const outcome = this.when(command)
    if (outcome._tag === "Refused") return outcome.refusal
    throw new Error(`${command._tag} was accepted: ${JSON.stringify(outcome.answer)}`)
  }

  /** A SKU with its levels. */
  stock(skuId: string): SkuStock.SkuStock {
    const stock = this.rows.stocks.get(skuId)
    if (stock === undefined) throw new Error(`no SKU ${skuId}`)
    return stock
  }

  /** One level, at the default location when none is named. */
  level(skuId: string, locationId = "default"): StockLevel.StockLevel {
    const level = SkuStock.levelAt(this.stock(skuId), LocationId.make(locationId))
    if (level === undefined) throw new Error(`no level of ${skuId} at ${locationId}`)
    return level
  }

  /** Units that one line could take at a level, by the rows, which still count lapsed holds. */
  available(skuId: string, locationId = "default"): number {
    const stock = this.stock(skuId)
    const room = SkuStock.room(stock, (level) => isPromising(this.location(level.locationId)))
    return Room.availableAt(room, stock.sku, this.level(skuId, locationId))
  }

  /** The SKU as a reader sees it, with its levels by location. */
  status(skuId: string): StockStatus & { readonly at: Readonly<Record<string, LevelStatus>> } {
    const { levels, sku } = this.stock(skuId)
    const lapsed = this.loaded().lapsed
    const read = levels.map((level) => ({
      level,
      isPromising: isPromising(this.location(level.locationId)),
      lapsedQuantity: lapsed
        .filter((hold) => hold.skuId === skuId && hold.locationId === level.locationId)
        .reduce((sum, hold) => sum + heldQuantity(hold), 0)
    }))
    const at = levelStatuses(sku, read).map((level) => [level.locationId, level] as const)
    return { ...stockStatus(sku, read), at: Object.fromEntries(at) }
  }

  /** A location. */
  location(id: string): Location {
    const location = this.rows.locations.get(id)
    if (location === undefined) throw new Error(`no location ${id}`)
    return location
  }

  /** A reservation as its row has it. */
  hold(id: string): Reservation {
    const hold = this.rows.reservations.get(id)
    if (hold === undefined) throw new Error(`no reservation ${id}`)
    return hold
  }
}

/** A world with a default location and what these events have brought about. */
export const given = (events: ReadonlyArray<InventoryEvent> = []): GivenStock => {
  const stock = new GivenStock()
  stock.rows.apply(events)
  const last = events.at(-1)
  if (last !== undefined) stock.now = last.timestamp
  return stock
}

/** The events of one type, with their payloads typed. */
export const eventsOf = <Type extends InventoryEventType>(
  events: ReadonlyArray<InventoryEvent>,
  type: Type
): ReadonlyArray<InventoryEventOf<Type>> =>
  events.filter((event) => event.eventType === type) as unknown as ReadonlyArray<
    InventoryEventOf<Type>
  >

/** The last words of the event types, in order: `["reserved", "depleted"]`. */
export const namesOf = (events: ReadonlyArray<InventoryEvent>): ReadonlyArray<string> =>
  events.map((event) => event.eventType.split(".").slice(-1).join())
