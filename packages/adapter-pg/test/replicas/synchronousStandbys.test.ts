import { expect, it } from "@effect/vitest"
import { countedAmong, readSynchronousStandbys } from "../../src/replicas/synchronousStandbys.ts"

it("reads whom a COMMIT waits for, in every form that PostgreSQL takes", () => {
  const forms: ReadonlyArray<readonly [string, number, ReadonlyArray<string>]> = [
    ["", 0, []],
    ["a", 1, ["a"]],
    ["a, B", 1, ["a", "b"]],
    ["*", 1, ["*"]],
    ["FIRST 2 (a, b, c)", 2, ["a", "b", "c"]],
    ["any 1 (a,b)", 1, ["a", "b"]],
    ["2 (a, b)", 2, ["a", "b"]],
    ['ANY 1 ("rack 1, left", "say ""so""")', 1, ["rack 1, left", 'say "so"']]
  ]
  for (const [setting, needed, names] of forms) {
    expect(readSynchronousStandbys(setting), setting).toEqual({ needed, names })
  }
})

it("counts the connected ones by their names, whatever their case; a star is any", () => {
  const connected = ["A", "c"]
  expect(countedAmong(readSynchronousStandbys("ANY 1 (a, b)"), connected)).toEqual(["A"])
  expect(countedAmong(readSynchronousStandbys("FIRST 1 (*)"), connected)).toEqual(connected)
  expect(countedAmong(readSynchronousStandbys(""), connected)).toEqual([])
})
