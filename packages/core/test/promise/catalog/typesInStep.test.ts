/**
 * Holds the plain types of the catalog's Promise door to those of the engine. The assertions are
 * types: the compiler reads them with the rest of the tests, and a difference does not compile.
 */
import { expect, it } from "@effect/vitest"
import type * as Core from "../../../src/catalog.ts"
import { methodTags } from "../../../src/catalog.ts"
import type * as Plain from "../../../src/index.ts"
import type * as Inventory from "../../../src/inventory.ts"
import { type Answered, type Asked, inStep, type Same } from "../inStep.ts"

type Commands = Plain.CatalogCommands
type Method = Core.MethodName
type InputOf<Name extends Method> = Core.InputOf<(typeof methodTags)[Name]>
type AnswerOf<Name extends Method> = Core.AnswerOf<(typeof methodTags)[Name]>

/** What is not in step, by method; no method when all are. */
type InputsOff = {
  [Name in Method as Same<Parameters<Commands[Name]>[0], Asked<InputOf<Name>>> extends true
    ? never
    : Name]: Same<Parameters<Commands[Name]>[0], Asked<InputOf<Name>>>
}
type AnswersOff = {
  [Name in Method as Same<
    Awaited<ReturnType<Commands[Name]>>,
    Answered<AnswerOf<Name>>
  > extends true
    ? never
    : Name]: Same<Awaited<ReturnType<Commands[Name]>>, Answered<AnswerOf<Name>>>
}
inStep<Same<keyof InputsOff, never>>()
inStep<Same<keyof AnswersOff, never>>()
inStep<Same<keyof Commands, Method>>()
type ListOf = Parameters<Core.QueryMethods["products"]>[0]
inStep<
  Same<
    Omit<Plain.ProductsOptions, "signal" | "cursor" | "minVersions">,
    Asked<Omit<ListOf, "cursor">>
  >
>()
inStep<Same<Plain.ProductAnswer, Answered<Core.ProductAnswer>>>()
inStep<Same<Plain.ProductsPage, Answered<typeof Core.ProductsPage.Type>>>()
inStep<Same<Plain.MappingsPage, Answered<typeof Core.MappingsAnswer.Type>>>()

/** Each refusal that the catalog alone has, by its tag. */
type Own = Exclude<Core.RefusalTag, Inventory.RefusalTag>
type RefusalsOff = {
  [Tag in Own as Same<
    Plain.CatalogErrorDetails[Tag],
    Answered<Omit<Core.RefusalOf<Tag>, "_tag">>
  > extends true
    ? never
    : Tag]: true
}
inStep<Same<keyof RefusalsOff, never>>()
inStep<Same<keyof Plain.CatalogErrorDetails, Own>>()
inStep<
  Same<
    Plain.HoldfastErrorDetails["IdTaken"]["kind"],
    Core.RefusalOf<"IdTaken">["kind"] | Inventory.RefusalOf<"IdTaken">["kind"]
  >
>()

it("has a method for every command", () => {
  expect(Object.keys(methodTags).length).toBeGreaterThan(17)
})
