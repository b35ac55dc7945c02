/** How the columns of a file are read: a map and a preset, of flags or of a query. */
import {
  type ColumnMap,
  type ImportMode,
  isCurrency,
  type RecordKind,
  shopifyShape
} from "@holdfast/core/exchange"
import * as Result from "effect/Result"
import type { ImportSettings } from "./importing.ts"

/** The map and the preset as they were written. */
export interface ColumnsAsked {
  readonly kind: RecordKind
  readonly map: ReadonlyArray<string>
  readonly preset: string | undefined
  readonly currency: string | undefined
}

/** What is wrong with it, and the name of the setting. */
export interface ColumnsWrong {
  readonly name: "map" | "preset" | "currency"
  readonly message: string
}

const wrong = (name: ColumnsWrong["name"], message: string) => Result.fail({ name, message })

const mapOf = (pairs: ReadonlyArray<string>): Result.Result<ColumnMap, ColumnsWrong> => {
  const map = new Map<string, string>()
  for (const pair of pairs) {
    const at = pair.lastIndexOf("=")
    if (at < 1) return wrong("map", `must be theirs=ours, not ${JSON.stringify(pair)}`)
    map.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim())
  }
  return Result.succeed(map)
}

/** The settings of an import, or what is wrong with them. */
export const settingsOf = (
  { currency, kind, map: pairs, preset }: ColumnsAsked,
  about: { readonly mode: ImportMode; readonly allowUnknownSkus: boolean }
): Result.Result<ImportSettings, ColumnsWrong> =>
  Result.flatMap(mapOf(pairs), (map): Result.Result<ImportSettings, ColumnsWrong> => {
    const settings = { kind, map, ...about, preset: null, shape: undefined }
    if (preset === undefined) {
      return currency === undefined
        ? Result.succeed(settings)
        : wrong("currency", "is for a preset; a table of Holdfast has a column for it")
    }
    if (currency !== undefined && !isCurrency(currency)) {
      return wrong("currency", "must be a currency of ISO 4217, such as EUR")
    }
    if (kind === "products" && currency === undefined) {
      return wrong("currency", "is needed: the files of this preset do not say it")
    }
    const shape = shopifyShape(kind, currency ?? "")
    return shape === undefined
      ? wrong("preset", `has no ${kind}`)
      : Result.succeed({ ...settings, preset: `${preset} ${currency ?? ""}`, shape })
  })
