/**
 * Reads by key that go to a store together. What is asked for in one tick, by whatever fields and
 * under whatever aliases, is one read of all the keys, each once.
 */
import { MayLag } from "@holdfast/core/engine"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Request from "effect/Request"
import * as RequestResolver from "effect/RequestResolver"

/** What may be old is read by itself: nothing that is decided by is read with it. */
const byAge = <A extends Request.Any>(
  resolver: RequestResolver.RequestResolver<A>
): RequestResolver.RequestResolver<A> =>
  RequestResolver.grouped(resolver, ({ context }) => Context.get(context, MayLag))

class Wanted<A, E> extends Request.Class<{ readonly key: string }, A | undefined, E> {}

/** Reads one key together with the others of its tick; undefined for what was not found. */
export type Batched<A, E> = (key: string) => Effect.Effect<A | undefined, E>

/** Gathers keys for a read that answers many of them at once. */
export const batched = <A, E>(
  read: (keys: ReadonlyArray<string>) => Effect.Effect<ReadonlyMap<string, A>, E>
): Batched<A, E> => {
  const resolver = RequestResolver.make<Wanted<A, E>>((entries) =>
    Effect.matchCauseEffect(read([...new Set(entries.map(({ request }) => request.key))]), {
      onFailure: (cause) =>
        Effect.forEach(entries, (entry) => Request.failCause(entry, cause), { discard: true }),
      onSuccess: (found) =>
        Effect.forEach(entries, (entry) => Request.succeed(entry, found.get(entry.request.key)), {
          discard: true
        })
    })
  ).pipe(byAge)
  return (key) => Effect.request(new Wanted<A, E>({ key }), resolver)
}

class AskedFor<Q, A, E> extends Request.Class<{ readonly query: Q }, A, E> {}

/** Asks one question together with the others of its tick. */
export type Gathering<Q, A, E> = (query: Q) => Effect.Effect<A, E>

/** Gathers questions for a read that answers many of them, each with one answer, in their order. */
export const gathering = <Q, A, E>(
  read: (queries: ReadonlyArray<Q>) => Effect.Effect<ReadonlyArray<A>, E>
): Gathering<Q, A, E> => {
  const resolver = RequestResolver.make<AskedFor<Q, A, E>>((entries) =>
    Effect.matchCauseEffect(read(entries.map(({ request }) => request.query)), {
      onFailure: (cause) =>
        Effect.forEach(entries, (entry) => Request.failCause(entry, cause), { discard: true }),
      onSuccess: (answers) =>
        Effect.forEach(entries, (entry, index) => Request.succeed(entry, answers[index] as A), {
          discard: true
        })
    })
  ).pipe(byAge)
  return (query) => Effect.request(new AskedFor<Q, A, E>({ query }), resolver)
}

/** Things by their ids. */
export const byId = <A extends { readonly id: string }>(
  things: ReadonlyArray<A>
): ReadonlyMap<string, A> => new Map(things.map((thing) => [thing.id, thing]))
