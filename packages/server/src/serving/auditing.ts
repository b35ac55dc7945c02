/** The key ring of a process, and the sealing of its logs while it serves. */
import { appendFile } from "node:fs/promises"
import { layerKeyUsage } from "@holdfast/adapter-pg/effect"
import { layerSealer, type Seal, sealJson } from "@holdfast/core/audit"
import { KeyRing, type RingKeys } from "@holdfast/core/secrets"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { AuditInput } from "../cli/auditSettings.ts"
import { ownerHere } from "./relaying.ts"
import { ServedContexts } from "./ServedContexts.ts"

/** The key ring, whose encryptions are counted in a schema; nothing without keys. */
export const layerKeyRing = (keys: RingKeys | undefined, schema: string) =>
  keys === undefined ? Layer.empty : Layer.provide(KeyRing.layer(keys), layerKeyUsage({ schema }))

/** How long a receiver of seals may take. */
const publishMillisMax = 10_000

const posted = async (url: URL, body: string): Promise<void> => {
  const answer = await fetch(url, {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
    signal: AbortSignal.timeout(publishMillisMax)
  })
  await answer.body?.cancel()
  if (!answer.ok) throw new Error(`the receiver of seals answered with ${answer.status}`)
}

/** Takes a seal to the places that the settings name. */
const publisherOf = ({ sealsFile, sealsUrl }: AuditInput) => {
  if (sealsFile === undefined && sealsUrl === undefined) return undefined
  return (seal: Seal, context: string) => {
    const line = `${JSON.stringify({ context, ...JSON.parse(sealJson(seal)) })}\n`
    return Effect.all(
      [
        sealsFile === undefined
          ? Effect.void
          : Effect.tryPromise(() => appendFile(sealsFile, line, { flush: true })),
        sealsUrl === undefined ? Effect.void : Effect.tryPromise(() => posted(sealsUrl, line))
      ],
      { discard: true }
    )
  }
}

/** Seals the logs of every context for the lifetime of the layer. */
export const layerSealing = (input: AuditInput): Layer.Layer<never, never, ServedContexts> =>
  Layer.unwrap(
    Effect.map(ServedContexts, (contexts) =>
      layerSealer(
        contexts.map(({ log }) => log),
        {
          intervalMillis: input.sealInterval,
          owner: ownerHere(),
          publish: publisherOf(input)
        }
      )
    )
  )
