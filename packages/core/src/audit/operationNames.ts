/**
 * What records call what was asked for. One vocabulary: a command by its own name, such as
 * `ReserveStock`, and what is no command by the name of its operation with a capital, such as
 * `SkuHistory`. Pure.
 */
import type { InvalidInput } from "../kernel/InvalidInput.ts"

/**
 * The names of records, each found by itself and by the name of its operation in the table of
 * permissions: `reserve` and `ReserveStock` are both `ReserveStock`.
 */
export type OperationNames = ReadonlyMap<string, string>

/** Tables of operations; a row may say which command is behind it, or what its record is called. */
type Tables = ReadonlyArray<Readonly<Record<string, object>>>

/** What records call an operation of a table. */
export const recordedName = (operation: string, row: object): string => {
  if ("command" in row && typeof row.command === "string") return row.command
  if ("record" in row && typeof row.record === "string") return row.record
  return operation.slice(0, 1).toUpperCase() + operation.slice(1)
}

/** The names of the operations of tables. */
export const operationNamesOf = (tables: Tables): OperationNames =>
  new Map(
    tables
      .flatMap((table) => Object.entries(table))
      .flatMap(([operation, row]) => {
        const name = recordedName(operation, row)
        return [[operation, name] as const, [name, name] as const]
      })
  )

/** The refusal of a name that no record has: it says which names there are. */
export const unknownOperation = (names: OperationNames): InvalidInput => ({
  _tag: "InvalidInput",
  issues: [
    {
      path: "operation",
      message: `must be one of ${[...new Set(names.values())].sort().join(", ")}`
    }
  ]
})
