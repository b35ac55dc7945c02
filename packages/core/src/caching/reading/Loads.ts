/**
 * Loads of what the cache does not have: one for all readers of this process who want the same, and one
 * for all processes of a shared cache, of which the others wait a while.
 */
import type * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { StoreError } from "../../kernel/StoreError.ts"
import { steadyMillisNow } from "../../metrics/steadyMillis.ts"
import type { MinVersions } from "../MinVersions.ts"
import type { CacheFill } from "../ReadCache.ts"
import type { CachedReadsOver, Found, KeptCopies } from "./KeptCopies.ts"

/** How long one process has to load what others wait for, in milliseconds. */
const claimMillis = 2_000

/** How often those who wait look whether it is there, in milliseconds. */
const lookMillis = 20

/**
 * For how long a load is joined, in milliseconds. It may have read before a change that who comes later knows
 * of, and a store that is slow must not make what they get as old as it is slow.
 */
const joinMillisMax = 1_000

/** A load that is under way, and when it began, by the steady clock. */
interface Flight<A> {
  readonly landed: Deferred.Deferred<Found<A>, StoreError>
  readonly begunAt: number
}

type Settle<Id, A> = (id: Id, found: Found<A>) => Effect.Effect<void>

/** The loads of one kind that are under way. */
export class Loads<Id extends string, A> {
  private readonly copies: KeptCopies<Id, A>

  private readonly over: CachedReadsOver

  private readonly load: (ids: ReadonlyArray<Id>) => Effect.Effect<ReadonlyArray<A>, StoreError>

  private readonly flights = new Map<string, Flight<A>>()

  constructor(
    copies: KeptCopies<Id, A>,
    over: CachedReadsOver,
    load: (ids: ReadonlyArray<Id>) => Effect.Effect<ReadonlyArray<A>, StoreError>
  ) {
    this.copies = copies
    this.over = over
    this.load = load
  }

  /** Whether an id is being loaded for those who demand as much. */
  isLoading(id: Id, demanded: MinVersions): boolean {
    return this.flights.has(this.nameOf(id, demanded))
  }

  /**
   * What the store has of ids. Ids that others began to load lately are awaited; the rest is one read, which
   * goes on when this reader is gone. `word` is the generation as it was before, when it is known.
   */
  of(
    ids: ReadonlyArray<Id>,
    demanded: MinVersions,
    word: string | undefined
  ): Effect.Effect<ReadonlyArray<Found<A>>, StoreError> {
    return Effect.flatMap(steadyMillisNow, (begunAt) => {
      const awaited = new Map<Id, Flight<A>>()
      const begun: Array<Id> = []
      for (const id of ids) {
        const name = this.nameOf(id, demanded)
        const flight = this.flights.get(name)
        if (flight !== undefined && begunAt - flight.begunAt < joinMillisMax) {
          awaited.set(id, flight)
          continue
        }
        const own = { landed: Deferred.makeUnsafe<Found<A>, StoreError>(), begunAt }
        awaited.set(id, own)
        this.flights.set(name, own)
        begun.push(id)
      }
      this.over.meter.add(this.copies.kind.name, "joined", ids.length - begun.length)
      const all = Effect.forEach([...awaited.values()], ({ landed }) => Deferred.await(landed))
      if (begun.length === 0) return all
      return Effect.andThen(this.begin(begun, demanded, word, awaited), all)
    })
  }

  private begin(
    ids: ReadonlyArray<Id>,
    demanded: MinVersions,
    word: string | undefined,
    awaited: ReadonlyMap<Id, Flight<A>>
  ) {
    /** Ends a load. Who comes from now on begins another one. */
    const end = (id: Id, how: (flight: Flight<A>) => Effect.Effect<unknown>) =>
      Effect.suspend(() => {
        const flight = awaited.get(id)
        const name = this.nameOf(id, demanded)
        if (flight === undefined) return Effect.void
        // A later one may have taken its place.
        if (this.flights.get(name) === flight) this.flights.delete(name)
        return Effect.asVoid(how(flight))
      })
    const settle: Settle<Id, A> = (id, found) =>
      end(id, ({ landed }) => Deferred.succeed(landed, found))
    const fail = (cause: Cause.Cause<StoreError>) =>
      Effect.forEach(ids, (id) => end(id, ({ landed }) => Deferred.failCause(landed, cause)), {
        discard: true
      })
    const isDemanded = ids.some((id) => this.copies.kind.demandedOf(id, demanded) !== "")
    return this.fly(ids, isDemanded, word, settle).pipe(
      Effect.onExit((exit) => (Exit.isFailure(exit) ? fail(exit.cause) : Effect.void)),
      Effect.ignore,
      Effect.forkIn(this.over.scope)
    )
  }

