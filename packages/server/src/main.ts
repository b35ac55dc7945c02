/** The `holdfast` command. */
export {}
