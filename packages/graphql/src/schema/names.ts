/** How names of core are written in GraphQL. Pure. */

/** A name with a capital. */
export const pascal = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`

/** The name of an item of a list. */
export const singular = (name: string): string =>
  name.endsWith("ies")
    ? `${name.slice(0, -3)}y`
    : name.endsWith("s")
      ? name.slice(0, -1)
      : `${name}Item`

/** A value as the name of an enum: `-name` is name_desc, and dots become underscores. */
export const enumName = (value: string): string => {
  const named = value.startsWith("-") ? `${value.slice(1)}_desc` : value
  return named.replace(/\W/g, "_")
}
