/** A follower of the log of a database, with a durable cursor, as a relay has it; it keeps what it got. */
import { layerPostgres, layerStorage } from "@holdfast/adapter-pg/effect"
import { type KeptEvent, makeEventRelay, type RelayStatus } from "@holdfast/core/events"
import { InventoryLog } from "@holdfast/core/inventory"
import { runOn } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"

/** A running follower. */
export interface Follower {
  /** Every event that was handed over, in the order in which it came. */
  readonly got: ReadonlyArray<KeptEvent>
  readonly status: () => Promise<RelayStatus>
  readonly stop: () => Promise<void>
}

/** The cursor of the follower. */
export const cursorName = "drill"

/** Starts to follow from the first event on. */
export const startFollower = async (url: string): Promise<Follower> => {
  const got: Array<KeptEvent> = []
  const scope = Effect.runSync(Scope.make())
  const context = await Effect.runPromise(
    Layer.buildWithScope(
      layerStorage({}).pipe(Layer.provideMerge(layerPostgres({ url, maxConnections: 4 }))),
      scope
    )
  )
  const { relay } = await Effect.runPromise(
    Effect.gen(function* () {
      const log = yield* InventoryLog
      const publish = (events: ReadonlyArray<KeptEvent>) =>
        Effect.sync(() => void got.push(...events))
      const relay = makeEventRelay(log, { publish }, { cursor: cursorName, owner: "the drill" })
      yield* Effect.forkIn(relay.run, scope)
      return { relay }
    }).pipe(Effect.provideContext(context))
  )
  return {
    got,
    status: () => Effect.runPromise(relay.status),
    stop: () => Effect.runPromise(Scope.close(scope, Exit.void))
  }
}

/** The log of a database as it is now: the id of the event at each position. */
export const logOf = async (url: string): Promise<ReadonlyMap<number, string>> => {
  const rows = await runOn(url, "select position::text, event_id::text from inventory.events")
  return new Map(rows.map((row) => [Number(row["position"]), String(row["event_id"])]))
}
