/** Any value of an input or an answer goes through the bytes of its message and comes back. */
import { fromBinary, toBinary } from "@bufbuild/protobuf"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import { answerCodec } from "../../src/contract/rpcs.ts"
import { messageCodec, type Plain } from "../../src/messages/messageCodec.ts"
import { operationMethods } from "./rows.ts"

const seed = process.env["HOLDFAST_TEST_SEED"] ?? "messages"
const count = Number(process.env["HOLDFAST_ROUND_TRIPS"] ?? 12)

/** A value without what a message says by leaving it out: null, and what is empty. */
const spoken = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(spoken)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => {
      const inner = spoken(one)
      const isEmpty =
        inner === null ||
        inner === undefined ||
        (typeof inner === "object" && Object.keys(inner as object).length === 0)
      return isEmpty ? [] : [[name, inner]]
    })
  )
}

const seen = new Map<string, number>()
const note = (value: unknown): void => {
  if (Array.isArray(value)) {
    value.forEach(note)
  } else if (typeof value === "object" && value !== null) {
    for (const [name, one] of Object.entries(value)) {
      seen.set(name, (seen.get(name) ?? 0) + 1)
      note(one)
    }
  }
}

/** Schemas whose rules between fields no arbitrary value keeps. */
const unsampled: Array<string> = []

const samples = (schema: Schema.Codec<unknown, unknown>, of: string) =>
  Effect.runPromise(
    Arbitrary.sampleEffect(Arbitrary.schema(schema), {
      count,
      seed: `${seed} ${of}`,
      size: 6
    }).pipe(
      Effect.catch(() =>
        Effect.sync((): ReadonlyArray<unknown> => {
          unsampled.push(of)
          return []
        })
      )
    )
  )

/** As JSON has it, without halves of letters, which are no text in a message. */
const json = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value ?? null).replace(/\\ud[89a-f][\da-f]{2}/g, "?"))

it.each(operationMethods)(
  `$name, of the seed "${seed}"`,
  async ({ answer, input, name, ...row }) => {
    const inputs = messageCodec(input.ast, row.request).codec
    for (const value of await samples(input, `${name} input`)) {
      const encoded = json(Schema.encodeUnknownSync(input)(value))
      note(spoken(encoded))
      const bytes = toBinary(row.request, inputs.toMessage(encoded as Plain))
      const back = inputs.fromMessage(fromBinary(row.request, bytes))
      expect(spoken(back)).toEqual(spoken(encoded))
    }
    const answers = answerCodec(answer.ast, row.response)
    for (const value of await samples(answer, `${name} answer`)) {
      const encoded = json(Schema.encodeUnknownSync(answer)(value))
      note(spoken(encoded))
      const bytes = toBinary(row.response, answers.toMessage(encoded))
      const back = answers.fromMessage(fromBinary(row.response, bytes))
      if (answer.ast._tag === "Void") continue
      expect(spoken(back)).toEqual(spoken(encoded))
      const read = Schema.decodeUnknownExit(answer)(back)
      expect(Exit.isSuccess(read), `${name} reads ${JSON.stringify(back)}: ${read}`).toBe(true)
    }
  }
)

it("has met the fields that are hard to carry", () => {
  const hard = [
    "lines",
    "occurredAt",
    "translations",
    "attributes",
    "metadata",
    "refusal",
    "children"
  ]
  for (const name of hard) expect(seen.get(name) ?? 0, name).toBeGreaterThan(count / 4)
  expect(seen.size).toBeGreaterThan(150)
  expect(unsampled.length, unsampled.join()).toBeLessThan(8)
})
