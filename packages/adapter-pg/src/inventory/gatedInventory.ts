/** The store and the reads of the inventory, over tables that are checked before the first use. */
import type { EventLog } from "@holdfast/core/events"
import type { StockReads, StockStore } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type { makeSchemaGate } from "../schema/schemaCheck.ts"

type Gate = ReturnType<typeof makeSchemaGate>

type AnyEffect = Effect.Effect<unknown, unknown>

/** Every member through the gate: effects, and functions that give one. */
const gated = <Members extends object>(gate: Gate, members: Members): Members =>
  Object.fromEntries(
    Object.entries(members).map(([name, member]) => [
      name,
      typeof member === "function"
        ? (...args: ReadonlyArray<unknown>) =>
            gate(Reflect.apply(member, members, args) as AnyEffect)
        : gate(member as AnyEffect)
    ])
  ) as Members

/** The log, its cursors and its webhooks through the gate; a watch needs no tables. */
export const gatedLog = (gate: Gate, log: EventLog): EventLog => {
  const { head, read } = gated(gate, { head: log.head, read: log.read })
  const { moveFor, ...cursors } = log.cursors
  const webhooks = gated(gate, log.webhooks)
  return { ...log, head, read, cursors: { ...gated(gate, cursors), moveFor }, webhooks }
}

/** Every read through the gate. The ping has its own time limit. */
export const gatedReads = (gate: Gate, reads: StockReads["Service"]): StockReads["Service"] => {
  const all = gated(gate, reads)
  return { ...all, ping: Effect.andThen(reads.ping, gate(Effect.void)) }
}

/** The store through the gate. */
export const gatedStore = (gate: Gate, store: StockStore["Service"]): StockStore["Service"] => ({
  ...store,
  transact: (scope, decide, locking) => gate(store.transact(scope, decide, locking))
})
