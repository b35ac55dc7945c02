/** Pages over the wire: where a page starts, and where the next one does. */
import type { Cursor, InvalidInput, Page } from "@holdfast/core/effect"
import * as Effect from "effect/Effect"

/** The position that a cursor stands for, null at the start of a list; a forged one is refused. */
export const afterCursor = <Position>(
  cursor: Cursor<Position>,
  token: string | undefined
): Effect.Effect<Position | null, InvalidInput.InvalidInput> =>
  token === undefined ? Effect.succeed(null) : Effect.fromResult(cursor.decode(token))

/** A page of `size` items out of up to `size + 1` that were read: the one more tells of a next page. */
export const pageFrom = <A>(
  read: ReadonlyArray<A>,
  size: number,
  cursorAfter: (item: A) => string
): Page<A> => {
  const items = read.length > size ? read.slice(0, size) : read
  const last = items.at(-1)
  return { items, next: read.length > size && last !== undefined ? cursorAfter(last) : null }
}
