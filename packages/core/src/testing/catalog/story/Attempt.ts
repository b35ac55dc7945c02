/** A command on its way through the model, and what all of its rules share. */
import type { InventoryWord } from "../../../catalog/decide/Draft.ts"
import type { Broken, ModelCatalog } from "./ModelCatalog.ts"

/** A command on its way through the model. */
export interface Attempt {
  readonly model: ModelCatalog
  readonly broken: Broken
  readonly commandId: string
  readonly word: InventoryWord
  optionsMade: number
}

/** Merges names and descriptions, locale by locale. */
export const translate = (
  texts: Record<string, object>,
  changes: { readonly [locale: string]: object | null } | undefined,
  bare: object
): void => {
  for (const [locale, change] of Object.entries(changes ?? {})) {
    const merged = { ...bare, ...texts[locale], ...change }
    if (change === null || Object.values(merged).every((text) => text === null))
      delete texts[locale]
    else texts[locale] = merged
  }
}
