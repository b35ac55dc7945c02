/** What tests of the Promise door open: folders and databases of their own, and what they refuse. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "@effect/vitest"
import { type AnyHoldfastError, isHoldfastError } from "@holdfast/core"
import { freshDatabase } from "@holdfast/test-servers"

/** What a call rejects with, as an error of Holdfast. */
export const refusal = async (call: Promise<unknown>): Promise<AnyHoldfastError> => {
  const error = await call.then(
    () => expect.unreachable("the call was answered"),
    (caught: unknown) => caught
  )
  if (!isHoldfastError(error)) throw error
  return error
}

/** The bad fields that a call names, each with what is wrong with it. */
export const issuesOf = async (call: Promise<unknown>): Promise<ReadonlyArray<string>> => {
  const error = await refusal(call)
  if (!isHoldfastError(error, "InvalidInput")) throw error
  return error.details.issues.map(({ message, path }) => `${path}: ${message}`)
}

/** Three mugs. */
export const mug = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 }

/** An order of mugs. */
export const order = (orderId: string, quantity: number, ttl = 900) => ({
  orderId,
  ttl,
  lines: [{ skuId: "mug", quantity }]
})

/** A folder of its own, gone with the test. */
export const ownFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-test-"))
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}

/** A database of its own, gone with the test. */
export const ownDatabase = async () => {
  const { drop, url } = await freshDatabase()
  return { url, [Symbol.asyncDispose]: drop }
}
