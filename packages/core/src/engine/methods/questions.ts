/** The questions of a context as methods that validate what they are asked, and their common parts. */
import * as Effect from "effect/Effect"
import type * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type { PositionGone } from "../../events/PositionGone.ts"
import { readAfter, type Witness } from "../../events/readAfter.ts"
import type { EventId } from "../../kernel/Identifier.ts"
import * as InvalidInput from "../../kernel/InvalidInput.ts"
import type { GonePosition, RestoredLog } from "../../kernel/refusals.ts"
import type { StoreError } from "../../kernel/StoreError.ts"

/** The rows of a table of questions. */
type Rows = { readonly [name: string]: { readonly input: Schema.Top } }

/** How questions that were validated are answered. */
type Answers = {
  readonly [name: string]: (query: never) => Effect.Effect<unknown, unknown>
}

/** One method a question: it validates its input first. */
export const questionMethods = (
  rows: Rows,
  answers: Answers
): { readonly [name: string]: (input: unknown) => Effect.Effect<unknown, unknown> } =>
  Object.fromEntries(
    Object.entries(rows).map(([name, row]) => {
      const read = InvalidInput.reader(row.input as unknown as Schema.Codec<never, unknown>)
      const answer = answers[name] as (query: never) => Effect.Effect<unknown, unknown>
      return [
        name,
        (input: unknown) =>
          Effect.suspend(() => Effect.flatMap(Effect.fromResult(read(input)), answer))
      ]
    })
  )

/** An event with its place, as a question about a log is answered. */
interface Logged {
  readonly position: number
  readonly event: { readonly eventId: EventId }
}

/** Which page of a log is asked for: what comes after the last event that the reader has. */
interface AskedPage<Filter> {
  readonly after: number | undefined
  /** The event that the reader has at `after`. */
  readonly afterEventId: EventId | undefined
  readonly size: number
  readonly filter: Filter
}

const witnessOf = ({ event: { eventId }, position }: Logged): Witness => ({ position, eventId })

/**
 * The events after a position, and where to go on. Who names no position begins with the first event
 * that is kept. Who names the event at the position, too, gets nothing of a log that does not have it
 * there: it was restored to an earlier state.
 */
export const eventsAfter = <Item extends Logged, Filter extends object>(
  read: (
    after: number,
    limit: number,
    filter?: Filter
  ) => Effect.Effect<ReadonlyArray<Item>, StoreError | PositionGone>,
  { after: position, afterEventId, filter, size }: AskedPage<Filter>
): Effect.Effect<
  { readonly items: ReadonlyArray<Item>; readonly next: number },
  StoreError | typeof GonePosition.Type | typeof RestoredLog.Type
> => {
  type Page = ReadonlyArray<Item>
  const isWhole = Object.values(filter).every((part) => part === undefined)
  const page = (start: number): Effect.Effect<Page | undefined, StoreError | PositionGone> => {
    if (afterEventId === undefined) return read(start, size, filter)
    // Before the first event there is none.
    if (position === undefined || position === 0) return Effect.succeed(undefined)
    const witness = { position, eventId: afterEventId }
    if (isWhole) return readAfter(read, witness, size, witnessOf)
    // Looked for after the page was read: a page of another history is never taken for this one's.
    return Effect.flatMap(read(start, size, filter), (found) =>
      Effect.map(readAfter(read, witness, 0, witnessOf), (rest) =>
        rest === undefined ? undefined : found
      )
    )
  }
  const pageAfter = (start: number): ReturnType<typeof eventsAfter<Item, Filter>> =>
    page(start).pipe(
      Effect.flatMap((items) =>
        items === undefined
          ? Effect.fail({
              _tag: "LogRestored" as const,
              after: start,
              afterEventId: afterEventId ?? ""
            })
          : Effect.succeed({ items, next: items.at(-1)?.position ?? start })
      ),
      Effect.catchTag("PositionGone", ({ horizon }) =>
        position === undefined
          ? pageAfter(horizon)
          : Effect.fail({ _tag: "PositionGone" as const, after: position, horizon })
      )
    )
  return pageAfter(position ?? 0)
}

/** What was found, or else the refusal. */
export const orElse = <A, E>(
  found: A | undefined,
  refused: Effect.Effect<never, E>
): Effect.Effect<A, E> => (found === undefined ? refused : Effect.succeed(found))

/** The answer from a position on, unless the cursor was forged. */
export const after = <Position, A, E>(
  position: Result.Result<Position | null, InvalidInput.InvalidInput>,
  answer: (position: Position | null) => Effect.Effect<A, E>
) => Effect.flatMap(Effect.fromResult(position), answer)
