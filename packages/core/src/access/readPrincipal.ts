/** Reads a principal of untrusted parts. */
import type * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as InvalidInput from "../kernel/InvalidInput.ts"
import { Principal } from "./Principal.ts"

const read = InvalidInput.reader(Principal)

/** A principal, or every bad field of it. */
export const readPrincipal = (
  input: unknown
): Result.Result<Principal, InvalidInput.InvalidInput> => read(input)

/** Whether something is a principal, whatever else it has. */
export const isPrincipal: (value: unknown) => value is Principal = Schema.is(Principal)
