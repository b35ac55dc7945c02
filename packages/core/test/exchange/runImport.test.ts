/** An import beside others: what they have made meanwhile is not taken for a fault of the file. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Plan } from "../../src/exchange/importing/Plan.ts"
import { type DecidedPart, runImport } from "../../src/exchange/importing/runImport.ts"
import type { ReadRecord } from "../../src/exchange/records/FileRecord.ts"

const record = (number: number): ReadRecord<"skus"> => ({
  _tag: "Record",
  number,
  value: { code: `C-${number}` } as ReadRecord<"skus">["value"],
  placeOf: () => ({ line: number + 1, column: "code", columnNumber: 1 })
})

/** Runs two records; `known` are the codes that are there, `meanwhile` comes before the write. */
const runOf = (known: Set<string>, meanwhile: () => void) => {
  const parts: Array<DecidedPart> = []
  const planOf = ({ value }: ReadRecord<"skus">): Plan<string, string> =>
    known.has(value.code)
      ? { _tag: "Do", commands: [], verdict: () => "unchanged", pathOf: () => "code" }
      : { _tag: "Do", commands: [value.code], verdict: () => "created", pathOf: () => "code" }
  return Effect.map(
    runImport({
      records: Stream.make(record(1), record(2)),
      plan: (records) => Effect.sync(() => records.map(planOf)),
      writer: {
        write: (plans) =>
          Effect.sync(() => {
            meanwhile()
            return plans.map(({ commands: [code] }) =>
              code !== undefined && known.has(code)
                ? { _tag: "Refused" as const, refusal: { _tag: "SkuCodeTaken" as const } }
                : { _tag: "Answered" as const, answers: [] }
            )
          })
      },
      sentenceOf: () => "another SKU has the code",
      sideBySide: 1,
      bytesDone: () => 0,
      decided: (part) => Effect.sync(() => void parts.push(part))
    }),
    (counts) => ({ counts, failed: parts.flatMap(({ failed }) => failed) })
  )
}

it.effect("leaves a record as it is that somebody else made while it was under way", () =>
  Effect.gen(function* () {
    const known = new Set<string>()
    expect(yield* runOf(known, () => known.add("C-2"))).toEqual({
      counts: { records: 2, created: 1, updated: 0, unchanged: 1, failed: 0 },
      failed: []
    })
  })
)
