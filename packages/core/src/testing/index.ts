/** What an adapter is held to: the contract suites and the reference model. */
export {}
