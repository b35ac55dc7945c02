/**
 * The contract of the engine over one context: the generic part of the suite, for the author of
 * another context or of a store for one.
 */
import { it as vitest } from "@effect/vitest"
import type * as Duration from "effect/Duration"
import type * as Layer from "effect/Layer"
import { engineTests } from "./engineTests.ts"
import type { Subject } from "./Subject.ts"

/** Declares the suite over a subject, which is opened once and shared by the tests. */
export const engineContract = <E>(
  name: string,
  layer: Layer.Layer<Subject, E>,
  options: { readonly openingTimeout?: Duration.Input | undefined } = {}
): void => {
  const opening = { timeout: options.openingTimeout ?? "60 seconds", excludeTestServices: true }
  vitest.layer(layer, opening)(`${name} keeps the contract of the engine`, engineTests)
}
