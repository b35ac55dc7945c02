/** Holdfast on PostgreSQL, as layers. */
export {}
