/** The words of an enum: those of the schemas, and the numbers of the .proto file. */
import type { DescEnum } from "@bufbuild/protobuf"

/** The name that a word has among the values of an enum, without the prefix: `-createdAt` is `CREATED_AT_DESCENDING`. */
export const valueName = (word: string): string => {
  const isDescending = word.startsWith("-")
  const name = (isDescending ? word.slice(1) : word)
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[.-]/g, "_")
    .toUpperCase()
  return isDescending ? `${name}_DESCENDING` : name
}

/** Both ways between the words of a schema and the numbers of an enum. */
export interface EnumWords {
  readonly numberOf: ReadonlyMap<string, number>
  readonly wordOf: ReadonlyMap<number, string>
  /** Words without a value, and values without a word. */
  readonly faults: ReadonlyArray<string>
}

/** The words of an enum, for the words of a schema. */
export const enumWords = (desc: DescEnum, words: ReadonlyArray<string>): EnumWords => {
  const prefix = `${desc.name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase()}_`
  const numbers = new Map(desc.values.map(({ name, number }) => [name, number]))
  const known = words.map((word) => ({ word, number: numbers.get(prefix + valueName(word)) }))
  return {
    numberOf: new Map(
      known.flatMap(({ number, word }) => (number === undefined ? [] : [[word, number]]))
    ),
    wordOf: new Map(
      known.flatMap(({ number, word }) => (number === undefined ? [] : [[number, word]]))
    ),
    faults: [
      ...known.flatMap(({ number, word }) =>
        number === undefined ? [`${desc.typeName} has no value for ${word}`] : []
      ),
      ...desc.values.flatMap(({ name, number }) =>
        number === 0 || known.some((word) => word.number === number)
          ? []
          : [`${name} is no word of the schema`]
      )
    ]
  }
}
