/** Reads a principal of untrusted parts, and says whose idempotency keys it uses. */
import type * as Result from "effect/Result"
import * as InvalidInput from "../kernel/InvalidInput.ts"
import { Principal } from "./Principal.ts"

const read = InvalidInput.reader(Principal)

/** A principal, or every bad field of it. */
export const readPrincipal = (
  input: unknown
): Result.Result<Principal, InvalidInput.InvalidInput> => read(input)
