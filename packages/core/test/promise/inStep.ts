/** How the plain types of a Promise door follow from those of its engine; types alone. */
import type * as Brand from "effect/Brand"
import type * as DateTime from "effect/DateTime"

/** Instants of answers as `Date`, and ids as plain texts. */
export type Answered<A> = A extends DateTime.Utc
  ? Date
  : A extends string & Brand.Brand<infer _Key>
    ? string
    : A extends ReadonlyArray<infer Item>
      ? ReadonlyArray<Answered<Item>>
      : A extends object
        ? { readonly [Field in keyof A]: Answered<A[Field]> }
        : A

/** The fields of input that are instants. */
type InstantField = "occurredAt" | "publishAt" | "unpublishAt"

/** Ids are plain texts, fields that may be left out may be undefined, and an instant may be a `Date`. */
export type Asked<A> = A extends string & Brand.Brand<infer _Key>
  ? string
  : A extends ReadonlyArray<infer Item>
    ? ReadonlyArray<Asked<Item>>
    : A extends object
      ? string extends keyof A
        ? { readonly [Field in string]: Asked<A[Field & keyof A]> }
        : {
            readonly [Field in keyof A]: Field extends InstantField
              ? A[Field] | Date | undefined
              : Record<never, never> extends Pick<A, Field>
                ? Asked<A[Field]> | undefined
                : Asked<A[Field]>
          }
      : A

/** True when each is assignable to the other, field by field. */
export type Same<A, B> = [A, Required<A>] extends [B, Required<B>]
  ? [B, Required<B>] extends [A, Required<A>]
    ? true
    : { readonly missingOrOther: B }
  : { readonly missingOrOther: A }

/** Compiles when the types are the same. */
export const inStep = <_Same extends true>() => undefined
