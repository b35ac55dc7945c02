/** A consumer's process that is killed: another takes over, and loses nothing. */
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { expect, it } from "@effect/vitest"
import { keepOnLeash } from "@holdfast/test-servers"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import * as Effect from "effect/Effect"
import { clients } from "../clients.ts"
import {
  freshGroup,
  lagOf,
  numbered,
  produce,
  Seen,
  startConsumer,
  statusWhen
} from "./consuming.ts"

const script = fileURLToPath(new URL("consumerProcess.ts", import.meta.url))
const partitions = 4
const total = 4_000

const begin = (words: ReadonlyArray<string>) =>
  keepOnLeash(fork(script, words, { execArgv: ["--conditions=@holdfast/source"] }))

/** Starts the process and kills it when it has handled so much; what it has handled by then. */
const handledUntilKilled = (words: ReadonlyArray<string>, count: number) =>
  new Promise<Set<string>>((resolve, reject) => {
    const child = begin(words)
    const handled = new Set<string>()
    child.on("message", (value: string) => {
      handled.add(value)
      if (handled.size === count) child.kill("SIGKILL")
    })
    child.once("exit", (_, signal) =>
      signal === "SIGKILL" ? resolve(handled) : reject(new Error("the consumer ended by itself"))
    )
  })

for (const client of clients) {
  describeKafka(`a consumer that is killed, over ${client.name}`, () => {
    it.live(
      "leaves its partitions to another, which goes on after what was committed",
      () =>
        Effect.gen(function* () {
          const { brokers, groupId, options, topic } = yield* freshGroup(partitions)
          yield* Effect.promise(() => produce(brokers, topic, numbered(0, total, partitions)))
          const words = [client.entry, brokers.join(","), groupId, topic]
          const killed = yield* Effect.promise(() => handledUntilKilled(words, total / 4))
          expect(killed.size).toBeGreaterThanOrEqual(total / 4)
          const seen = new Seen()
          const consumer = yield* startConsumer(client, {
            ...options,
            handle: (message) => Effect.sync(() => seen.note(message))
          })
          const all = new Set(killed)
          yield* seen.until(() => {
            const last = seen.messages.at(-1)?.value
            if (last != null) all.add(last)
            return all.size === total
          })
          yield* consumer.stop
          expect(yield* Effect.promise(() => lagOf(brokers, groupId, topic))).toBe(0)
          // What is handled twice was handled by the one that was killed, and not committed yet.
          const own = seen.messages.map(({ value }) => String(value))
          expect(new Set(own).size).toBe(own.length)
          const twice = own.filter((value) => killed.has(value)).length
          console.log(`killed: ${killed.size} handled before, ${own.length} after, ${twice} twice`)
          // In each partition at most 100, and the one in hand.
          expect(twice).toBeLessThanOrEqual(partitions * 101)
        }),
      60_000
    )

    it.live(
      "that is paused, and wakes up, commits nothing over the one that took over",
      () =>
        Effect.gen(function* () {
          const { brokers, groupId, options, topic } = yield* freshGroup(partitions)
          yield* Effect.promise(() => produce(brokers, topic, numbered(0, total, partitions)))
          const words = [client.entry, brokers.join(","), groupId, topic]
          const child = begin(words)
          yield* Effect.addFinalizer(() => Effect.sync(() => child.kill("SIGKILL")))
          const all = new Set<string>()
          yield* Effect.promise(
            () =>
              new Promise<void>((done) =>
                child.on("message", (value: string) => {
                  all.add(value)
                  if (all.size === total / 4) done(void child.kill("SIGSTOP"))
                })
              )
          )
          const seen = new Seen()
          const consumer = yield* startConsumer(client, {
            ...options,
            handle: (message) => Effect.sync(() => seen.note(message))
          })
          const isAll = () => {
            const last = seen.messages.at(-1)?.value
            if (last != null) all.add(last)
            return all.size === total
          }
          yield* seen.until(isAll)
          yield* statusWhen(consumer, ({ lag }) => lag === 0)
          child.kill("SIGCONT")
          // It joins the group again: this consumer then has half of the partitions.
          yield* statusWhen(consumer, (it) => it.partitions.length === partitions / 2)
          child.kill("SIGTERM")
          yield* statusWhen(consumer, (it) => it.partitions.length === partitions)
          yield* consumer.stop
          expect(yield* Effect.promise(() => lagOf(brokers, groupId, topic))).toBe(0)
          const own = seen.messages.map(({ value }) => value)
          expect(new Set(own).size).toBe(own.length)
        }),
      60_000
    )
  })
}
