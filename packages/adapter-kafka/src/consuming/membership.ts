/** One membership of a group, from joining to its end. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type {
  GroupMember,
  KafkaConsumerClient,
  Place,
  Standing
} from "../clients/KafkaConsumerClient.ts"
import type { Topics } from "../publishing/Topics.ts"
import { makeCommits } from "./Commits.ts"
import type { Handling } from "./handling.ts"
import { makePartitionLanes, type PartitionLanes } from "./PartitionLanes.ts"
import type { ConsumerSettings } from "./readConsumerOptions.ts"

/** What a member is made of. */
export interface MemberParts {
  readonly client: KafkaConsumerClient
  readonly topics: Topics
  readonly handling: Handling
  readonly settings: MemberSettings
}

/** What a member needs to know of the settings. */
export type MemberSettings = Pick<
  ConsumerSettings,
  "groupId" | "topics" | "from" | "deadLetterTopics" | "newTopics" | "sessionTimeoutMillis"
>

/** What a member tells about itself. */
export interface MemberNotes {
  readonly lanes: (lanes: PartitionLanes | undefined) => void
  readonly assigned: () => void
  readonly deadLettered: Effect.Effect<void>
}

const leaveMillisMax = 5_000
const lookMillis = 10_000
const flushMillisMax = 5_000

const jumpWords = ({ partition, topic }: Place, at: number, to: number) =>
  `${topic}/${partition} stands at ${at}, and the brokers give ${to}: if they have deleted what ` +
  "lies between, it was never handled; raise the topic's retention"

/** A group that has handled something of a topic begins at the first message of new partitions. */
const beginningsOf = (
  { from, topics }: MemberSettings,
  known: ReadonlyArray<Standing>
): ReadonlyMap<string, "FIRST" | "LAST"> =>
  new Map(
    topics.map((topic) => {
      const isKnown = known.some((it) => it.topic === topic && it.committed !== null)
      return [topic, isKnown ? "FIRST" : from]
    })
  )

/** All topics are there, or are made when that was asked for. */
const lookUp = ({ settings, topics }: MemberParts) => {
  const { deadLetterTopics, newTopics, topics: consumed } = settings
  const letters = newTopics === undefined ? [] : deadLetterTopics.values()
  const look = (topic: string) => {
    topics.forget(topic)
    return topics.partitionsOf(topic)
  }
  return Effect.forEach([...consumed, ...letters], look, { discard: true })
}

const leave = (member: GroupMember): Effect.Effect<void> =>
  Effect.tryPromise(() => member.leave()).pipe(
    Effect.timeoutOption(leaveMillisMax),
    Effect.ignore,
    Effect.ensuring(Effect.sync(() => member.destroy()))
  )

/**
 * Is a member until that ends, and fails with the reason. Interrupted, it finishes or gives back what
 * is in hand, commits, and leaves.
 */
export const membership = Effect.fnUntraced(function* (parts: MemberParts, notes: MemberNotes) {
  const { client, handling, settings } = parts
  const { groupId, sessionTimeoutMillis } = settings
  yield* lookUp(parts)
  const standings = Effect.tryPromise({
    try: () => client.standings(groupId, settings.topics),
    catch: (cause) => cause
  })
  const beginnings = beginningsOf(settings, settings.from === "FIRST" ? [] : yield* standings)
  const run = Effect.runForkWith(yield* Effect.context<never>())
  const ended = Deferred.makeUnsafe<never, unknown>()
  const isDue = Latch.makeUnsafe(false)

  const commits = makeCommits((offsets) => member.commit(offsets))
  const lanes = makePartitionLanes({
    handling,
    mark: commits.mark,
    settle: commits.settle,
    graceMillis: Math.floor(sessionTimeoutMillis / 3),
    deadLettered: notes.deadLettered,
    onJump: (place, at, to) => {
      Deferred.doneUnsafe(ended, Effect.fail(new Error(jumpWords(place, at, to))))
    },
    fork: (effect) => run(effect)
  })
  notes.lanes(lanes)

  /** Commits what was handled, and forgets what the brokers do not take: it comes again. */
  const handBack = lanes.giveBack.pipe(
    Effect.andThen(Effect.ignore(Effect.timeoutOption(commits.flush, flushMillisMax))),
    Effect.andThen(Effect.sync(commits.forget))
  )

  const member = client.newMember(
    {
      groupId,
      sessionTimeoutMillis,
      topics: [...beginnings].map(([topic, from]) => ({ topic, from }))
    },
    {
      received: lanes.received,
      passed: lanes.passed,
      giveBack: () => new Promise((resolve) => run(handBack).addObserver(() => resolve())),
      assigned: (places) => {
        lanes.assigned(places)
        isDue.openUnsafe()
        notes.assigned()
      },
      ended: (error) => {
        Deferred.doneUnsafe(ended, Effect.fail(error))
      }
    }
  )
  yield* Effect.addFinalizer(() =>
    handBack.pipe(
      Effect.andThen(leave(member)),
      Effect.andThen(Effect.sync(() => notes.lanes(undefined)))
    )
  )

  /** Takes in where partitions stand: at once when some are new, and from time to time. */
  const look = Effect.gen(function* () {
    yield* isDue.await
    isDue.closeUnsafe()
    const known = yield* standings
    lanes.learn(
      known.map((it) => ({
        ...it,
        start: beginnings.get(it.topic) === "FIRST" ? it.first : it.end
      }))
    )
    yield* Effect.raceFirst(isDue.await, Effect.sleep(lookMillis))
    isDue.openUnsafe()
  })
  const later = Effect.andThen(Effect.sleep(lookMillis), isDue.open)
  yield* Effect.forkScoped(Effect.forever(Effect.catch(look, () => later)))
  yield* Effect.forkScoped(commits.run)
  const joining = Effect.tryPromise({ try: () => member.join(), catch: (cause) => cause })
  return yield* Effect.raceFirst(Effect.andThen(joining, Effect.never), Deferred.await(ended))
}, Effect.scoped)
