/**
 * PORT. The keys of services. A store keeps the SHA-256 of a secret and never the secret, so that who
 * reads the table cannot ask as a service.
 */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import type { ManagementRecord } from "../kernel/ManagementRecord.ts"
import type { StoreError } from "../kernel/StoreError.ts"
import type { Scope } from "./Principal.ts"

/** The key of a service: what it is called, and what the service may do. */
export interface ApiKey {
  /** A UUID. */
  readonly keyId: string
  /** For people, 1 to 100 code points; two keys may have one name. */
  readonly name: string
  readonly scopes: ReadonlyArray<Scope>
  readonly createdAt: DateTime.Utc
  /** The instant from which it is no longer taken; null when there is none. */
  readonly expiresAt: DateTime.Utc | null
  readonly revokedAt: DateTime.Utc | null
  /** When it was last used, give or take a minute; null when it never was. */
  readonly lastUsedAt: DateTime.Utc | null
}

/** A key that is to be made. */
export interface NewApiKey {
  readonly keyId: string
  readonly name: string
  /** SHA-256 of the secret, 64 hexadecimal digits in lower case. */
  readonly hash: string
  readonly scopes: ReadonlyArray<Scope>
  readonly expiresAt: DateTime.Utc | null
}

/** PORT. Keeps the keys of services. */
export class ApiKeys extends Context.Service<
  ApiKeys,
  {
    /** Makes a key. A record that comes with a change is written in the same transaction. */
    readonly create: (
      key: NewApiKey,
      record?: ManagementRecord
    ) => Effect.Effect<ApiKey, StoreError>
    /** All keys, the newest first; at most 10,000. */
    readonly list: Effect.Effect<ReadonlyArray<ApiKey>, StoreError>
    /** The key with a hash, whether it is still taken or not; undefined when there is none. */
    readonly find: (hash: string) => Effect.Effect<ApiKey | undefined, StoreError>
    /** Revokes a key; undefined when there is none. A repeat keeps the instant of the first. */
    readonly revoke: (
      keyId: string,
      record?: ManagementRecord
    ) => Effect.Effect<ApiKey | undefined, StoreError>
    /** Notes when keys were last used, those of many requests at once. */
    readonly noteUses: (
      uses: ReadonlyArray<{ readonly keyId: string; readonly at: DateTime.Utc }>
    ) => Effect.Effect<void, StoreError>
  }
>()("@holdfast/core/access/ApiKeys") {}
