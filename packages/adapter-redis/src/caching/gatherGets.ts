/**
 * Gathers what readers ask for in one turn of the event loop into one request, each key once. A server that
 * answers many requests at a time asks for the word of a generation again and again, and a script costs
 * Redis and the process more than a key does.
 */
import type { CachedCopy, CacheUnavailable, ReadCacheService } from "@holdfast/core/caching"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/** Keys that are gathered into one request; more begin another one. */
const keysMax = 500

type Get = ReadCacheService["get"]

type Copies = ReadonlyArray<CachedCopy | undefined>

type Answer = Exit.Exit<Copies, CacheUnavailable>

/** The readers of one request, and the place of each key in it. */
interface Gathered {
  readonly places: Map<string, number>
  readonly answers: Array<(answer: Answer) => void>
}

/** Makes two ways to get of one, with a fiber and without: the gets of a turn are one. */
export const gatherGets = (
  get: Get
): { readonly get: Get; readonly look: NonNullable<ReadCacheService["look"]> } => {
  let open: Gathered | undefined

  const send = ({ answers, places }: Gathered) => {
    // However it ends, also by a bug of ours: a reader that hears of no end waits without one.
    Effect.runFork(
      Effect.map(Effect.exit(get([...places.keys()])), (answer) => {
        for (const take of answers) take(answer)
      })
    )
  }

  const begin = (): Gathered => {
    const gathered: Gathered = { places: new Map(), answers: [] }
    // After the sockets that can be read by now: their requests come along.
    setImmediate(() => {
      if (open === gathered) open = undefined
      send(gathered)
    })
    return gathered
  }

  const gather = (keys: ReadonlyArray<string>, take: (answer: Answer) => void) => {
    if (open !== undefined && open.places.size + keys.length > keysMax) open = undefined
    open ??= begin()
    const { answers, places } = open
    for (const key of keys) if (!places.has(key)) places.set(key, places.size)
    answers.push(take)
    return places
  }

  const found = (
    keys: ReadonlyArray<string>,
    places: ReadonlyMap<string, number>,
    copies: Copies
  ): Copies => keys.map((key) => copies[places.get(key) ?? -1])

  return {
    get: (keys) =>
      Effect.callback<Copies, CacheUnavailable>((resume) => {
        const places = gather(keys, (answer) =>
          resume(Exit.map(answer, (copies) => found(keys, places, copies)))
        )
      }),
    look: (keys, done) => {
      const places = gather(keys, (answer) =>
        done(Exit.isSuccess(answer) ? found(keys, places, answer.value) : undefined)
      )
    }
  }
}
