// Whatever moves, the tree stays a tree.
import { expect, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import { type Category, depthMax } from "../../../src/catalog/state/Category.ts"
import { ancestorsOf, branchesOf, heightOf } from "../../../src/catalog/state/CategoryTree.ts"
import { givenCatalog } from "../../../src/testing/catalog/givenCatalog.ts"
import type { ReplayedCatalog } from "../../../src/testing/catalog/ReplayedCatalog.ts"
import { below, either, oneOf, type Random } from "../../../src/testing/random.ts"
import { category, move, removeCategory } from "./words.ts"

const size = 24

/** A category by its number, the top, or the deepest category that there is. */
type Under = number | "top" | "deepest"

interface Step {
  readonly does: "move" | "delete" | "make"
  readonly n: number
  readonly under: Under
}

const step: Random<Step> = Arbitrary.map(
  Arbitrary.all([
    oneOf([8, "move" as const], [1, "delete" as const], [1, "make" as const]),
    below(size),
    either<Under>(
      [6, below(size)],
      [1, Arbitrary.Constant<Under>("top")],
      [5, Arbitrary.Constant<Under>("deepest")]
    )
  ]),
  ([does, n, under]) => ({ does, n, under })
)

const deepestOf = (all: ReadonlyArray<Category>): Category | undefined =>
  all.reduce<Category | undefined>(
    (deepest, it) => (deepest === undefined || it.level > deepest.level ? it : deepest),
    undefined
  )

/** What is wrong with a tree. */
const wrongWith = (rows: ReplayedCatalog): ReadonlyArray<string> => {
  const all = [...rows.categories.values()]
  const places = new Set(all.map(({ name, parentId }) => `${parentId} ${name}`))
  const counted = (branches: ReturnType<typeof branchesOf>): number =>
    branches.reduce((sum, branch) => sum + 1 + counted(branch.children), 0)
  return [
    ...(places.size === all.length ? [] : ["siblings share a name"]),
    ...(counted(branchesOf(all)) === all.length ? [] : ["the branches are not the tree"]),
    ...all.flatMap((it) => {
      const way = ancestorsOf(rows, it)
      return [
        ...(way.length === it.level ? [] : [`${it.id} has level ${it.level}, not ${way.length}`]),
        ...((way.at(-1) ?? it).parentId === null ? [] : [`${it.id} has no root`]),
        ...(it.level + heightOf(rows, it) <= depthMax ? [] : [`too deep at ${it.id}`])
      ]
    })
  ]
}

it.effect(
  "has no cycle, right levels, at most 20 of them, and siblings with names of their own",
  () =>
    Effect.gen(function* () {
      const met = {
        events: 0,
        CategoryCycle: 0,
        CategoryTooDeep: 0,
        CategoryNotEmpty: 0,
        deepest: 0
      }
      const tell = (steps: ReadonlyArray<Step>): void => {
        const chains = Array.from({ length: size }, (_, n) =>
          category(n, n % 12 === 0 ? null : n - 1)
        )
        const catalog = givenCatalog().and(...chains)
        const { rows } = catalog
        let made = size
        for (const { does, n, under } of steps) {
          const deepest = deepestOf([...rows.categories.values()])
          const parentId = (
            under === "deepest" ? deepest?.id : category(under === "top" ? 0 : under).categoryId
          ) as Category["id"]
          const parent = { parentId: under === "top" ? null : parentId }
          const outcome = catalog.when(
            does === "move"
              ? { ...move(n, null), ...parent }
              : does === "make"
                ? { ...category(made++), ...parent }
                : removeCategory(n)
          )
          if (outcome._tag === "Accepted") met.events += outcome.events.length
          else if (outcome.refusal._tag in met) met[outcome.refusal._tag as "CategoryCycle"] += 1
          const wrong = wrongWith(rows)
          if (wrong.length > 0) throw new Error(wrong.join("; "))
          met.deepest = Math.max(met.deepest, deepest?.level ?? 0)
        }
      }
      const result = yield* Arbitrary.checkEffect(
        Arbitrary.array(step, { minLength: 60, maxLength: 60 }),
        (steps) => Effect.try({ try: () => tell(steps) === undefined, catch: String }),
        { runs: 60, seed: "tree", size: 60 }
      )
      expect(result._tag === "Passed" ? "" : Arbitrary.formatCheckFailure(result)).toBe("")
      const { deepest, ...often } = met
      expect(deepest).toBe(depthMax - 1)
      expect(Math.min(...Object.values(often))).toBeGreaterThan(50)
    })
)
