/** Clears fields by their names: what JSON says with null, a message says beside its fields. */
import type { ShapeField } from "./schemaShapes.ts"

const camel = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

type Fields = { [name: string]: unknown }

/** The most steps of a path: what nests deeper is no field, and would not be read either. */
const stepsMax = 32

/**
 * Whether something may be cleared under a key: of a list only an item that is there. Another place would
 * make the list as long as the number says.
 */
const isPlace = (owner: Fields, key: string): boolean =>
  !Array.isArray(owner) || (/^\d+$/.test(key) && Object.hasOwn(owner, key))

/** The object under a key, made when there is none; undefined when something else stands there. */
const under = (at: Fields, key: string): Fields | undefined => {
  if (!isPlace(at, key)) return undefined
  // Names such as `constructor` are on every object, and are nobody's field.
  if (!Object.hasOwn(at, key)) at[key] = {}
  const found = at[key]
  return typeof found === "object" && found !== null ? (found as Fields) : undefined
}

/**
 * The value with fields cleared: a list becomes empty, all else null. A path goes further with points,
 * such as `translations.de` or `options.0.price`. A path that leads nowhere is kept under its name, so that
 * the reader of the request says that there is no such field.
 */
export const clearFields = (
  value: Fields,
  paths: ReadonlyArray<string>,
  shape: ReadonlyArray<ShapeField>
): Fields => {
  for (const path of paths) {
    if (path.includes("__proto__")) {
      Object.defineProperty(value, path, { value: null, enumerable: true, configurable: true })
      continue
    }
    const [first = "", ...rest] = path.split(".", stepsMax + 1)
    const name = camel(first)
    const field = shape.find((one) => one.name === name)
    const last = rest.pop()
    if (rest.length + 1 >= stepsMax) {
      value[path] = null
      continue
    }
    if (field === undefined || last === undefined) {
      const isList = field?.types.every(({ _tag }) => _tag === "Arrays") === true
      value[field === undefined ? path : name] = isList ? [] : null
      continue
    }
    const isMap = field.types.every(
      (type) => type._tag === "Objects" && type.indexSignatures.length > 0
    )
    const owner = rest.reduce<Fields | undefined>(
      (at, step) => (at === undefined ? undefined : under(at, camel(step))),
      under(value, name)
    )
    // A key of a map stands as it is, a field in the words of JSON.
    const key = isMap && rest.length === 0 ? last : camel(last)
    if (owner === undefined || !isPlace(owner, key)) value[path] = null
    else owner[key] = null
  }
  return value
}
