import { describe, expect, it } from "@effect/vitest"
import {
  conflictOf,
  fromDriver,
  sqlStateOf,
  toStoreError
} from "../../src/connection/SqlFailure.ts"

const driverError = (fields: object) => Object.assign(new Error("as the driver says it"), fields)

const fromPg = driverError({ code: "55P03", severity: "ERROR" })

/** Prisma's error, around what its adapter makes of the error of `pg`. */
const fromPrisma = (code: string, cause: object) =>
  driverError({ code, meta: { driverAdapterError: driverError({ cause }) } })

const renamed = fromPrisma("P2034", {
  kind: "TransactionWriteConflict",
  originalCode: "40001",
  originalMessage: "as the server says it"
})

const found: ReadonlyArray<readonly [what: string, error: unknown, state: string | undefined]> = [
  ["pg, postgres.js, Knex and Kysely", fromPg, "55P03"],
  ["Drizzle", driverError({ cause: fromPg }), "55P03"],
  ["Effect", driverError({ reason: driverError({ cause: fromPg }) }), "55P03"],
  ["Prisma", fromPrisma("P2010", { kind: "postgres", code: "55P03" }), "55P03"],
  ["Prisma, when it has a code of its own", renamed, "40001"],
  ["an error of PL/pgSQL", driverError({ code: "P0001" }), "P0001"],
  ["Prisma without an error of the server", driverError({ code: "P2028" }), undefined],
  ["a socket", driverError({ code: "EPIPE" }), undefined],
  ["no error", "55P03", undefined]
]

describe("H7 the SQLSTATE of an error", () => {
  for (const [what, error, state] of found) {
    it(`of ${what} is ${state ?? "not there"}`, () => expect(sqlStateOf(error)).toBe(state))
  }

  it("is looked for in a circle only so often", () => {
    const circle = driverError({})
    expect(sqlStateOf(Object.assign(circle, { cause: circle, reason: circle }))).toBe(undefined)
  })

  it("of a table that is not there says which, since the statement may be the host's own", () => {
    const missing = driverError({ code: "42P01", message: 'relation "shop_ordres" does not exist' })
    expect(toStoreError(fromDriver(missing)).message).toBe(
      "the tables are missing or of another version; run holdfast migrate, or upgrade Holdfast " +
        '(relation "shop_ordres" does not exist)'
    )
  })

  it("has the message of the server", () => {
    expect(conflictOf(fromDriver(renamed))).toBe("40001 as the server says it")
  })
})
