/**
 * A category: a place in the tree by which buyers find products. Its level is not a fact of its own:
 * it is one more than its parent's, and follows when an ancestor moves.
 */
import * as Schema from "effect/Schema"
import { unchecked } from "../../kernel/Identifier.ts"
import { compareTexts, printable } from "../../kernel/Text.ts"
import { TranslatedNames } from "./Translations.ts"

/** The most categories on a way from a root to a leaf, both counted: the lowest level is 19. */
export const depthMax = 20

/** A name for people, 1–255 printable code points: unique among siblings, so it is compared. */
export const CategoryName = printable(1, 255)

/** Where a category stands among its siblings: the lower, the sooner; then by name. */
export const SortOrder = Schema.Int.check(
  Schema.isBetween({ minimum: -1_000_000, maximum: 1_000_000 })
)

/** A category. Roots have level 0. `version` counts its events, which people alone cause. */
export const Category = Schema.Struct({
  id: unchecked.categoryId,
  name: Schema.String,
  translations: TranslatedNames,
  parentId: Schema.NullOr(unchecked.categoryId),
  level: Schema.Int,
  sortOrder: Schema.Int,
  isActive: Schema.Boolean,
  externalId: Schema.NullOr(Schema.String),
  version: Schema.Int
}).annotate({ identifier: "Category" })
export interface Category extends Schema.Schema.Type<typeof Category> {}

/** The order of siblings: by sort order, then by name. */
export const bySiblingOrder = (a: Category, b: Category): number =>
  a.sortOrder - b.sortOrder || compareTexts(a.name, b.name)
