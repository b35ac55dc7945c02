/**
 * The decision of a bulk request: each line is the command that it stands for, decided in a draft of
 * its own over what the lines before it did. The draft of a refused line is dropped, and no other.
 */
import * as Result from "effect/Result"
import type { LocationId, SkuId } from "../../../kernel/Identifier.ts"
import type { StockChanged, StockLinesChanged } from "../../messages/InventoryAnswer.ts"
import type { CommandOf } from "../../messages/InventoryCommand.ts"
import type { InventoryRefusal, LineRefusal, RefusedLine } from "../../messages/InventoryError.ts"
import type { StockLine } from "../../messages/MovementCommands.ts"
import { sentenceOf } from "../../messages/refusalSentences.ts"
import type { Draft } from "../Draft.ts"
import type { Decided } from "../lookups.ts"
import { adjustStock, countStock, fromFuture, receiveStock, takenReference } from "../movements.ts"

type Bulk = CommandOf<"ChangeStock">
type Changed = StockChanged & { readonly skuId: SkuId }

/**
 * Events that one bulk request makes at most, crossings aside: a command may derive the ids of 32,766.
 * Only lines that take many holds back come near it.
 */
const eventsMax = 10_000

/** Holds in the way that one refused line lists; there may be 1,000 such lines. */
const listedMax = 5

/** Decides the lines in their order: an answer for each, or with `allOrNothing` for all. */
export const changeStock = (draft: Draft, command: Bulk): Decided<StockLinesChanged> => {
  const lines: Array<StockLinesChanged["lines"][number]> = []
  const refused: Array<RefusedLine> = []
  const counted = new Map<string, number>()
  for (const [index, line] of command.lines.entries()) {
    const part = draft.part()
    const changed = decideLine(part, line, command, index, counted)
    if (Result.isSuccess(changed)) {
      draft.take(part)
      lines.push({ _tag: "Changed", line: index, ...changed.success })
    } else {
      const refusal = refusedLine(index, line, changed.failure)
      refused.push(refusal)
      lines.push({ _tag: "Refused", ...refusal })
    }
  }
  if (command.allOrNothing === true && refused.length > 0)
    return Result.fail(asOne(command, refused))
  const changed = lines.length - refused.length
  return Result.succeed({ changed, refused: refused.length, lines })
}

/** The refusal of all lines: every field that cannot be read, or else every line that was refused. */
const asOne = ({ lines }: Bulk, refused: ReadonlyArray<RefusedLine>): InventoryRefusal => {
  const issues = lines.flatMap((line, index) =>
    line.type === "UNREADABLE" ? fieldsOf(index, line.issues) : []
  )
  return issues.length > 0
    ? { _tag: "InvalidInput", issues }
    : { _tag: "LinesRefused", lines: refused }
}

const decideLine = (
  part: Draft,
  line: Bulk["lines"][number],
  command: Bulk,
  index: number,
  counted: Map<string, number>
): Decided<Changed> => {
  if (line.type === "UNREADABLE") return Result.fail(invalid(index, line.issues))
  const notes = notesOf(line, command)
  const untimely = fromFuture(notes, part.now)
  if (untimely !== undefined) return Result.fail(within(index, untimely))
  if (line.type === "ADJUSTMENT" && notes.reason === null) {
    const message = "is required for an adjustment; give it here, or once for all lines"
    return Result.fail(invalid(index, [{ path: "reason", message }]))
  }
  const isOnce = (line.onceOnly ?? command.onceOnly) === true
  if (isOnce && notes.reference === null) {
    const message = "is for a reference; give one here, or once for all lines"
    return Result.fail(invalid(index, [{ path: "onceOnly", message }]))
  }
  const skuId = skuOf(part, line)
  if (Result.isFailure(skuId)) return Result.fail(skuId.failure)
  const taken = takenReference(part, {
    onceOnly: isOnce,
    reference: notes.reference,
    skuId: skuId.success,
    type: line.type === "RECEIPT" ? "RECEIPT" : "ADJUSTMENT"
  })
  if (taken !== undefined) return Result.fail(taken)
  const locationId = line.locationId ?? command.locationId ?? part.defaultLocation.id
  const place = `${skuId.success}/${locationId}`
  const earlier = line.type === "COUNT" ? counted.get(place) : undefined
  if (earlier !== undefined) {
    const message = `line ${earlier} counts the same SKU at the same location`
    return Result.fail(invalid(index, [{ path: "countedQuantity", message }]))
  }
  const changed = changeOf(part, line, { ...notes, skuId: skuId.success, locationId })
  if (Result.isFailure(changed)) return Result.fail(within(index, changed.failure))
  if (part.eventsOfCommand > eventsMax) {
    const message = "would take back more holds than one request may; send this line alone"
    return Result.fail(invalid(index, [{ path: "onShortfall", message }]))
  }
  if (line.type === "COUNT") counted.set(place, index)
  return Result.succeed({ skuId: skuId.success, ...changed.success })
}

