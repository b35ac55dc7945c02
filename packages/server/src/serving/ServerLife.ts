/** The stage that a server has reached, and how its relays do, for the parts that depend on it. */

import type { RelayStatus } from "@holdfast/core/events"
import type * as Effect from "effect/Effect"

/** The stages that other parts read. */
export interface ServerLife {
  /** Whether the server has reported that it is up. */
  isUp: boolean
  /** Whether the server was asked to stop and still serves until balancers have noticed. */
  isLeaving: boolean
  /** Aborts when the server was asked to stop, whether it leaves first or not. */
  readonly leaving: AbortController
  /** How the relays of this process do, by the names of their contexts. */
  readonly relays: Map<string, Effect.Effect<RelayStatus>>
}

/** The life of a server that is starting. */
export const makeServerLife = (): ServerLife => ({
  isUp: false,
  isLeaving: false,
  leaving: new AbortController(),
  relays: new Map()
})
