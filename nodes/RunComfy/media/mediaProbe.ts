import type { MediaFacts } from './mediaRules';

/** The outcome of probing a file. It is kept for a whole run, so it holds facts and no bytes. */
export type MediaProbe =
	/** It exists. */
	| { kind: 'inspected'; facts: MediaFacts }
	/**
	 * The model certainly can't use it; `reason` continues the input's title. `isBroken` when what was entered isn't a
	 * file at all: then the check can't be wrong, and only another value helps.
	 */
	| { kind: 'unusable'; reason: string; isBroken?: boolean }
	/** It couldn't be probed, though the model may be able to load it. `fault` when its host failed. */
	| { kind: 'unavailable'; reason: string; fault?: ProbeFault };

/** How a host failed. */
export type ProbeFault = 'timeout' | 'unreachable';