/** What the ledger keeps of a line; what the line leaves out is that of the request. */
const notesOf = (line: StockLine, command: Bulk) => {
  const {
    actor = null,
    occurredAt = null,
    reason = null,
    reference = null
  } = { ...command, ...line }
  return { actor, occurredAt, reason, reference }
}

const skuOf = (part: Draft, { code, skuId }: StockLine): Decided<SkuId> => {
  const found = code === undefined ? skuId : part.skuIdOfCode(code)
  return found === undefined
    ? Result.fail({ _tag: "SkuCodeNotFound", codes: [code ?? ""] })
    : Result.succeed(found)
}

type Placed = ReturnType<typeof notesOf> & {
  readonly skuId: SkuId
  readonly locationId: LocationId
}

/** Decides the command that a line stands for. */
const changeOf = (part: Draft, line: StockLine, placed: Placed): Decided<StockChanged> => {
  switch (line.type) {
    case "COUNT":
      return countStock(part, { ...line, ...placed, _tag: "CountStock" })
    case "RECEIPT":
      return receiveStock(part, { ...line, ...placed, _tag: "ReceiveStock" })
    case "ADJUSTMENT":
      return adjustStock(part, {
        ...line,
        ...placed,
        reason: placed.reason ?? "",
        _tag: "AdjustStock"
      })
  }
}

type Issues = Extract<LineRefusal, { readonly _tag: "InvalidInput" }>["issues"]

/** Fields of a line, named from the root of the request. */
const fieldsOf = (index: number, issues: Issues): Issues =>
  issues.map(({ message, path }) => ({
    path: path === "" ? `lines.${index}` : `lines.${index}.${path}`,
    message
  }))

const invalid = (index: number, issues: Issues): InventoryRefusal => ({
  _tag: "InvalidInput",
  issues: fieldsOf(index, issues)
})

/** A refusal as that of a line: its fields from the root of the request, its lists short. */
const within = (index: number, refusal: InventoryRefusal): InventoryRefusal => {
  if (refusal._tag === "InvalidInput") return invalid(index, refusal.issues)
  if (refusal._tag !== "PromisesInTheWay") return refusal
  const holds = refusal.holds.slice(0, listedMax)
  const left = refusal.holds.slice(listedMax).reduce((sum, { quantity }) => sum + quantity, 0)
  return { ...refusal, holds, unlistedQuantity: refusal.unlistedQuantity + left }
}

const refusedLine = (
  index: number,
  line: Bulk["lines"][number],
  refusal: InventoryRefusal
): RefusedLine => ({
  line: index,
  path: pathOf(index, line, refusal),
  message: sentenceOf(refusal),
  refusal: refusal as LineRefusal
})

/** The field of the request that is to blame for a refusal. */
const pathOf = (index: number, line: Bulk["lines"][number], refusal: InventoryRefusal): string => {
  if (refusal._tag === "InvalidInput") return refusal.issues[0]?.path ?? `lines.${index}`
  return `lines.${index}.${fieldOf(line, refusal)}`
}

const fieldOf = (line: Bulk["lines"][number], refusal: InventoryRefusal): string => {
  switch (refusal._tag) {
    case "SkuNotFound":
    case "SkuCodeNotFound":
    case "SkuArchived":
      return "code" in line ? "code" : "skuId"
    case "LocationNotFound":
    case "LocationUnavailable":
      return "locationId"
    case "ReferenceTaken":
      return "reference"
    case "StaleExpectation":
      return refusal.field
    default:
      return line.type === "COUNT" ? "countedQuantity" : "quantity"
  }
}
