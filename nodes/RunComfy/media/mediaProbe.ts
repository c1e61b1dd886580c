import type { MediaFacts } from './mediaRules';

/** What a look at a file showed. It is kept for a whole run, so it holds facts and never bytes. */
export type MediaProbe =
	/** It is there. */
	| { kind: 'inspected'; facts: MediaFacts }
	/**
	 * It is certain that the model cannot use it; goes on after the input's title.
	 * `isBroken` where what was entered is no file at all: then the check cannot be wrong, and nothing but another value helps.
	 */
	| { kind: 'unusable'; reason: string; isBroken?: boolean }
	/** It could not be looked at, which says nothing about the model's own luck. `fault` where that lay with its host. */
	| { kind: 'unavailable'; reason: string; fault?: ProbeFault };

/** How a host failed. */
export type ProbeFault = 'timeout' | 'unreachable';
