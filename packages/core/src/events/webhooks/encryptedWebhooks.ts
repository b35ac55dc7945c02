/**
 * Webhooks whose secrets are kept encrypted. A secret that was kept before in clear is read as it is, and
 * encrypted when its webhook is written again. One that cannot be read stays as it is kept: everything else
 * about its webhook goes on, and only sending fails.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { StoreError } from "../../kernel/StoreError.ts"
import { isEncrypted, type KeyRingService } from "../../secrets/KeyRing.ts"
import type { Webhook } from "./Webhook.ts"
import type { Webhooks } from "./Webhooks.ts"

/** The columns that hold secrets. */
export const webhookSecretColumns = {
  secret: "webhooks.secret",
  previous: "webhooks.previous_secret"
} as const

type Column = keyof typeof webhookSecretColumns

/** Webhooks over those that keep what they are given. */
export const encryptedWebhooks = (kept: Webhooks, keyRing: KeyRingService): Webhooks => {
  const placeOf = (column: Column, row: string) => ({ column: webhookSecretColumns[column], row })
  const encrypted = (column: Column, row: string, secret: Redacted.Redacted) => {
    const plain = Redacted.value(secret)
    if (isEncrypted(plain)) return Effect.succeed(secret)
    return keyRing.encrypt(plain, placeOf(column, row)).pipe(
      Effect.map(Redacted.make),
      Effect.catchTag("KeyExhausted", ({ message }) =>
        Effect.fail(new StoreError({ reason: "Unavailable", message }))
      )
    )
  }
  const decrypted = (column: Column, row: string, secret: Redacted.Redacted) => {
    const value = Redacted.value(secret)
    if (!isEncrypted(value)) return Effect.succeed(secret)
    return keyRing.decrypt(value, placeOf(column, row)).pipe(
      Effect.map(Redacted.make),
      // Who sends says what is wrong, with the webhook that it is wrong with.
      Effect.orElseSucceed(() => secret)
    )
  }
  const through = <E>(
    change: (
      column: Column,
      row: string,
      secret: Redacted.Redacted
    ) => Effect.Effect<Redacted.Redacted, E>
  ) =>
    Effect.fnUntraced(function* (webhook: Webhook) {
      const { previous, webhookId } = webhook
      const secret = yield* change("secret", webhookId, webhook.secret)
      if (previous === null) return { ...webhook, secret }
      const before = yield* change("previous", webhookId, previous.secret)
      return { ...webhook, secret, previous: { ...previous, secret: before } }
    })
  const write = through(encrypted)
  const read = through(decrypted)
  return {
    ...kept,
    create: (webhook, record) =>
      Effect.flatMap(write(webhook), (one) => Effect.flatMap(kept.create(one, record), read)),
    update: (webhook, ...about) =>
      Effect.flatMap(write(webhook), (one) => kept.update(one, ...about)),
    get: (webhookId) =>
      Effect.flatMap(kept.get(webhookId), (webhook) =>
        webhook === null ? Effect.succeed(null) : read(webhook)
      ),
    list: Effect.flatMap(kept.list, (all) => Effect.forEach(all, read))
  }
}
