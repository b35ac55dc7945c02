/**
 * No migration keeps a shop waiting, and none takes away what a server of the release before still
 * reads, unless it says so. Those of before the first release ran on empty tables alone.
 */
import { expect, it, vi } from "@effect/vitest"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import { accessMigrations } from "../../src/access/accessTables.ts"
import { catalogTables } from "../../src/catalog/catalogTables.ts"
import { layerPostgres } from "../../src/effect.ts"
import { inventoryTables } from "../../src/inventory/inventoryTables.ts"
import type { Migration } from "../../src/schema/ContextTables.ts"
import { migrateSteps } from "../../src/schema/migrate.ts"
import { connectedTo } from "../engines.ts"
import { faultsOf } from "./migrationFaults.ts"
import { first } from "./worldOfUpdates.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

/** The contexts, and the first migration of each that is held to the rule. */
const contexts = [
  ["inventory", inventoryTables.migrations, 22],
  ["catalog", catalogTables.migrations, 11],
  ["access", accessMigrations, 4]
] as const

const step = (worksFrom: number | undefined, ...statements: ReadonlyArray<string>): Migration => ({
  id: 2,
  name: "step",
  statements: () => statements,
  ...(worksFrom === undefined ? {} : { worksFrom })
})

const things = "shop.things"

describePostgres(18, "what a migration does to tables that may be big", () => {
  for (const [schema, migrations, ruledFrom] of contexts) {
    it.live(`no migration of ${schema} keeps a shop waiting, or breaks the release before`, () =>
      Effect.gen(function* () {
        const url = yield* scopedDatabase()
        const before = migrations.filter(({ id }) => id < ruledFrom)
        const ruled = migrations.filter(({ id }) => id >= ruledFrom)
        yield* Effect.provide(migrateSteps(before, schema), layerPostgres({ url }))
        const sql = yield* connectedTo(url)
        const faults = yield* Effect.forEach(ruled, (migration) =>
          Effect.map(faultsOf(sql, schema, migration), (found) => ({ id: migration.id, ...found }))
        )
        expect(faults.filter(({ lock, shape }) => lock.length + shape.length > 0)).toEqual([])
        for (const { id, worksFrom = id } of ruled) expect(worksFrom).toBeLessThanOrEqual(id)
      })
    )
  }

  it.live.each<readonly [string, Migration, ReadonlyArray<string>, ReadonlyArray<string>]>([
    ["a column that may be empty", step(1, `alter table ${things} add column colour text`), [], []],
    [
      "a column with a value for all",
      step(1, `alter table ${things} add column colour text not null default 'red'`),
      [],
      []
    ],
    [
      "a table of its own, with indexes and rows",
      step(
        1,
        "create table shop.other (id int primary key, of int check (of > 0))",
        "create index other_of on shop.other (of)",
        "insert into shop.other values (1, 1)"
      ),
      [],
      []
    ],
    ["a change of a small table", step(1, "update shop.event_log set horizon = 0"), [], []],
    [
      "a check that holds for new rows alone",
      step(1, `alter table ${things} add constraint sizes check (size > 0) not valid`),
      [],
      []
    ],
    [
      "an index",
      step(1, `create index things_size on ${things} (size)`),
      ["builds things_size on things: put it into indexes of ContextTables"],
      []
    ],
    [
      "a unique constraint",
      step(1, `alter table ${things} add unique (label)`),
      ["builds things_label_key on things: put it into indexes of ContextTables"],
      []
    ],
    [
      "a check of all rows",
      step(1, `alter table ${things} add constraint sizes check (size > 0)`),
      ['checks all rows of things for sizes: add it "not valid"'],
      []
    ],
    [
      "a column that becomes needed",
      step(
        1,
        `alter table ${things} add column colour text`,
        `alter table ${things} alter colour set not null`
      ),
      [],
      []
    ],
    [
      "a column of others that becomes needed",
      step(1, "alter table shop.events alter traceparent set not null"),
      [
        "checks all rows of events for traceparent not null",
        "checks all rows of events_default for traceparent not null"
      ],
      []
    ],
    [
      "a value for each row that is drawn",
      step(1, `alter table ${things} add column colour uuid default gen_random_uuid()`),
      ["rewrites things"],
      []
    ],
    [
      "rows that are filled in",
      step(1, `update ${things} set size = 1`),
      ["writes rows of things: leave that to a background step"],
      []
    ],
    [
      "another type",
      step(1, `alter table ${things} alter size type text`),
      ["rewrites things"],
      ["takes things.size away from servers that know less than it"]
    ],
    [
      "a column that goes",
      step(1, `alter table ${things} drop column label`),
      [],
      ["takes things.label away from servers that know less than it"]
    ],
    [
      "a name that changes",
      step(1, `alter table ${things} rename column label to title`),
      [],
      ["takes things.label away from servers that know less than it"]
    ],
    ["a column that goes, and says so", step(2, `alter table ${things} drop column label`), [], []],
    [
      "a step that does not say who works beside it",
      step(undefined, `alter table ${things} add column colour text`),
      [],
      ["does not say from which migration on a server works beside it (worksFrom)"]
    ]
  ])("finds in a migration: %s", ([_, migration, lock, shape]) =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      yield* Effect.provide(migrateSteps([first], "shop"), layerPostgres({ url }))
      const sql = yield* connectedTo(url)
      expect(yield* faultsOf(sql, "shop", migration)).toEqual({ lock, shape })
    })
  )
})
