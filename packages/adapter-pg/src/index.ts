/** The Promise door of Holdfast on PostgreSQL: no type of Effect is reachable from here. */
export {}
