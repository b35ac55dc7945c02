/** What a message leaves out since it is empty or nothing, and a schema wants to see. */
import type * as SchemaAST from "effect/SchemaAST"
import { mayBeNull, membersOf, wordsOf } from "./schemaShapes.ts"

type Fields = { [name: string]: unknown }

/** Whether the words of an object, such as its tag, are those of the value. */
const isOf = (value: Fields, { propertySignatures }: SchemaAST.Objects): boolean =>
  propertySignatures.every(({ name, type }) => {
    const words = wordsOf(membersOf(type))
    const found = value[String(name)]
    if (words === undefined || words.length === 0) return true
    return found === undefined
      ? mayBeNull(type) || type.context?.isOptional === true
      : words.includes(found as string)
  })

const nothing = (type: SchemaAST.AST): unknown => {
  const [only] = membersOf(type)
  if (mayBeNull(type)) return null
  if (only?._tag === "Arrays") return []
  return only?._tag === "Objects" && only.indexSignatures.length > 0 ? {} : undefined
}

/** Fills a value: a list or a map that it must have is empty, and what may be null is. */
export const completeFields = (value: Fields, objects: ReadonlyArray<SchemaAST.Objects>): void => {
  const own = objects.length === 1 ? objects[0] : objects.find((one) => isOf(value, one))
  for (const { name, type } of own?.propertySignatures ?? []) {
    if (Object.hasOwn(value, name) || type.context?.isOptional === true) continue
    const empty = nothing(type)
    if (empty !== undefined) value[String(name)] = empty
  }
}
