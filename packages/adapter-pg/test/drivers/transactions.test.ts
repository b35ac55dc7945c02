import { expect, it } from "vitest"
import {
  fromDrizzle,
  fromKnex,
  fromKysely,
  fromPg,
  fromPostgresJs,
  fromPrisma,
  fromTypeOrm
} from "../../src/transactions.ts"

const nothing = undefined as never

const refusals = [
  [() => fromPg(nothing), [["client", "query"]]],
  [() => fromPostgresJs(nothing), [["sql", "unsafe"]]],
  [
    () => fromDrizzle(nothing, nothing),
    [
      ["tx", "execute"],
      ["sql", "join"]
    ]
  ],
  [
    () => fromKysely(nothing, nothing),
    [
      ["trx", "withoutPlugins"],
      ["compiledQuery", "raw"]
    ]
  ],
  [() => fromKnex(nothing), [["trx", "raw"]]],
  [() => fromPrisma(nothing), [["tx", "$queryRawUnsafe"]]],
  [() => fromTypeOrm(nothing), [["manager", "query"]]]
] as const

it.each(refusals)("%s is refused, with the name of what is missing", (made, missing) => {
  const issues = missing.map(([path, method]) => ({
    path,
    message: `must have a function \`${method}\``
  }))
  expect(made).toThrow(expect.objectContaining({ code: "InvalidInput", details: { issues } }))
})
