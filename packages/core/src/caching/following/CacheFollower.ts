/**
 * SERVICE. Drops copies when events say that they are old. A cache in memory is followed by its own
 * process, from the end of the log on, and is asked only once that is known. Of a shared cache one process
 * moves a durable cursor, and another takes over.
 *
 * A cache that is away is tried again until it answers, and the place in the log does not move: nothing is
 * passed over. How old a copy may be is so the time that the follower is behind, and never more than
 * the life of the copy.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type {
  AnyEvent,
  EventLog,
  FollowedLog,
  KeptEvent,
  LoggedEvent
} from "../../events/EventLog.ts"
import type { RelayStatus } from "../../events/relay/EventRelay.ts"
import { followingAlong } from "../../events/relay/followingAlong.ts"
import { makeSubscription } from "../../events/relay/Subscription.ts"
import { makePace, skimming } from "../../events/relay/skimming.ts"
import { wordsOf } from "../../events/relay/Troubles.ts"
import { steadyMillisNow } from "../../metrics/steadyMillis.ts"
import type { CacheMeter } from "../CacheMeter.ts"
import type { CacheUnavailable, ReadCacheService } from "../ReadCache.ts"
import { beginGeneration, type GenerationName, generationKey } from "../reading/Generations.ts"
import { copyKey } from "../reading/KeptCopies.ts"
import { changesOf } from "./changesOf.ts"

/** What a follower follows, and what it keeps true. */
export interface CacheFollowerOptions {
  readonly cache: ReadCacheService
  readonly meter: CacheMeter
  readonly log: FollowedLog & Pick<EventLog, "database">
  /** Which tables the log is of. The keys of their copies begin with it, and with the database in a shared cache. */
  readonly tables: string
  /** The generations of these copies. */
  readonly generations: ReadonlyArray<GenerationName>
  /** The form of the texts of each kind. */
  readonly forms: Readonly<Record<"stock" | "product" | "category", number>>
  /** The name of the durable cursor of a shared cache: `cache`. */
  readonly cursor?: string | undefined
  /** Who follows, for people: a process and its host, say. */
  readonly owner?: string | undefined
}

/** How far a follower is. All times are in milliseconds. */
export interface CacheFollowerStatus {
  readonly context: string
  /** FOLLOWING; STANDING_BY while another process follows for a shared cache; or STOPPED. */
  readonly state: "STARTING" | "FOLLOWING" | "STANDING_BY" | "STOPPED"
  /** The position up to which copies were dropped; null before the first event. */
  readonly position: number | null
  /** Since when it is not known whether there is more: a copy is at most so old. Null elsewhere. */
  readonly behindMillis: number | null
  /** How old the oldest event of the last page was when its copies were dropped. */
  readonly lagMillis: number
  /** The most that this ever was. */
  readonly lagMillisMax: number
  /** Why it does not go on; null when it does. */
  readonly problem: string | null
}

/** Follows a log for a cache. */
export interface CacheFollower {
  readonly status: Effect.Effect<CacheFollowerStatus>
  /** The first words of the keys of the copies: of these tables of this database, once it follows. */
  readonly prefix: () => string
  /** Whether a change would be noticed from now on. */
  readonly isFollowed: () => boolean
  /**
   * Whether changes were noticed for as long as a read may be behind. Before that a read of a replica may
   * show what nobody here will ever hear that it is old.
   */
  readonly isSettled: Effect.Effect<boolean>
  /** Follows until it is interrupted. */
  readonly run: Effect.Effect<never>
}

/** Events that are looked at together. */
const pageMax = 1_000

/** A follower rests for a moment between pages, so that under load a page is of many events. */
const rests = { restFactor: 3, restMillisMax: 50 }

/**
 * How often a follower looks by itself, in milliseconds. A hint that the log has grown may come before what
 * was added can be read, and the next one a second later.
 */
const lookMillis = 100

const retryMillisMax = 1_000

/** For how long a follower has to follow until no read can show what was before, in milliseconds. */
const settlesMillis = 60_000

const unread = (kept: KeptEvent): LoggedEvent => {
  const { payloadJson: _, position, ...envelope } = kept
  return { position, event: { ...envelope, payload: undefined } }
}

/** What a follower knows of itself. */
class Progress {
  state: CacheFollowerStatus["state"] = "STARTING"

