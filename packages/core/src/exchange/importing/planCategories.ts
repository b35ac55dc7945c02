/** Categories of a file as commands: made where they are not there, else changed and moved. */
import * as Effect from "effect/Effect"
import type { CatalogAnswer } from "../../catalog/messages/CatalogAnswer.ts"
import type { CatalogCommand } from "../../catalog/messages/CatalogCommand.ts"
import type { CatalogReads } from "../../catalog/ports/CatalogReads.ts"
import type { Category } from "../../catalog/state/Category.ts"
import { CommandIds } from "../../engine/CommandIds.ts"
import type { CategoryId } from "../../kernel/Identifier.ts"
import type { ReadRecord } from "../records/FileRecord.ts"
import { listed } from "./listed.ts"
import { type Plan, type Refused, wrongAt } from "./Plan.ts"

type CategoryPlan = Plan<CatalogCommand, CatalogAnswer>

/** The field to which a refusal of a category belongs. */
const pathOf = ({ _tag }: Refused): string => {
  switch (_tag) {
    case "ExternalIdTaken":
      return "externalId"
    case "IdTaken":
      return "id"
    case "CategoryNotFound":
    case "CategoryCycle":
    case "CategoryTooDeep":
      return "parent"
    default:
      return "name"
  }
}

/** Whether the parent is not there: the one that this file would make may have been made by another. */
const isOrphan = ({ _tag }: Refused): boolean => _tag === "CategoryNotFound"

/** The version of a category that an answer holds. */
const versionOf = (answer: CatalogAnswer | undefined): number | undefined =>
  answer === undefined ? undefined : answer.version

/**
 * Plans categories over what is there. `made` has the categories that earlier records of the file
 * make, by their external ids; a parent may be among them before it is written.
 */
export const planCategories =
  (reads: CatalogReads["Service"], made: Map<string, CategoryId>) =>
  (records: ReadonlyArray<ReadRecord<"categories">>) =>
    Effect.gen(function* () {
      const ids = yield* CommandIds
      const names = listed(records.flatMap(({ value }) => [value.externalId, value.parent]))
      const owners = new Map(
        (yield* reads.byExternalIds("category", names)).map(({ externalId, id }) => [
          externalId,
          id as CategoryId
        ])
      )
      const known = yield* reads.categories(
        listed([...owners.values(), ...records.map(({ value }) => value.id)])
      )
      const byId = new Map(known.map((category) => [category.id, category]))
      const isRenamed = records.some(({ value }) => {
        const id = value.id ?? owners.get(value.externalId ?? "")
        return mayMove(value, id === undefined ? undefined : byId.get(id))
      })
      const all = isRenamed ? yield* reads.allCategories : []
      const isTaken = (name: string, under: CategoryId | null) =>
        all.some((category) => category.parentId === under && category.name === name)
      return records.map((record): CategoryPlan => {
        const { externalId, id: ownId, parent, parentId } = record.value
        const id = ownId ?? owners.get(externalId ?? "") ?? made.get(externalId ?? "")
        const parentFound = parent == null ? parent : (owners.get(parent) ?? made.get(parent))
        if (typeof parent === "string" && parentFound === undefined) {
          const message = `no category has the external id "${parent}"; put it before its children`
          return wrongAt(record, "parent", "CategoryNotFound", message)
        }
        const under = parentId === undefined ? parentFound : parentId
        const before = id === undefined ? undefined : byId.get(id)
        if (before !== undefined) {
          return change(record, before, under, under !== undefined && isTaken(before.name, under))
        }
        const newId = id ?? (ids.next() as string as CategoryId)
        if (typeof externalId === "string") made.set(externalId, newId)
        return create(record, newId, under ?? null)
      })
    })

const create = (
  record: ReadRecord<"categories">,
  categoryId: CategoryId,
  parentId: CategoryId | null
): CategoryPlan => {
  const { id: _id, name, parent: _parent, parentId: _parentId, ...fields } = record.value
  if (name === undefined) {
    return wrongAt(record, "name", "InvalidInput", "is required for a new category")
  }
  const commands = [{ _tag: "CreateCategory" as const, categoryId, name, parentId, ...fields }]
  return { _tag: "Do", commands, verdict: () => "created", pathOf, isStale: isOrphan }
}

/** Whether a record gives a category another name, and maybe another parent. */
const mayMove = (
  { name, parent, parentId }: ReadRecord<"categories">["value"],
  before: Category | undefined
): boolean =>
  before !== undefined &&
  name !== undefined &&
  name !== before.name &&
  (parent !== undefined || parentId !== undefined)

/** `isNamedFirst`: where the category goes, another one has the name that it has. */
const change = (
  record: ReadRecord<"categories">,
  before: Category,
  under: CategoryId | null | undefined,
  isNamedFirst: boolean
): CategoryPlan => {
  const { id: _id, parent: _parent, parentId: _parentId, ...fields } = record.value
  const categoryId = before.id
  const isMoved = under !== undefined && under !== before.parentId
  const moves = isMoved ? [{ _tag: "MoveCategory" as const, categoryId, parentId: under }] : []
  const update = { _tag: "UpdateCategory" as const, categoryId, ...fields }
  const commands = isNamedFirst ? [update, ...moves] : [...moves, update]
  return {
    _tag: "Do",
    commands,
    verdict: (answers) => (versionOf(answers.at(-1)) === before.version ? "unchanged" : "updated"),
    pathOf,
    isStale: isOrphan
  }
}
