/** A search of the core as a `tsquery`. A lexeme holds letters and digits alone. */
import type { SearchCondition } from "@holdfast/core/catalog"

/** The condition as text; with `weight`, every lexeme must have it. */
export const tsqueryOf = (condition: SearchCondition, weight = ""): string => {
  if ("has" in condition) {
    return weight === "" ? `'${condition.has}'` : `'${condition.has}':${weight}`
  }
  if ("begins" in condition) return `'${condition.begins}':*${weight}`
  const isAll = "all" in condition
  const parts = isAll ? condition.all : condition.any
  return `(${parts.map((part) => tsqueryOf(part, weight)).join(isAll ? " & " : " | ")})`
}