  /** Since when changes are noticed; undefined while they are not. */
  followedSince: number | undefined = undefined

  position: number | null = null

  caughtUpAt: number | null = null

  lagMillis = 0

  lagMillisMax = 0

  problem: string | null = null

  incarnation: number | undefined = undefined

  handling = 0

  /** Notes how it follows, at a moment of the steady clock. */
  become(state: CacheFollowerStatus["state"], now: number): void {
    this.state = state
    if (state === "STARTING") this.followedSince = undefined
    else this.followedSince ??= now
  }

  /** Notes that all up to a position is done, and how old the oldest event of the page was. */
  note(position: number, lagMillis: number): void {
    this.position = position
    this.lagMillis = Math.max(0, lagMillis)
    this.lagMillisMax = Math.max(this.lagMillisMax, this.lagMillis)
  }

  /** What it says at a moment of the steady clock. */
  statusAt(now: number, context: string): CacheFollowerStatus {
    const { caughtUpAt, lagMillis, lagMillisMax, position, problem, state } = this
    const behindMillis = caughtUpAt === null || state !== "FOLLOWING" ? null : now - caughtUpAt
    return { behindMillis, context, lagMillis, lagMillisMax, position, problem, state }
  }

  /**
   * Notes the reads of a log: one that gives nothing new, while no page is being handled, says that all
   * is done.
   */
  noticing<Log extends Pick<FollowedLog, "read" | "skim">>(log: Log): Log {
    const noticed = <E>(page: Effect.Effect<ReadonlyArray<KeptEvent>, E>) =>
      Effect.gen({ self: this }, function* () {
        const from = yield* steadyMillisNow
        const events = yield* page
        const last = events.at(-1)?.position ?? 0
        if (this.handling === 0 && last <= (this.position ?? 0)) this.caughtUpAt = from
        return events
      })
    const { read, skim } = log
    return {
      ...log,
      read: (after, limit) => noticed(read(after, limit)),
      ...(skim === undefined
        ? {}
        : { skim: (after: number, limit: number) => noticed(skim(after, limit)) })
    }
  }
}

const patiently = (
  meter: CacheMeter,
  progress: Progress,
  work: Effect.Effect<void, CacheUnavailable>
): Effect.Effect<void> =>
  Effect.gen(function* () {
    let pause = 50
    while (!(yield* Effect.isSuccess(meter.watched(work)))) {
      progress.problem = "the cache does not answer"
      yield* Effect.sleep(pause)
      pause = Math.min(pause * 2, retryMillisMax)
    }
    progress.problem = null
  })

/** Drops what pages of events touch, and notes how far that is done. */
const dropping = (options: CacheFollowerOptions, prefix: () => string, progress: Progress) => {
  const { cache, forms, generations, meter } = options
  const keyOf = (kind: "stock" | "product" | "category", id: string) =>
    copyKey(prefix(), { name: kind, form: forms[kind] }, id)
  const end = (name: GenerationName, position: number) =>
    beginGeneration(cache, generationKey(prefix(), name), position)
  const endAll = patiently(
    meter,
    progress,
    Effect.forEach(generations, (name) => end(name, 0), { discard: true })
  )
  const handled = (events: ReadonlyArray<KeptEvent>) =>
    Effect.gen(function* () {
      const [first] = events
      const last = events.at(-1)
      if (first === undefined || last === undefined) return
      const { ended, invalidations } = changesOf(events, keyOf)
      // Versions begin again in another incarnation, and say nothing about the copies of this one.
      const { incarnation } = progress
      if (incarnation !== undefined && incarnation !== last.incarnation) yield* endAll
      progress.incarnation = last.incarnation
      const drop = invalidations.length === 0 ? Effect.void : cache.invalidate(invalidations)
      const begin = Effect.forEach(ended, ([name, position]) => end(name, position), {
        discard: true
      })
      yield* patiently(meter, progress, Effect.andThen(begin, drop))
      const now = yield* DateTime.now
      progress.note(last.position, now.epochMilliseconds - first.timestamp.epochMilliseconds)
    })
  const handle = (events: ReadonlyArray<KeptEvent>) =>
    Effect.suspend(() => {
      progress.handling += 1
      return Effect.ensuring(
        handled(events),
        Effect.sync(() => {
          progress.handling -= 1
        })
      )
    })
  return { endAll, handle }
}

