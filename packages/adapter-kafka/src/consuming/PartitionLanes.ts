/**
 * The partitions of one member, each a lane: its messages are handled one after another, and a lane
 * that waits holds up no other. When the group is about to change, what is in hand is
 * finished or given back: a message is marked as handled, or its handling has been interrupted.
 */
import type { ConsumedPartition } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type {
  Committed,
  FetchedBatch,
  FetchedMessage,
  Place,
  Standing
} from "../clients/KafkaConsumerClient.ts"
import { type Handling, type HandlingNotes, handleMessage } from "./handling.ts"

interface Lane extends Place {
  /** Where the next batch may begin at the latest; undefined when that is the brokers' to say. */
  next: number | undefined
  /** All before it was handled; undefined before the first. */
  handled: number | undefined
  /** What the group had committed when the partition came. */
  committed: number | undefined
  /** The offset that the next message of the partition will get, as far as is known. */
  end: number | undefined
  held: number
  problem: string | undefined
  isWaiting: boolean
  /** How many messages were handled since it last waited for a commit. */
  ahead: number
  work: Fiber.Fiber<void> | undefined
}

/** What lanes are made with. */
export interface LanesOptions {
  readonly handling: Handling
  readonly mark: (handled: Committed) => void
  /** Commits what is marked; ends when the brokers have it. */
  readonly settle: Effect.Effect<void>
  /** How long a handler may go on when the group is about to change. */
  readonly graceMillis: number
  readonly deadLettered: Effect.Effect<void>
  /** A partition went on elsewhere than where it stood. */
  readonly onJump: (place: Place, from: number, to: number) => void
  readonly fork: (effect: Effect.Effect<void>) => Fiber.Fiber<void>
}

/** Where a partition begins for the group, and where it ends. */
export interface Beginning extends Standing {
  /** Where the group began, or begins, when it has committed nothing. */
  readonly start: number
}

/** The lanes of one member. */
export interface PartitionLanes {
  readonly received: (batch: FetchedBatch) => Promise<void> | false
  /** There was nothing to handle between two offsets. */
  readonly passed: (place: Place, from: number, next: number) => void
  readonly giveBack: Effect.Effect<void>
  readonly assigned: (places: ReadonlyArray<Place>) => void
  /** Takes in what the brokers say about partitions. */
  readonly learn: (standings: ReadonlyArray<Beginning>) => void
  readonly partitions: () => ReadonlyArray<ConsumedPartition>
}

const nameOf = ({ partition, topic }: Place) => `${topic}/${partition}`

const newLane = ({ partition, topic }: Place): Lane => ({
  topic,
  partition,
  next: undefined,
  handled: undefined,
  committed: undefined,
  end: undefined,
  held: 0,
  problem: undefined,
  isWaiting: false,
  ahead: 0,
  work: undefined
})

const lagOf = ({ committed, end, handled = committed }: Lane): number | null =>
  end === undefined || handled === undefined ? null : Math.max(0, end - handled)

const moveTo = (mark: LanesOptions["mark"], lane: Lane, offset: number): void => {
  lane.handled = offset
  lane.problem = undefined
  mark({ topic: lane.topic, partition: lane.partition, offset })
}

/**
 * How many messages of a partition are handled at most before they are committed: what another
 * member handles again when this one dies.
 */
const aheadMax = 100

