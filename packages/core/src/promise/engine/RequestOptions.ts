/** What a caller may say beside the input of a method. */

/**
 * Who asks, for `as`. `id`: 1–255 printable code points, unique among its kind. A person (USER) has
 * roles: ADMIN does everything, MANAGER works on the catalog, stock and reservations, USER reads what
 * is on sale and holds stock for orders of their own. A MANAGER with `locationIds` changes stock at
 * these locations alone. A SERVICE has scopes, such as `stock:write`.
 */
export interface Principal {
  readonly id: string
  readonly kind: "USER" | "SERVICE" | "ANONYMOUS"
  readonly roles: ReadonlyArray<"ADMIN" | "MANAGER" | "USER">
  readonly locationIds?: ReadonlyArray<string>
  readonly scopes?: ReadonlyArray<Scope>
}

/** What a service may do: an area, and whether it is read or written. */
export type Scope =
  | "catalog:read"
  | "catalog:write"
  | "stock:read"
  | "stock:write"
  | "reservations:read"
  | "reservations:write"
  | "events:read"
  | "events:write"
  | "webhooks:write"
  | "audit:read"
  | "customers:read"
  | "customers:write"

/** The options of any request. */
export interface ReadOptions {
  /** Rejects the call with the signal's own reason as soon as it aborts. */
  readonly signal?: AbortSignal | undefined
}

/** The options of a request that writes. */
export interface RequestOptions extends ReadOptions {
  /**
   * A key of your choice, 1–255 characters, by which a repeat of this request gets the first answer
   * instead of a second effect. Kept for 24 hours, and only for what took effect. The key with
   * another request is `IdempotencyMismatch`.
   */
  readonly idempotencyKey?: string | undefined
  /**
   * Whose key it is; keys of different callers never meet. The empty text by default. Under a
   * principal the keys are its own, and another caller is refused.
   */
  readonly caller?: string | undefined
  /** Carried into the events that the request causes. */
  readonly correlationId?: string | undefined
  /** A W3C `traceparent`, carried into the events that the request causes. */
  readonly traceparent?: string | undefined
  /**
   * Who acts. It is written into movements that name no actor, and nowhere else. Under a principal it
   * is the principal, and another actor is refused, also in the input.
   */
  readonly actor?: string | undefined
}
