/**
 * The record of a change that people make by hand, of a webhook, a cursor, a key or an import, on its way into the
 * audit log. Who keeps what is changed writes both in one transaction.
 */

/** Such a record. */
export interface ManagementRecord {
  readonly auditId: string
  /** What the audit log keeps of it: JSON whose bytes are sealed. */
  readonly text: string
  /** Where the request came from, encrypted; null when that is not kept. */
  readonly sender: {
    readonly salt: string
    readonly keyId: string
    readonly ciphertext: string
    readonly digest: string
  } | null
}
