/** Random values for stories: of a few, as often as their weights, and records of such values. */
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"

/** A source of random values. */
export type Random<A> = Arbitrary.Arbitrary<A>

/** A whole number below `count`, uniformly, unlike the numbers of a schema. */
export const below = (count: number): Random<number> =>
  Arbitrary.schema(Schema.Literals(Array.from({ length: count }, (_, n) => n)), {
    shrink: (n) => (n > 0 ? [0, Math.floor(n / 2)] : [])
  })

/** One of these values, as often as its weight; a failure shrinks towards the first. */
export const oneOf = <A>(
  ...weighted: ReadonlyArray<readonly [weight: number, value: A]>
): Random<A> => {
  const drawn = weighted.flatMap(([weight, value]) => Array.from({ length: weight }, () => value))
  return Arbitrary.map(below(drawn.length), (index) => drawn[index] as A)
}

/** A value of one of these kinds, as often as its weight. */
export const either = <A>(...weighted: ReadonlyArray<readonly [number, Random<A>]>): Random<A> =>
  Arbitrary.flatMap(oneOf(...weighted), (chosen) => chosen)

/** A value, `often` times out of ten, else undefined. */
export const maybe = <A>(often: number, value: Random<A>): Random<A | undefined> =>
  Arbitrary.flatMap(below(10), (n) =>
    n >= 10 - often ? value : Arbitrary.Constant<A | undefined>(undefined)
  )

type Present<A> = { readonly [K in keyof A as undefined extends A[K] ? never : K]: A[K] } & {
  readonly [K in keyof A as undefined extends A[K] ? K : never]?: Exclude<A[K], undefined>
}

/** A record of random fields, without those that are undefined. */
export const record = <Fields extends Record<string, Random<unknown>>>(
  fields: Fields
): Random<Present<{ [K in keyof Fields]: Fields[K] extends Random<infer A> ? A : never }>> =>
  Arbitrary.map(
    Arbitrary.all(fields),
    (values) =>
      Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
  )

/** Always the same value. */
export const constant = <const A>(value: A): Random<A> => Arbitrary.Constant(value)
/** True, so often of ten times. */
export const boolean = (often: number): Random<boolean> => oneOf([10 - often, false], [often, true])
