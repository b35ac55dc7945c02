/** A category in a file. Its parent stands before it, or is there already. */
import * as Schema from "effect/Schema"
import { namesByLocale, optionalOrNull } from "../../catalog/messages/productFields.ts"
import { CategoryName, SortOrder } from "../../catalog/state/Category.ts"
import { ExternalId } from "../../catalog/state/Product.ts"
import { CategoryId } from "../../kernel/Identifier.ts"
import {
  booleanCells,
  type Column,
  clearableText,
  jsonCells,
  textCells,
  wholeCells
} from "./Column.ts"

const optional = Schema.optionalKey

/** A category in a file. `parent` is the external id of its parent; null makes it a root. */
export const CategoryRecord = Schema.Struct({
  id: optional(CategoryId),
  externalId: optionalOrNull(ExternalId),
  name: optional(CategoryName),
  parent: optionalOrNull(ExternalId),
  parentId: optionalOrNull(CategoryId),
  sortOrder: optional(SortOrder),
  isActive: optional(Schema.Boolean),
  translations: optional(namesByLocale(CategoryName))
})
export interface CategoryRecord extends Schema.Schema.Type<typeof CategoryRecord> {}

/** The columns of categories. */
export const categoryColumns: ReadonlyArray<Column> = [
  {
    name: "externalId",
    path: "externalId",
    holds: "your id of the category",
    ...clearableText
  },
  { name: "id", path: "id", holds: "the id that Holdfast gave it", ...textCells },
  { name: "name", path: "name", holds: "the name; required for a new category", ...textCells },
  {
    name: "parent",
    path: "parent",
    holds: "the external id of its parent; empty for a root",
    ...clearableText
  },
  {
    name: "parentId",
    path: "parentId",
    holds: "the same by the id that Holdfast gave it",
    ...clearableText
  },
  {
    name: "sortOrder",
    path: "sortOrder",
    holds: "its place among its siblings (default 0)",
    ...wholeCells
  },
  { name: "isActive", path: "isActive", holds: "true (default) or false", ...booleanCells },
  {
    name: "translations",
    path: "translations",
    holds: 'JSON: `{ "ko": { "name": … } }`',
    ...jsonCells
  }
]
