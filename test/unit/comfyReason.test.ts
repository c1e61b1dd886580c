import { comfyReason } from '../../nodes/RunComfy/failures/comfyReason';
import { reasonText, serverText } from '../../nodes/RunComfy/failures/serverText';

const error = (more: object) => ({ type: 'value_not_in_list', message: 'Value not in list', ...more });
const NODE_ERRORS = {
	'3': {
		class_type: 'KSampler',
		errors: [error({ details: "sampler_name: 'nope' not in list", extra_info: { input_name: 'sampler_name' } })],
	},
	'57:27': { class_type: 'LoadImage', errors: [{ message: 'Required input is missing', details: 'image' }] },
};
const TEXT =
	"KSampler #3: sampler_name: Value not in list ('nope' not in list); LoadImage #57:27: Required input is missing (image)";

describe('what ComfyUI refuses of a graph', () => {
	it.each<[string, unknown]>([
		['as it is', { error: { type: 'prompt_outputs_failed_validation' }, node_errors: NODE_ERRORS }],
		['inside of error', { error: { node_errors: NODE_ERRORS } }],
		['as a text', JSON.stringify({ node_errors: NODE_ERRORS })],
		['as a message', { type: 'x', message: JSON.stringify({ node_errors: NODE_ERRORS }) }],
		['in a list', [{ errorCode: 1, error: { node_errors: NODE_ERRORS } }]],
	])('is named node by node (%s)', (_what, reason) => {
		expect(comfyReason(reason)).toBe(TEXT);
		expect(reasonText(reason)).toBe(TEXT);
	});

	it.each<[unknown, string]>([
		[{ '1': {} }, 'Node #1'],
		[{ '1': null }, 'Node #1'],
		[{ '1': { class_type: 'A', errors: 'x' } }, 'A #1'],
		[{ '1': { class_type: 7, errors: [null, {}, { message: 'm' }] } }, 'Node #1: m'],
		[{ '1': { class_type: 'A', errors: [{ details: 'text', extra_info: { input_name: 'text' } }] } }, 'A #1: text'],
	])('is named as far as %j says it', (nodeErrors, text) => {
		expect(comfyReason({ node_errors: nodeErrors })).toBe(text);
	});

	it('has titles where the workflow is known', () => {
		const titleOf = (id: string, className?: string) =>
			id === '3' && className === 'KSampler' ? 'Second pass' : undefined;

		expect(comfyReason({ node_errors: NODE_ERRORS }, titleOf)).toBe(TEXT.replace('KSampler #3', 'Second pass #3'));
	});

	it('names five nodes at most', () => {
		const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`${index}`, { class_type: 'A' }]));

		expect(comfyReason({ node_errors: many })).toBe('A #0; A #1; A #2; A #3; A #4; and 4 more nodes');
	});

	it.each<unknown>([
		null,
		undefined,
		'node_errors',
		'{node_errors',
		{},
		{ node_errors: {} },
		{ node_errors: [] },
		[[]],
	])('is not found in %j', (reason) => {
		expect(comfyReason(reason)).toBeUndefined();
	});

	it('leaves deep and endless nesting alone', () => {
		const deep: Record<string, unknown> = {};
		deep.error = deep;
		expect(comfyReason(deep)).toBeUndefined();
	});
});

describe('a validation error about a workflow', () => {
	it('names inputs as the form does', () => {
		const detail = [
			{ loc: ['body', 'overrides', '57:3', 'inputs', 'seed'], msg: 'too large' },
			{ loc: ['body', 'overrides'], msg: 'missing' },
			{ loc: ['body', 'overrides', '6', 'text'], msg: 'unknown' },
			{ loc: ['body', 'max_instances'], msg: 'at most 10' },
		];

		expect(serverText({ detail })).toBe(
			'57:3.seed: too large; overrides: missing; 6.text: unknown; max_instances: at most 10',
		);
	});
});
