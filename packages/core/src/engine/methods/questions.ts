/** The questions of a context as methods that validate what they are asked, and their common parts. */
import * as Effect from "effect/Effect"
import type * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type { PositionGone } from "../../events/PositionGone.ts"
import * as InvalidInput from "../../kernel/InvalidInput.ts"
import type { GonePosition } from "../../kernel/refusals.ts"
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

/**
 * The events after a position, and where to go on. Who names no position begins with the first event
 * that is kept.
 */
export const eventsAfter = <Item extends { readonly position: number }>(
  read: (after: number) => Effect.Effect<ReadonlyArray<Item>, StoreError | PositionGone>,
  position: number | undefined
): Effect.Effect<
  { readonly items: ReadonlyArray<Item>; readonly next: number },
  StoreError | typeof GonePosition.Type
> => {
  const pageAfter = (start: number): ReturnType<typeof eventsAfter<Item>> =>
    read(start).pipe(
      Effect.map((items) => ({ items, next: items.at(-1)?.position ?? start })),
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
