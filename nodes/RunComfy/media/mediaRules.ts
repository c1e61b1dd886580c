import { isJsonObject } from '../shared/json';
import { BYTES_PER_MB } from '../shared/units';

/** What is known about a file. Width and height are in pixels, as displayed. */
export interface MediaFacts {
	bytes?: number;
	/** By its first bytes, if they are of a known type. */
	mimeType?: string;
	width?: number;
	height?: number;
}

const METRICS = {
	file_size_mb: ({ bytes }: MediaFacts) => (bytes === undefined ? undefined : bytes / BYTES_PER_MB),
	width_pixels: ({ width }: MediaFacts) => width,
	height_pixels: ({ height }: MediaFacts) => height,
	shortest_side_pixels: ({ width, height }: MediaFacts) => (width && height ? Math.min(width, height) : undefined),
	'width/height': ({ width, height }: MediaFacts) => (width && height ? width / height : undefined),
};

type Metric = keyof typeof METRICS;

const OPERATORS = {
	'<': (left: number, right: number) => left < right,
	'<=': (left: number, right: number) => left <= right,
	'>': (left: number, right: number) => left > right,
	'>=': (left: number, right: number) => left >= right,
};

const OPERATOR_WORDS = { '<': 'less than', '<=': 'at most', '>': 'more than', '>=': 'at least' };

/** A rule of a model for its media, `{validation_rule, validation_value, validation_error}` in a schema. */
export interface MediaRule {
	metric: Metric;
	operator: keyof typeof OPERATORS;
	limit: number;
	/** The model's own sentence. */
	sentence: string;
}

/** Reads the `validations` of an input (seen in published schemas). Entries in another format are ignored. */
export function parseMediaRules(validations: unknown): MediaRule[] {
	if (!Array.isArray(validations)) return [];
	return validations.filter(isJsonObject).flatMap((entry) => {
		const match = /^\s*([a-z_/]+?)\s*(<=|>=|<|>)\s*$/.exec(String(entry.validation_rule));
		const value = entry.validation_value;
		const limit =
			typeof value === 'number' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : NaN;
		const metric = match?.[1] as Metric | undefined;
		const operator = match?.[2] as MediaRule['operator'] | undefined;
		if (!metric || !operator || !Object.hasOwn(METRICS, metric) || !Number.isFinite(limit)) return [];
		const sentence = typeof entry.validation_error === 'string' ? entry.validation_error.trim() : '';
		return [{ metric, operator, limit, sentence }];
	});
}

/** Whether a rule needs width and height, and not only the file size. */
export function needsDimensions({ metric }: MediaRule): boolean {
	return metric !== 'file_size_mb';
}

/**
 * The rules that a file breaks, each as the model's own sentence with the measured value; and those that couldn't be
 * checked.
 */
export function checkMediaRules(rules: MediaRule[], facts: MediaFacts): { broken: string[]; unknown: MediaRule[] } {
	const broken = new Set<string>();
	const unknown: MediaRule[] = [];
	for (const rule of rules) {
		const measured = METRICS[rule.metric](facts);
		if (measured === undefined) unknown.push(rule);
		else if (!OPERATORS[rule.operator](measured, rule.limit))
			broken.add(`${sentenceOf(rule)} (${measuredText(rule.metric, facts)})`);
	}
	return { broken: [...broken], unknown };
}

function sentenceOf({ sentence, metric, operator, limit }: MediaRule): string {
	return sentence !== '' ? sentence : `Its ${metric.replace(/_/g, ' ')} must be ${OPERATOR_WORDS[operator]} ${limit}`;
}

function measuredText(metric: Metric, { bytes = 0, width, height }: MediaFacts): string {
	if (metric === 'file_size_mb') return `it is ${Number((bytes / BYTES_PER_MB).toFixed(2))} MB`;
	return `it is ${width} × ${height} pixels`;
}
