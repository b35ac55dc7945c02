/**
 * Sends batches so that no client can lose what it acknowledged. KafkaJS 2.2.4 was seen to do so in
 * two ways: a send over several partitions while a leader moves, and a send after a rejected one.
 * Five rules prevent both, for every client:
 * 1. one partition a send;
 * 2. in a partition, one send at a time;
 * 3. the answer must name that partition, and nothing else;
 * 4. it must place the batch after the batches before it, else the broker took it for an older one;
 * 5. a producer that failed once is thrown away, and one that may still be sending is cut off.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Semaphore from "effect/Semaphore"
import type {
  Acknowledged,
  KafkaClient,
  KafkaMessage,
  KafkaProducer
} from "../clients/KafkaClient.ts"

/** A batch that may or may not have been kept; `code` is as `KafkaClient.codeOf` gives it. */
export class SendFailure extends Data.TaggedError("SendFailure")<{
  readonly code: string | undefined
  readonly cause?: unknown
}> {}

/** Sends batches to partitions. */
export interface Lanes {
  /** Answers when the broker has kept the batch; waits for the batch before it. */
  readonly send: (
    topic: string,
    partition: number,
    messages: ReadonlyArray<KafkaMessage>
  ) => Effect.Effect<void, SendFailure>
  readonly close: Effect.Effect<void>
}

interface Lane {
  readonly turn: Semaphore.Semaphore
  /** Where the next batch may begin at the earliest. */
  next: bigint
}

/** A producer, from its first send to its first failure. */
interface Generation {
  readonly place: number
  readonly producer: KafkaProducer
  readonly connected: Promise<void>
  isConnected: boolean
  underWay: number
  isRetired: boolean
}

const closeMillisMax = 2_000

/**
 * Producers side by side. One that is idempotent answers for one send after another, so the partitions
 * are shared out: each has its own producer, always the same.
 */
const producersMax = 4

/** A producer that does not leave in good order is cut off. */
const leave = (producer: KafkaProducer): Effect.Effect<void> =>
  Effect.ensuring(
    Effect.ignore(
      Effect.timeoutOption(
        Effect.tryPromise(() => producer.close()),
        closeMillisMax
      )
    ),
    Effect.sync(() => producer.destroy())
  )

/** Makes the lanes over a client; `sendTimeoutMillis` bounds one batch, connecting included. */
export const makeLanes = (client: KafkaClient, sendTimeoutMillis: number): Lanes => {
  const lanes = new Map<string, Lane>()
  const current: Array<Generation | undefined> = []

  const laneOf = (topic: string, partition: number): Lane => {
    const name = `${topic}/${partition}`
    const lane = lanes.get(name) ?? { turn: Semaphore.makeUnsafe(1), next: 0n }
    lanes.set(name, lane)
    return lane
  }

  const generation = (place: number): Generation => {
    const running = current[place]
    if (running !== undefined) return running
    const producer = client.newProducer()
    const connected = producer.connect()
    const one = { place, producer, connected, isConnected: false, underWay: 0, isRetired: false }
    connected.then(
      () => {
        one.isConnected = true
      },
      // Those who send wait for it, and learn of its failure; nobody may be waiting any more.
      () => undefined
    )
    current[place] = one
    return one
  }

  const retire = (one: Generation): void => {
    one.isRetired = true
    if (current[one.place] === one) current[one.place] = undefined
  }

  /** After a send: nothing, or the end of its producer. */
  const settle = (one: Generation, isDoubtful: boolean, hasFailed: boolean): Effect.Effect<void> =>
    Effect.suspend(() => {
      one.underWay--
      if (hasFailed) retire(one)
      if (isDoubtful) one.producer.destroy()
      const isOver = one.isRetired && one.underWay === 0
      return isOver ? Effect.asVoid(Effect.forkDetach(leave(one.producer))) : Effect.void
    })

  const confirm = (
    lane: Lane,
    topic: string,
    partition: number,
    count: number,
    answer: ReadonlyArray<Acknowledged>
  ): Effect.Effect<void, SendFailure> =>
    Effect.suspend(() => {
      const [first, ...others] = answer
      const isNamed = first?.topic === topic && first.partition === partition
      if (first !== undefined && isNamed && others.length === 0 && first.offset >= lane.next) {
        lane.next = first.offset + BigInt(count)
        return Effect.void
      }
      // A topic that was made again begins at 0, so the next answer is taken as it is.
      lane.next = 0n
      return Effect.fail(new SendFailure({ code: "UNCONFIRMED" }))
    })

  const send: Lanes["send"] = (topic, partition, messages) =>
    Effect.suspend(() => {
      const lane = laneOf(topic, partition)
      const sending = Effect.suspend(() => {
        const one = generation(partition % producersMax)
        one.underWay++
        let isAnswered = false
        const answer = async () => {
          try {
            if (!one.isConnected) await one.connected
            return await one.producer.sendToPartition(topic, partition, messages)
          } finally {
            isAnswered = true
          }
        }
        return Effect.tryPromise({
          try: answer,
          catch: (cause) => new SendFailure({ code: client.codeOf(cause), cause })
        }).pipe(
          Effect.timeoutOrElse({
            duration: sendTimeoutMillis,
            orElse: () => Effect.fail(new SendFailure({ code: "TIMED_OUT" }))
          }),
          Effect.flatMap((acknowledged) =>
            confirm(lane, topic, partition, messages.length, acknowledged)
          ),
          Effect.onExit((exit) => settle(one, !isAnswered, Exit.isFailure(exit)))
        )
      })
      return lane.turn.withPermit(sending)
    })

  const close = Effect.suspend(() => {
    const last = current.splice(0).filter((one) => one !== undefined)
    return Effect.forEach(last, ({ producer }) => leave(producer), {
      concurrency: "unbounded",
      discard: true
    })
  })

  return { send, close }
}