/** How a lane handles a batch: message by message, for as long as the lanes are open. */
const laneWork = (options: LanesOptions, isOpen: () => boolean) => {
  const { deadLettered, handling, mark, settle } = options
  const notesOf = (lane: Lane): HandlingNotes => ({
    tries: () => {
      lane.isWaiting = false
    },
    waits: (problem) =>
      Effect.suspend(() => {
        lane.problem = problem
        lane.isWaiting = true
        return isOpen() ? Effect.void : Effect.interrupt
      }),
    deadLettered
  })

  /** One message; that it was handled is marked in the same step. */
  const handleOne = (lane: Lane, message: FetchedMessage): Effect.Effect<void> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.map(restore(handleMessage(handling, lane, message, notesOf(lane))), () => {
        lane.held--
        moveTo(mark, lane, message.offset + 1)
      })
    )

  return Effect.fnUntraced(function* (lane: Lane, batch: FetchedBatch) {
    for (const message of batch.messages) {
      if (!isOpen()) return
      yield* handleOne(lane, message)
      if (++lane.ahead < aheadMax) continue
      lane.isWaiting = true
      yield* settle
      lane.isWaiting = false
      lane.ahead = 0
    }
    // Behind the last message there may be marks of transactions, which nobody handles.
    moveTo(mark, lane, batch.next)
  })
}

/** Makes the lanes. They take nothing before partitions are assigned. */
export const makePartitionLanes = (options: LanesOptions): PartitionLanes => {
  const { fork, graceMillis, mark, onJump } = options
  let lanes = new Map<string, Lane>()
  let isOpen = false

  const work = laneWork(options, () => isOpen)

  const received: PartitionLanes["received"] = (batch) => {
    const lane = lanes.get(nameOf(batch))
    if (!isOpen || lane === undefined || lane.work !== undefined) return false
    lane.end = batch.end
    if (lane.next !== undefined && batch.from > lane.next) {
      isOpen = false
      onJump(lane, lane.next, batch.from)
      return false
    }
    lane.next = batch.next
    lane.committed ??= batch.from
    lane.held = batch.messages.length
    const fiber = fork(work(lane, batch))
    lane.work = fiber
    return new Promise((resolve) => {
      fiber.addObserver(() => {
        lane.work = undefined
        lane.held = 0
        resolve()
      })
    })
  }

  const passed: PartitionLanes["passed"] = (place, from, next) => {
    const lane = lanes.get(nameOf(place))
    if (!isOpen || lane === undefined || lane.work !== undefined || lane.next !== from) return
    lane.next = next
    moveTo(mark, lane, next)
  }

  /** A lane ends after the message in hand; one that waits ends at once. */
  const end = (lane: Lane): Effect.Effect<void> => {
    const { isWaiting, work } = lane
    if (work === undefined) return Effect.void
    const finish = isWaiting ? Effect.void : Effect.timeoutOption(Fiber.await(work), graceMillis)
    return Effect.andThen(finish, Fiber.interrupt(work))
  }

  const giveBack = Effect.suspend(() => {
    isOpen = false
    return Effect.forEach([...lanes.values()], end, { concurrency: "unbounded", discard: true })
  })

  const assigned: PartitionLanes["assigned"] = (places) => {
    const before = lanes
    lanes = new Map(
      places.map((place) => {
        const name = nameOf(place)
        const lane = newLane(place)
        const old = before.get(name)
        // What was in hand and is not handled comes again.
        return [
          name,
          old === undefined
            ? lane
            : { ...lane, next: old.handled, handled: old.handled, end: old.end }
        ]
      })
    )
    isOpen = true
  }

  const learn: PartitionLanes["learn"] = (beginnings) => {
    for (const { committed, end, start, ...place } of beginnings) {
      const lane = lanes.get(nameOf(place))
      if (lane === undefined) continue
      lane.end = Math.max(lane.end ?? 0, end)
      lane.committed ??= committed ?? start
      // Else the group would begin at another end when it changes before the first message.
      if (committed === null && lane.handled === undefined) {
        mark({ topic: lane.topic, partition: lane.partition, offset: lane.committed })
      }
    }
  }

  return {
    received,
    passed,
    giveBack,
    assigned,
    learn,
    partitions: () =>
      [...lanes.values()].map((lane) => ({
        topic: lane.topic,
        partition: lane.partition,
        lag: lagOf(lane),
        held: lane.held,
        problem: lane.problem ?? null
      }))
  }
}
