import { expect, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { readCommand as readCatalogCommand } from "../../src/catalog.ts"
import { readCommand } from "../../src/inventory.ts"
import type { InvalidInput } from "../../src/kernel/InvalidInput.ts"

type Reader = (input: unknown) => Result.Result<unknown, InvalidInput>

const issuesOf = (input: unknown, reader: Reader = readCommand) => {
  const read = reader(input)
  return Result.isFailure(read)
    ? read.failure.issues.map(({ message, path }) => `${path}: ${message}`)
    : []
}

it("names every bad field, and what it must be", () => {
  expect(
    issuesOf({
      _tag: "ReserveStock",
      ttl: "4",
      replace: 1,
      tll: 900,
      lines: [{ skuId: "a b", quantity: 1.5 }, 4, { skuId: 7 }]
    })
  ).toEqual([
    "tll: is not a field (there are orderId, lines, ttl, replace, ownerId, customer)",
    "orderId: is required",
    "lines.0.skuId: must be 1 to 100 of the characters A-Z a-z 0-9 . _ ~ : -",
    "lines.0.quantity: must be a whole number",
    "lines.1: must be an object",
    "lines.2.skuId: must be text",
    "lines.2.quantity: is required",
    "ttl: must be a number",
    "replace: must be true or false"
  ])
})

it("names a field once, by the narrowest of its checks, and lists the words that it may be", () => {
  const adjust = { _tag: "AdjustStock", skuId: "mug", reason: "x" }
  expect(issuesOf({ ...adjust, quantity: 1e20, onShortfall: "SOME", actor: 4 })).toEqual([
    "quantity: must be a whole number between -1000000000 and 1000000000",
    "actor: must be text or null",
    'onShortfall: must be one of "REFUSE", "RELEASE_NEWEST", "ACCEPT"'
  ])
  expect(issuesOf({ ...adjust, quantity: 0 })).toEqual(["quantity: must not be zero"])
  const half = { _tag: "ReserveStock", orderId: "o", lines: [{ skuId: "mug", quantity: 0.5 }] }
  expect(issuesOf(half)).toEqual([
    "lines.0.quantity: must be a whole number between 1 and 1000000000"
  ])
  expect(issuesOf({ _tag: "ReserveStock", orderId: "o", lines: [] })).toEqual([
    "lines: must hold at least 1 line"
  ])
})

it("says what a name must be, where any of its form may stand", () => {
  const product = { _tag: "CreateProduct", name: "Mug", type: "NORMAL" }
  const names = { translations: { Korean: { name: "x" } }, attributes: { Größe: 1, size: 2 } }
  expect(issuesOf({ ...product, ...names }, readCatalogCommand)).toEqual([
    "translations.Korean: must be a language with script and region on request, such as ko, pt-BR or zh-Hant-TW",
    "attributes.Größe: must be 1 to 64 of the characters a-z 0-9 _ -, and begin with a letter"
  ])
})

it("refuses what names no command", () => {
  expect(issuesOf({ _tag: "SellEverything" })).toEqual(["_tag: must name a command"])
  expect(issuesOf(null)).toEqual(["_tag: must name a command"])
})
