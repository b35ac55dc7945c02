/** The TLS settings as Node's `tls.connect` takes them. */
import type { ConnectionOptions } from "node:tls"
import * as Redacted from "effect/Redacted"
import type { KafkaTls } from "../options/KafkaOptions.ts"

/** Undefined when the connection is to be plain. */
export const tlsOptions = (tls: boolean | KafkaTls | undefined): ConnectionOptions | undefined => {
  if (tls === undefined || tls === false) return undefined
  if (tls === true) return {}
  const { ca, cert, key, passphrase, rejectUnauthorized } = tls
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key: Redacted.value(key) }),
    ...(passphrase === undefined ? {} : { passphrase: Redacted.value(passphrase) }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized })
  }
}
