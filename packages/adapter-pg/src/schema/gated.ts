/** The store, the reads and the log of a context, over tables that are checked before the first use. */
import type { BatchStore } from "@holdfast/core/engine"
import type { EventLog } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import type { makeSchemaGate } from "./schemaCheck.ts"

type Gate = ReturnType<typeof makeSchemaGate>

type AnyEffect = Effect.Effect<unknown, unknown>

/** Every member through the gate: effects, and functions that give one. */
export const gated = <Members extends object>(gate: Gate, members: Members): Members =>
  Object.fromEntries(
    Object.entries(members).map(([name, member]) => [
      name,
      typeof member === "function"
        ? (...args: ReadonlyArray<unknown>) =>
            gate(Reflect.apply(member, members, args) as AnyEffect)
        : gate(member as AnyEffect)
    ])
  ) as Members

/** The log, its cursors, its webhooks and its audit log through the gate; a watch needs no tables. */
export const gatedLog = (gate: Gate, log: EventLog): EventLog => {
  const { head, read } = gated(gate, { head: log.head, read: log.read })
  const { moveFor, ...cursors } = log.cursors
  const webhooks = gated(gate, log.webhooks)
  const audit = gated(gate, log.audit)
  return { ...log, head, read, cursors: { ...gated(gate, cursors), moveFor }, webhooks, audit }
}

/** Every read through the gate. The ping has its own time limit. */
export const gatedReads = <Reads extends { readonly ping: Effect.Effect<void, unknown> }>(
  gate: Gate,
  reads: Reads
): Reads => {
  const all = gated(gate, reads)
  return { ...all, ping: Effect.andThen(reads.ping, gate(Effect.void)) }
}

/** The store through the gate. */
export const gatedStore = <
  Scope extends { readonly batchId: string },
  Loaded,
  Changes,
  Locked,
  Obstacle
>(
  gate: Gate,
  store: BatchStore<Scope, Loaded, Changes, Locked, Obstacle>
): BatchStore<Scope, Loaded, Changes, Locked, Obstacle> => ({
  ...store,
  transact: (scope, decide, locking) => gate(store.transact(scope, decide, locking))
})
