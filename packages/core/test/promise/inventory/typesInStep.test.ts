/**
 * Holds the plain types of the Promise door to those of the engine. The assertions are types: the
 * compiler reads them with the rest of the tests, and a difference does not compile.
 */
import { expect, it } from "@effect/vitest"
import type { RequestOptions } from "../../../src/engine/RequestOptions.ts"
import type * as Plain from "../../../src/index.ts"
import type * as Core from "../../../src/inventory.ts"
import { methodTags } from "../../../src/inventory.ts"
import { type Answered, type Asked, inStep, type Same } from "../inStep.ts"
import { openMugs } from "./openMemory.ts"

type Commands = Plain.InventoryCommands
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
inStep<Same<Exclude<keyof Commands, "expireLapsed">, Method>>()
inStep<Same<Omit<Plain.RequestOptions, "signal">, Asked<RequestOptions>>>()
inStep<Same<Plain.AvailabilityInput, Asked<Core.AvailabilityQuery>>>()

inStep<Same<Plain.OrderCustomer, Answered<Core.OrderCustomer>>>()
inStep<Same<Plain.CustomerErased, Answered<Core.CustomerErased>>>()
inStep<Same<Plain.Sku, Answered<Core.Sku.Sku>>>()
inStep<Same<Plain.Location, Answered<Core.Location.Location>>>()
inStep<Same<Plain.Reservation, Answered<Core.Reservation.Reservation>>>()
inStep<Same<Plain.StockMovement, Answered<Core.StockMovement.StockMovement>>>()
inStep<Same<Plain.StockStatus, Answered<Core.StockStatus>>>()
inStep<Same<Plain.LevelStatus, Answered<Core.LevelStatus>>>()
inStep<Same<Plain.StockView, Answered<Core.StockView>>>()
inStep<Same<Plain.StockAsOf, Answered<Core.StockAsOfView>>>()
inStep<Same<Plain.Availability, Answered<Core.Availability>>>()
inStep<Same<Plain.Reconciliation, Answered<Core.Reconciliation>>>()
inStep<Same<Plain.ReconciledLevel, Answered<Core.ReconciledLevel>>>()
inStep<Same<Plain.LoggedEvent, Answered<Core.LoggedEvent>>>()
inStep<Same<Plain.InventoryEventType, Core.InventoryEventType>>()

/** Each event by its type: a union would hide a payload behind another. */
type EventsOff = {
  [Type in Core.InventoryEventType as Same<
    Plain.InventoryEventOf<Type>,
    Answered<Core.InventoryEventOf<Type>>
  > extends true
    ? never
    : Type]: true
}
inStep<Same<keyof EventsOff, never>>()

/** Each refusal by its tag, and each reason of a store. */
type RefusalsOff = {
  [Tag in Core.RefusalTag as Same<
    Plain.HoldfastErrorDetails[Tag],
    Answered<Omit<Core.RefusalOf<Tag>, "_tag">>
  > extends true
    ? never
    : Tag]: true
}
// The ids of the catalog are taken too: see the same test of the catalog.
inStep<Same<keyof RefusalsOff, "IdTaken">>()
type AroundTheStore = "StartFailed" | "CloseTimedOut" | "Interrupted" | "Defect"
inStep<
  Same<
    Exclude<Plain.HoldfastErrorCode, AroundTheStore | keyof Plain.CatalogErrorDetails>,
    Core.RefusalTag | Core.StoreErrorReason
  >
>()

it("has a method for every command, each of them a function", async () => {
  await using inventory = await openMugs()
  const methods = inventory as unknown as Readonly<Record<string, unknown>>
  for (const name of Object.keys(methodTags)) expect(methods[name], name).toBeTypeOf("function")
})