/**
 * The tables by their database, where others may share the cache: two shops in one Redis are nothing to each
 * other. It is asked for until it is known.
 */
const namedTables = (
  { cache, log, tables }: CacheFollowerOptions,
  progress: Progress
): Effect.Effect<string> =>
  cache.isShared
    ? Effect.map(log.database, (database) => `${tables}:${database}`).pipe(
        Effect.tapError(({ message }) =>
          Effect.sync(() => {
            progress.problem = message
          })
        ),
        Effect.retry(Schedule.spaced(retryMillisMax)),
        Effect.orDie
      )
    : Effect.succeed(tables)

/** Makes a follower; nothing is followed before it runs. */
export const makeCacheFollower = (options: CacheFollowerOptions): CacheFollower => {
  const { cache, log } = options
  const { cursor = "cache", owner = `cache:${crypto.randomUUID().slice(0, 8)}` } = options
  const progress = new Progress()
  let prefix = options.tables
  const { endAll, handle } = dropping(options, () => prefix, progress)
  const noticed = progress.noticing(log)
  const watching = {
    ...noticed,
    watch: Effect.map(noticed.watch, (appended) =>
      Effect.asVoid(Effect.timeoutOption(appended, lookMillis))
    )
  }
  const paced = skimming(watching, { pace: makePace(rests), size: pageMax })

  const began = Effect.gen(function* () {
    const now = yield* steadyMillisNow
    progress.become("FOLLOWING", now)
    progress.caughtUpAt = now
  })

  /** From the end of the log on; what was kept before it was lost from sight is of an older generation. */
  const along: Effect.Effect<never> = Effect.gen(function* () {
    while (true) {
      const ended = yield* Effect.exit(followingAlong(paced, handle, pageMax, began))
      progress.become("STARTING", yield* steadyMillisNow)
      progress.problem = ended._tag === "Failure" ? wordsOf(ended.cause) : null
      yield* Effect.logWarning(
        `copies of ${log.context} are dropped, since its log was lost from sight`
      )
      yield* endAll
      yield* Effect.sleep(retryMillisMax)
    }
  })

  const shared = makeSubscription<AnyEvent, never>(paced, unread, {
    ...{ name: cursor, owner, from: "LAST", batchMax: pageMax },
    handle: (events) =>
      handle(events.map(({ event, position }) => ({ ...event, position, payloadJson: "null" })))
  })

  const stateOf = ({ problem, state }: RelayStatus) => {
    if (state === "STOPPED") return "STOPPED" as const
    if (state === "STANDING_BY") return "STANDING_BY" as const
    return problem === null ? ("FOLLOWING" as const) : ("STARTING" as const)
  }

  /** Looks whether the cursor is there, and once it is, whether it has stopped. */
  const watched: Effect.Effect<never> = Effect.gen(function* () {
    let isThere = false
    while (true) {
      const before = progress.state
      if (!isThere) {
        const all = yield* Effect.orElseSucceed(log.cursors.list, () => [])
        isThere = all.some(({ name }) => name === cursor)
      }
      const status = yield* shared.status
      if (isThere) progress.become(stateOf(status), yield* steadyMillisNow)
      // A log that was restored has undone what copies say.
      if (progress.state === "STOPPED" && before !== "STOPPED") yield* endAll
      if (isThere) progress.problem = status.problem ?? progress.problem
      yield* Effect.sleep(isThere ? 1_000 : 50)
    }
  })

  const run = cache.isShared
    ? Effect.raceFirst(
        Effect.catch(shared.run, ({ message }) =>
          Effect.andThen(
            Effect.logError(`copies of ${log.context} are dropped by their age alone: ${message}`),
            Effect.never
          )
        ),
        watched
      )
    : along

  return {
    prefix: () => prefix,
    run: Effect.flatMap(namedTables(options, progress), (named) => {
      prefix = named
      progress.problem = null
      return run
    }),
    isFollowed: () => progress.state !== "STARTING",
    isSettled: Effect.map(
      steadyMillisNow,
      (now) => progress.followedSince !== undefined && now - progress.followedSince >= settlesMillis
    ),
    status: Effect.map(steadyMillisNow, (now) => progress.statusAt(now, log.context))
  }
}
