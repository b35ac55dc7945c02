/** What `doctor` finds about the key ring: its names, and how much more its current key may encrypt. */
import { layerKeyUsage, type PgSessions } from "@holdfast/adapter-pg/effect"
import { encryptionsMax, KeyUsage, nearBound, renewKey } from "@holdfast/core/secrets"
import * as Effect from "effect/Effect"
import { keysOf } from "../../cli/auditSettings.ts"
import type { Check } from "./diagnosisChecks.ts"

const name = "key ring"

/** How often a key has encrypted for a context; 0 where its tables are not there, which others say. */
const encryptionsOf = (schema: string, current: string) =>
  Effect.flatMap(KeyUsage, (usage) => usage.counts).pipe(
    Effect.map((all) => all.find(({ keyId }) => keyId === current)?.encryptions ?? 0),
    Effect.provide(layerKeyUsage({ schema })),
    Effect.orElseSucceed(() => 0)
  )

const checkOf = (context: string, current: string, encryptions: number): ReadonlyArray<Check> => {
  const percent = nearBound(encryptions)
  if (percent === undefined) return []
  const found = `${current} may have encrypted ${encryptions} of ${encryptionsMax} values of the ${context} (${percent} %)`
  return [{ name, status: percent === 100 ? "fail" : "warn", found, next: renewKey }]
}

/** What is known of the key ring, where there is one; its keys are not shown. */
export const keyRingChecks = (
  input: Parameters<typeof keysOf>[0],
  contexts: ReadonlyArray<{ readonly context: string; readonly schema: string }>
): Effect.Effect<ReadonlyArray<Check>, never, PgSessions> =>
  Effect.matchEffect(keysOf(input), {
    onFailure: ({ message }) =>
      Effect.succeed<ReadonlyArray<Check>>([{ name, status: "fail", found: message, next: "" }]),
    onSuccess: (ring) =>
      ring === undefined
        ? Effect.succeed<ReadonlyArray<Check>>([])
        : Effect.map(
            Effect.forEach(contexts, ({ context, schema }) =>
              Effect.map(encryptionsOf(schema, ring.current), (encryptions) =>
                checkOf(context, ring.current, encryptions)
              )
            ),
            (near): ReadonlyArray<Check> => [
              {
                ...{ name, status: "ok", next: "" },
                found: `${ring.current} encrypts; the ring has ${[...ring.keys.keys()].join(", ")}`
              },
              ...near.flat()
            ]
          )
  })
