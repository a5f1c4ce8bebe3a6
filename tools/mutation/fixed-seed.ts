import { configureGlobal } from 'fast-check';

/** The same draws for every mutant, or its fate would be one of chance; and no search for the smallest counterexample, which nobody reads. */
configureGlobal({ seed: 20_260_101, endOnFailure: true });
