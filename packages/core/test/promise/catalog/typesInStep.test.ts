/**
 * Holds the plain types of the catalog's Promise door to those of the engine. The assertions are
 * types: the compiler reads them with the rest of the tests, and a difference does not compile.
 */
import { expect, it } from "@effect/vitest"
import type * as Brand from "effect/Brand"
import type * as DateTime from "effect/DateTime"
import type * as Core from "../../../src/catalog.ts"
import { methodTags } from "../../../src/catalog.ts"
import type * as Plain from "../../../src/index.ts"
import type * as Inventory from "../../../src/inventory.ts"

/** Instants of answers as `Date`, and ids as plain texts. */
type Answered<A> = A extends DateTime.Utc
  ? Date
  : A extends string & Brand.Brand<infer _Key>
    ? string
    : A extends ReadonlyArray<infer Item>
      ? ReadonlyArray<Answered<Item>>
      : A extends object
        ? { readonly [Field in keyof A]: Answered<A[Field]> }
        : A

/** Ids are plain texts, fields that may be left out may be undefined, and an instant may be a `Date`. */
type Asked<A> = A extends string & Brand.Brand<infer _Key>
  ? string
  : A extends ReadonlyArray<infer Item>
    ? ReadonlyArray<Asked<Item>>
    : A extends object
      ? string extends keyof A
        ? { readonly [Field in string]: Asked<A[Field & keyof A]> }
        : {
            readonly [Field in keyof A]: Field extends "publishAt" | "unpublishAt"
              ? A[Field] | Date | undefined
              : Record<never, never> extends Pick<A, Field>
                ? Asked<A[Field]> | undefined
                : Asked<A[Field]>
          }
      : A

/** True when each is assignable to the other, field by field. */
type Same<A, B> = [A, Required<A>] extends [B, Required<B>]
  ? [B, Required<B>] extends [A, Required<A>]
    ? true
    : { readonly missingOrOther: B }
  : { readonly missingOrOther: A }

const inStep = <_Same extends true>() => undefined

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
inStep<Same<Omit<Plain.ProductsOptions, "signal" | "cursor">, Asked<Omit<ListOf, "cursor">>>>()
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
