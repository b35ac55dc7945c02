/** What the contracts by random stories share: requests in batches, and outcomes as text. */
import type * as DateTime from "effect/DateTime"
import type { Outcome } from "../engine/Request.ts"

/** Requests that one batch may have. */
const batchMax = 7

/** Requests of one instant, a few together. */
export const batchesOf = <R extends { readonly now: DateTime.Utc }>(
  run: ReadonlyArray<R>
): ReadonlyArray<ReadonlyArray<R>> => {
  const batches: Array<Array<R>> = []
  for (const request of run) {
    const last = batches.at(-1)
    if (last?.[0]?.now === request.now && last.length < batchMax) last.push(request)
    else batches.push([request])
  }
  return batches
}

/** How a request ended, as text. */
export const textOf = (outcome: Outcome<unknown, unknown>): string => {
  if (outcome._tag === "Replayed") return `again ${outcome.receipt.answer}`
  return text(outcome._tag === "Defect" ? String(outcome.defect) : outcome)
}

/** A value as text, whatever the order of its fields. */
export const text = (value: unknown): string =>
  JSON.stringify(value, (_, field) =>
    typeof field === "object" && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field
  )
