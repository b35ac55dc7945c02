/** What a refusal that every context has says to a person. */
import type { InvalidInput } from "./InvalidInput.ts"

/** Items in a sentence: five of them, and how many more. */
export const listed = (items: ReadonlyArray<string>, between = ", "): string =>
  items.length <= 5
    ? items.join(between)
    : `${items.slice(0, 5).join(between)} and ${items.length - 5} more`

/** The sentence of each refusal that every context has, from its fields. */
export const sharedSentences = {
  InvalidInput: ({ issues }: Pick<InvalidInput, "issues">): string =>
    `the input cannot be read: ${listed(
      issues.map(({ message, path }) => (path === "" ? message : `${path}: ${message}`)),
      "; "
    )}`,
  IdempotencyMismatch: ({ key }: { readonly key: string }): string =>
    `the idempotency key "${key}" was used with another request; use a new key for a new request`
}
