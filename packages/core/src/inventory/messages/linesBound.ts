/**
 * What a line names, which is a SKU or an option of the catalog in its place; and the bounds on the
 * lines of one request or order, with a message for each end.
 */
import * as Schema from "effect/Schema"
import { OptionId, SkuId } from "../../kernel/Identifier.ts"

/** The most lines of one command, and the most open or lost lines of one order. */
export const orderLinesMax = 2_000

/** The most lines of one bulk request. */
export const stockLinesMax = 1_000

/** At least one line, and at most so many. */
export const linesUpTo = (linesMax: number) =>
  [
    Schema.isMinLength(1, { message: "must hold at least 1 line" }),
    Schema.isMaxLength(linesMax, { message: `must hold at most ${linesMax} lines` })
  ] as const

/** The two fields, of which a line has one. */
export const named = { skuId: Schema.optionalKey(SkuId), optionId: Schema.optionalKey(OptionId) }

interface Named {
  readonly skuId?: unknown
  readonly optionId?: unknown
  readonly reservationId?: unknown
}

const issueOf = ({ optionId, reservationId, skuId }: Named) => {
  if (skuId !== undefined && optionId !== undefined) {
    return { path: ["optionId"], issue: "takes the place of skuId; give one of the two" }
  }
  if (skuId === undefined && optionId === undefined) {
    return { path: ["skuId"], issue: "is missing; give it, or optionId in its place" }
  }
  return optionId !== undefined && reservationId !== undefined
    ? {
        path: ["reservationId"],
        issue: "is for a line with skuId; an option may make several holds"
      }
    : undefined
}

/** Whether a line names a SKU or an option, and not both. A hold's id goes with a SKU alone. */
export const namesOne = Schema.makeFilter((line: Named) => issueOf(line) ?? true, {
  toJsonSchema: () => ({
    anyOf: [
      { required: ["skuId"], not: { required: ["optionId"] } },
      {
        required: ["optionId"],
        not: { anyOf: [{ required: ["skuId"] }, { required: ["reservationId"] }] }
      }
    ]
  })
})

/** Whether one of the lines names an option. */
export const nameOptions = (lines: ReadonlyArray<Named>): boolean => {
  for (const { optionId } of lines) if (optionId !== undefined) return true
  return false
}
