/** The topics that a publisher writes to: looked up once, and made when that was asked for. */
import * as Effect from "effect/Effect"
import type { KafkaClient, TopicShape } from "../clients/KafkaClient.ts"
import { SendFailure } from "./Lanes.ts"

/** Knows how many partitions a topic has. */
export interface Topics {
  readonly partitionsOf: (topic: string) => Effect.Effect<number, SendFailure>
  /** Looks the topic up again before its next event. */
  readonly forget: (topic: string) => void
}

/** Answers within this time, or counts as away. */
const lookUpMillisMax = 10_000
const newTopicPollMillis = 50

/** Makes it over a client; without a `shape`, a missing topic is an error. */
export const makeTopics = (client: KafkaClient, shape: TopicShape | undefined): Topics => {
  const known = new Map<string, number>()

  const attempt = <A>(use: () => Promise<A>) =>
    Effect.tryPromise({
      try: use,
      catch: (cause) => new SendFailure({ code: client.codeOf(cause), cause })
    })

  const look = Effect.fnUntraced(function* (topic: string) {
    let found = yield* attempt(() => client.describeTopic(topic))
    if (found !== undefined || shape === undefined) return found
    yield* attempt(() => client.createTopic(topic, shape))
    // The brokers learn of a new topic one after another.
    while (found === undefined) {
      found = yield* attempt(() => client.describeTopic(topic))
      if (found === undefined) yield* Effect.sleep(newTopicPollMillis)
    }
    return found
  })

  const partitionsOf: Topics["partitionsOf"] = (topic) =>
    Effect.suspend(() => {
      const partitions = known.get(topic)
      if (partitions !== undefined) return Effect.succeed(partitions)
      return look(topic).pipe(
        Effect.timeoutOrElse({
          duration: lookUpMillisMax,
          orElse: () => Effect.fail(new SendFailure({ code: "TIMED_OUT" }))
        }),
        Effect.flatMap((found) => {
          if (found === undefined) {
            return Effect.fail(new SendFailure({ code: "UNKNOWN_TOPIC_OR_PARTITION" }))
          }
          known.set(topic, found.partitions)
          return Effect.succeed(found.partitions)
        })
      )
    })

  return { partitionsOf, forget: (topic) => void known.delete(topic) }
}
