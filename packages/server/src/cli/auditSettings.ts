/** Who did what, how it is sealed, and the keys that encrypt what is sensitive: the settings. */
import type { AuditPolicy } from "@holdfast/core/audit"
import { type RingKeys, readKeyRing } from "@holdfast/core/secrets"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { type CommandFailure, failure, usageFailure } from "./CommandFailure.ts"
import { textIn } from "./fileTexts.ts"
import { anyText, durationMillis, oneOf, setting } from "./settings.ts"

/** Where the key ring is; its text itself is taken from `HOLDFAST_KEYRING` alone. */
export const keyRingFlags = {
  keyringFile: setting(
    "keyring-file",
    {
      metavar: "<file>",
      description:
        "Keys that encrypt what is sensitive, as JSON; the variable HOLDFAST_KEYRING may hold that JSON itself",
      read: anyText
    },
    undefined
  )
}

/** The settings of a server's audit log. */
export const auditFlags = {
  ...keyRingFlags,
  audit: setting<"all" | "principals" | "none", "all">(
    "audit",
    {
      metavar: "<all|principals|none>",
      description: "Which changes get a record in the audit log (default: all)",
      read: oneOf("all", "principals", "none")
    },
    "all"
  ),
  sealInterval: setting(
    "seal-interval",
    {
      metavar: "<time>",
      description: "Pause between two looks for what is to be sealed (default: 5s)",
      read: durationMillis("100ms", "1h")
    },
    5_000
  ),
  sealsFile: setting(
    "seals-file",
    {
      metavar: "<file>",
      description: "Also append each seal to this file, a line each",
      read: anyText
    },
    undefined
  ),
  sealsUrl: setting(
    "seals-url",
    {
      metavar: "<url>",
      description: "Also post each seal to this address",
      read: (text) => {
        const url = URL.parse(text)
        return url !== null && ["http:", "https:"].includes(url.protocol)
          ? { value: url }
          : { mustBe: "an address that begins with http:// or https://" }
      }
    },
    undefined
  )
}

/** The settings as read. */
export interface AuditInput {
  readonly audit: "all" | "principals" | "none"
  readonly sealInterval: number
  readonly sealsFile: string | undefined
  readonly sealsUrl: URL | undefined
}

/** The policy that a setting names. */
export const auditPolicyOf = ({ audit }: Pick<AuditInput, "audit">): AuditPolicy =>
  audit.toUpperCase() as AuditPolicy

const textOfFile = (path: string) =>
  Effect.mapError(textIn(path), (why) =>
    failure(
      "KeyRingUnreadable",
      `--keyring-file ${path}: ${why}; give a file with a key ring, or leave it out`
    )
  )

/** The keys of a process; undefined when it has none. What is wrong is named, and no key is repeated. */
export const keysOf = ({
  keyringFile
}: {
  readonly keyringFile: string | undefined
}): Effect.Effect<RingKeys | undefined, CommandFailure> =>
  Effect.gen(function* () {
    const variable = Option.getOrUndefined(
      yield* Effect.orElseSucceed(Config.option(Config.Redacted("HOLDFAST_KEYRING")), () =>
        Option.none<Redacted.Redacted>()
      )
    )
    if (variable !== undefined && keyringFile !== undefined) {
      return yield* usageFailure("give one of --keyring-file and HOLDFAST_KEYRING, not both")
    }
    if (variable === undefined && keyringFile === undefined) return undefined
    const from = keyringFile === undefined ? "HOLDFAST_KEYRING" : `--keyring-file ${keyringFile}`
    const text =
      keyringFile === undefined
        ? Redacted.value(variable as Redacted.Redacted)
        : yield* textOfFile(keyringFile)
    const keys = readKeyRing(text)
    if (Result.isSuccess(keys)) return keys.success
    const issues = keys.failure.issues.map(({ message, path }) => `${path} ${message}`.trim())
    return yield* failure("KeyRingInvalid", `${from} is no key ring: ${issues.join("; ")}`)
  })
