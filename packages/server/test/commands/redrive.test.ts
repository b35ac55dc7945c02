/** Dead letters of consumers on a real Kafka, sent back by the command line. */
import { kafkaConsumer } from "@holdfast/adapter-kafka"
import { HandleError } from "@holdfast/core/events"
import { sharedKafka } from "@holdfast/test-servers"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import * as Effect from "effect/Effect"
import { describe, expect, it, vi } from "vitest"
import { eventually } from "../eventually.ts"
import { holdfast } from "../ServerProcess.ts"
import { createTopicOf, followTopic, writeTo } from "../serving/topics.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const bytesMax = 1_000_000

let topics = 0

/** A topic, and that of its dead letters. */
const freshTopic = async () => {
  const { brokers } = await sharedKafka()
  const topic = `redriven-${process.pid}-${++topics}`
  const letters = `${topic}.dlq`
  for (const name of [topic, letters]) await createTopicOf(brokers, name, bytesMax)
  const redrive = async (...words: ReadonlyArray<string>) => {
    const kafka = ["--kafka", brokers.join(",")]
    const ended = await holdfast(["events", "redrive", ...words, ...kafka])
    return { ...ended, value: ended.stdout.startsWith("{") ? JSON.parse(ended.stdout) : undefined }
  }
  return { brokers, topic, letters, redrive }
}

/** Lets a consumer refuse all messages of a topic, until so many are dead letters. */
const buryAll = (brokers: ReadonlyArray<string>, topic: string, count: number) =>
  Effect.gen(function* () {
    const consumer = yield* kafkaConsumer({
      brokers,
      groupId: topic,
      topics: [topic],
      from: "FIRST",
      handle: () => Effect.fail(new HandleError({ message: "no price yet", isRetryable: false }))
    })
    yield* Effect.forkScoped(consumer.run)
    yield* Effect.promise(() =>
      eventually(async () =>
        Effect.runSync(consumer.status).deadLettered === count ? true : undefined
      )
    )
  }).pipe(Effect.scoped, Effect.runPromise)

describeKafka("holdfast events redrive --topic", () => {
  it("says what would go back, sends it back, and does so once", async () => {
    const { brokers, letters, redrive, topic } = await freshTopic()
    const values = ["one", "two", "three"]
    await writeTo(
      brokers,
      topic,
      values.map((value) => ({ value: JSON.stringify({ value }), headers: { own: value } }))
    )
    await buryAll(brokers, topic, values.length)
    const about = { topic: letters, left: 0 }

    const planned = await redrive("--topic", letters, "--dry-run", "--json")
    expect(planned).toMatchObject({ code: 0, stderr: "" })
    const some = { ...about, redriven: 3, topics: { [topic]: 3 } }
    expect(planned.value).toEqual({ ...some, isDryRun: true })

    const done = await redrive("--topic", letters)
    expect(done.stdout).toBe(`${letters}: 3 letters went back\n  ${topic}: 3\n`)
    expect(done.code).toBe(0)
    await using following = await followTopic(brokers, topic)
    const { messages } = following
    await eventually(async () => (messages.length >= 6 ? true : undefined))
    expect(messages.slice(3).map(({ headers, value }) => [value, headers])).toEqual(
      messages.slice(0, 3).map(({ headers, value }) => [value, headers])
    )

    const again = await redrive("--topic", letters, "--json")
    expect(again.value).toEqual({ ...about, redriven: 0, topics: {}, isDryRun: false })
    // Another group remembers nothing of that.
    const other = await redrive(
      "--topic",
      letters,
      "--group",
      `${letters}.2`,
      "--dry-run",
      "--json"
    )
    expect(other.value).toMatchObject({ redriven: 3 })
  })

  it("logs how far it is, and ends with 1 when messages stay", async () => {
    const { brokers, letters, redrive, topic } = await freshTopic()
    const headers = { "holdfast-dead-letter-topic": topic, "holdfast-dead-letter-partition": "0" }
    const all = Array.from({ length: 1_050 }, (_, n) => ({ value: String(n), headers }))
    await writeTo(brokers, letters, [...all, { value: "from nowhere" }])
    const { code, stderr, stdout } = await redrive("--topic", letters, "--log-format", "json")
    expect(code).toBe(1)
    expect(stdout).toBe(
      `${letters}: 1050 letters went back\n  ${topic}: 1050\n` +
        "1 stay: they do not say where they came from\n"
    )
    const lines = stderr.trim().split("\n")
    expect(lines.map((line) => JSON.parse(line).message)).toEqual(["1000 of 1051 dead letters"])
  })

  it("names the topic that is missing, of the letters or of where they came from", async () => {
    const { brokers, letters, redrive } = await freshTopic()
    const gone = `${letters}.gone`
    const headers = { "holdfast-dead-letter-topic": gone, "holdfast-dead-letter-partition": "0" }
    await writeTo(brokers, letters, [{ value: "1", headers }])
    for (const [asked, missing] of [
      [letters, gone],
      [`${letters}s`, `${letters}s`]
    ] as const) {
      const { code, value } = await redrive("--topic", asked, "--json")
      expect(code).toBe(1)
      expect(value.error).toEqual({
        code: "Kafka",
        message: expect.stringContaining(`there is no topic ${missing}`)
      })
      expect(value.error.message).not.toContain("--kafka-create-topics")
    }
  })
})

describe("holdfast events redrive", () => {
  it.each([
    [[], /name a cursor, such as kafka, or a topic of dead letters with --topic/],
    [["kafka", "--topic", "orders.dlq"], /name the cursor kafka or --topic orders.dlq, not both/],
    [["kafka", "--dry-run"], /--dry-run needs --topic; holdfast events dead-letters kafka lists/],
    [["kafka", "--group", "again"], /--group needs --topic/],
    [["--topic", "orders.dlq", "--folder", "x"], /leave out --database and --folder/],
    [["--topic", "a b"], /--topic must be 1 to 249 letters, digits, dots, dashes and underscores/],
    [["--topic", "orders.dlq"], /name the brokers with --kafka host:port/]
  ])("refuses %j with what to do", async (words, sentence) => {
    const { code, stderr, stdout } = await holdfast(["events", "redrive", ...words])
    expect(stderr).toMatch(sentence)
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
  })
})
