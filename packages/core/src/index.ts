/** The Promise door of Holdfast: no type of Effect is reachable from here. */
export {}