  /** Loads those of the ids that no other process loads, and waits for the others. */
  private fly(
    ids: ReadonlyArray<Id>,
    isDemanded: boolean,
    word: string | undefined,
    settle: Settle<Id, A>
  ): Effect.Effect<void, StoreError> {
    const { cache, meter } = this.over
    if (!cache.isShared || isDemanded || meter.isAway) return this.loadAndKeep(ids, word, settle)
    return Effect.flatMap(this.copies.claim(ids, claimMillis), (claimed) => {
      const own = new Set(claimed)
      const others = ids.filter((id) => !own.has(id))
      const loaded = this.loadAndKeep(claimed, word, settle)
      if (others.length === 0) return loaded
      meter.add(this.copies.kind.name, "joined", others.length)
      const rest = Effect.flatMap(this.awaitOthers(others, settle), (late) =>
        this.loadAndKeep(late, undefined, settle)
      )
      return Effect.asVoid(Effect.all([loaded, rest], { concurrency: 2 }))
    })
  }

  /** Waits for what other processes load; gives the ids that did not come in time. */
  private awaitOthers(ids: ReadonlyArray<Id>, settle: Settle<Id, A>) {
    const { copies, over } = this
    const { staleMillis, waitMillis } = over.settings
    return Effect.gen(function* () {
      let rest = ids
      const until = (yield* steadyMillisNow) + waitMillis
      while (rest.length > 0) {
        const { found } = yield* copies.get(rest)
        const late: Array<Id> = []
        for (const id of rest) {
          const copy = found.get(id)
          const isThere = copy !== undefined && (copy.leftMillis > 0 || staleMillis > 0)
          if (isThere) yield* settle(id, copy)
          else late.push(id)
        }
        rest = late
        if (over.meter.isAway || (yield* steadyMillisNow) >= until) break
        if (rest.length > 0) yield* Effect.sleep(lookMillis)
      }
      return rest
    })
  }

  /** Reads the store, keeps what was read, then gives it to those who wait: who comes later finds it. */
  private loadAndKeep(
    ids: ReadonlyArray<Id>,
    known: string | undefined,
    settle: Settle<Id, A>
  ): Effect.Effect<void, StoreError> {
    if (ids.length === 0) return Effect.void
    const { copies, load } = this
    const { meter, seats } = this.over
    return Effect.gen(function* () {
      // The generation is that of before the read: what changes meanwhile begins another one.
      const word = known ?? (meter.isAway ? undefined : yield* copies.word)
      const from = yield* steadyMillisNow
      const values = yield* meter.isAway ? seats.withPermits(1)(load(ids)) : load(ids)
      const took = (yield* steadyMillisNow) - from
      meter.add(copies.kind.name, "misses", ids.length)
      const byId = new Map(values.map((value) => [copies.kind.idOf(value), value]))
      const fills = new Map<Id, CacheFill>()
      for (const id of ids) {
        const fill = copies.fillOf(id, byId.get(id), word ?? "", took)
        if (fill !== undefined) fills.set(id, fill)
      }
      if (word !== undefined) yield* copies.put([...fills.values()])
      for (const id of ids) {
        const fill = fills.get(id)
        const text = word === undefined ? undefined : fill?.value
        const leftMillis = fill?.livesMillis ?? 0
        yield* settle(id, { value: byId.get(id), text, isHit: false, ageMillis: 0, leftMillis })
      }
    })
  }

  private nameOf(id: Id, demanded: MinVersions): string {
    return `${this.copies.kind.demandedOf(id, demanded)} ${id}`
  }
}
