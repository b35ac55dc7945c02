/** The secret of a service's key: 256 random bits after `hf_`, so that scanners of secrets know it. */
import { createHash, randomBytes } from "node:crypto"
import * as Redacted from "effect/Redacted"

/** What every secret begins with. */
export const secretPrefix = "hf_"

const form = /^hf_[\w-]{43}$/

/** A secret that nobody has guessed. */
export const newSecret = (): Redacted.Redacted =>
  Redacted.make(`${secretPrefix}${randomBytes(32).toString("base64url")}`)

/** Whether a text could be a secret. */
export const isSecretForm = (text: string): boolean => form.test(text)

/** What is stored of a secret. 256 random bits need no slow hash. */
export const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("hex")
