import type { JsonSchema } from './jsonSchema';
import { compilePattern, type Pattern } from './pattern';
import { resolvePointer } from './simplifySchema';
import { UNSURE, type Verdict } from './verdict';

/** A path in a value, with the references that were followed at it. */
export class ValuePath {
	private referred?: Map<unknown, Verdict>;

	constructor(
		private readonly key: string | number = '',
		private readonly parent?: ValuePath,
	) {}

	child(key: string | number): ValuePath {
		return new ValuePath(key, this);
	}

	/** Names of properties, and indexes in lists from 0. */
	get segments(): string[] {
		return this.parent === undefined ? [] : [...this.parent.segments, String(this.key)];
	}

	/** By the schema that a reference leads to, because several may lead to the same one. */
	get verdicts(): Map<unknown, Verdict> {
		this.referred ??= new Map();
		return this.referred;
	}
}

/** How many schemas one check may apply to values: a few seconds of work, and more than any body needs. */
const MAX_STEPS = 5_000_000;

/** How deep schemas may be nested, including references: each level takes some of the stack. */
const MAX_DEPTH = 500;

/** The check of one value: the state that all its rules share. */
export class Validation {
	/** Names of the inputs whose pattern was not checked. */
	readonly unchecked = new Set<string>();
	private stepsLeft = MAX_STEPS;
	private depth = 0;
	private readonly patterns = new Map<string, Pattern | undefined>();
	private readonly targets = new Map<string, unknown>();

	constructor(
		readonly root: JsonSchema,
		/** Applies a schema to a value. */
		readonly apply: (schema: unknown, value: unknown, path: ValuePath, validation: Validation) => Verdict,
	) {}

	/** Applies a nested schema, unless the limits are reached. */
	oneDeeper(work: () => Verdict): Verdict {
		this.stepsLeft -= 1;
		if (this.stepsLeft < 0 || this.depth >= MAX_DEPTH) return UNSURE;
		this.depth += 1;
		const verdict = work();
		this.depth -= 1;
		return verdict;
	}

	targetOf(pointer: string): unknown {
		if (!this.targets.has(pointer)) this.targets.set(pointer, resolvePointer(pointer, this.root));
		return this.targets.get(pointer);
	}

	/** Whether a text matches; undefined when the pattern is invalid or could take too long. */
	matches(pattern: string, text: string, path: ValuePath): boolean | undefined {
		if (!this.patterns.has(pattern)) this.patterns.set(pattern, compilePattern(pattern));
		const compiled = this.patterns.get(pattern);
		if (compiled === undefined) return undefined;
		const isMatch = compiled(text);
		if (isMatch === undefined) this.unchecked.add(path.segments[0] ?? '');
		return isMatch;
	}
}
