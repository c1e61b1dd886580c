import { linkOf, readDeploymentGraph, readGraph } from '../../nodes/RunComfy/workflow/graph';
import { describeWorkflow } from '../../nodes/RunComfy/workflow/workflowInputs';
import { numbers } from '../support/numbers';
import { graphOf, workflowNames, workflowText } from '../support/workflows';

const sdxl = JSON.parse(workflowText('sdxl-text-to-image')) as Record<string, unknown>;
const ids = (value: unknown) => [...graphOf(value).nodes.keys()];

describe('a graph', () => {
	it.each([
		['an object', sdxl],
		['its JSON text', JSON.stringify(sdxl)],
		['a text with a byte order mark', `\ufeff${JSON.stringify(sdxl)}`],
		['in {prompt}', { prompt: sdxl }],
		['in {workflow}', { workflow: sdxl }],
		['in {workflow_api_json} as a text', { workflow_api_json: JSON.stringify(sdxl) }],
		['in {input: {workflow}}', { input: { workflow: sdxl } }],
		['in {input: {workflow_json}} as a text', { input: { workflow_json: JSON.stringify(sdxl) } }],
		['beside other entries', { ...sdxl, _workflow_metadata: { author: 'x' }, version: 3 }],
		['in a wrapper beside other entries', JSON.parse(workflowText('wrapped-prompt')) as unknown],
		['in a wrapper as a text', JSON.parse(workflowText('wrapped-text')) as unknown],
	])('is found: %s', (_how, value) => {
		expect(ids(value)).toEqual(['3', '4', '5', '6', '7', '8', '9']);
	});

	it.each([
		[undefined, 'none'],
		[null, 'none'],
		['', 'none'],
		['  ', 'none'],
		[{}, 'none'],
		['{broken', 'unreadable'],
		['text', 'unreadable'],
		[7, 'unreadable'],
		[[sdxl], 'unreadable'],
		[{ prompt: 'a cat', width: 512 }, 'unreadable'],
		[{ prompt: { prompt: { prompt: { prompt: { prompt: { prompt: sdxl } } } } } }, 'unreadable'],
		[JSON.parse(workflowText('ui-format')) as unknown, 'uiFormat'],
		[{ workflow: JSON.parse(workflowText('ui-format')) as unknown }, 'uiFormat'],
	])('is not found in %j: %s', (value, kind) => {
		expect(readGraph(value).kind).toBe(kind);
	});

	it('of a deployment stands in its payload', () => {
		expect(readDeploymentGraph({ workflow_api_json: sdxl, overrides: null }).kind).toBe('graph');
		expect(readDeploymentGraph({ workflow_api_json: null }).kind).toBe('none');
		expect(readDeploymentGraph({ workflow_api_json: {} }).kind).toBe('none');
		expect(readDeploymentGraph(null).kind).toBe('none');
		expect(readDeploymentGraph(JSON.stringify({ workflow_api_json: sdxl })).kind).toBe('graph');
	});

	it('keeps all digits of a seed in a text', () => {
		expect(graphOf(workflowText('value-types')).nodes.get('1')?.inputs.get('noise_seed')).toBe(
			18446744073709551615n,
		);
	});

	it('takes the names of prototypes for names', () => {
		const graph = graphOf(workflowText('prototype-ids'));
		expect([...graph.nodes.keys()]).toEqual(['0', '__proto__', 'constructor', 'hasOwnProperty', 'split_sigmas']);
		expect(graph.nodes.get('__proto__')?.inputs.get('__proto__')).toBe('x');
		expect(graph.nodes.get('hasOwnProperty')?.inputs.get('constructor')).toBeUndefined();
	});

	it('reads class_type before or behind inputs, and titles in _meta and meta', () => {
		expect(graphOf(workflowText('no-meta')).nodes.get('20')).toMatchObject({
			classType: 'An Unknown Class|somebody',
		});
		const nodes = graphOf(workflowText('odd-titles')).nodes;
		expect(nodes.get('3')?.title).toBe('Sampler of the Studio');
		expect(nodes.get('4')?.title).toBeUndefined();
		expect(nodes.get('9')?.title).toBeUndefined();
	});

	it.each([
		[['4', 0], { nodeId: '4', output: 0 }],
		[['57:30', 1], { nodeId: '57:30', output: 1 }],
		[['a', 'b'], undefined],
		[[1, 2], undefined],
		[['4', 0.5], undefined],
		[['4', -1], undefined],
		[['4', 0, 1], undefined],
		['4', undefined],
	])('knows whether %j is a link', (value, link) => {
		expect(linkOf(value)).toEqual(link);
	});

	it('is read, or not, of any JSON without a throw', () => {
		const random = numbers(16);
		const pick = <T>(list: T[]): T => list[Math.floor(random() * list.length)] as T;
		const names = [
			'6',
			'inputs',
			'class_type',
			'_meta',
			'title',
			'prompt',
			'workflow',
			'__proto__',
			'nodes',
			'links',
			'text',
		];
		const make = (depth: number): unknown => {
			const leaf = [null, true, 0, -1.5, '', 'KSampler', '{"6":{"class_type":"X"}}', '[', ['6', 0], [], {}];
			if (depth === 0 || random() < 0.2) return pick<unknown>(leaf);
			if (random() < 0.2) return Array.from({ length: 3 }, () => make(depth - 1));
			return Object.fromEntries(Array.from({ length: 4 }, () => [pick(names), make(depth - 1)]));
		};
		const kinds = new Set<string>();
		for (let round = 0; round < 1_500; round += 1) {
			const payload = { workflow_api_json: make(5), overrides: make(4) };
			const reading = readDeploymentGraph(payload);
			kinds.add(reading.kind);
			if (reading.kind === 'graph') describeWorkflow(reading.graph, { overrides: payload.overrides });
		}
		expect([...kinds].sort()).toEqual(['graph', 'none', 'uiFormat', 'unreadable']);
	});

	it.each(workflowNames().filter((name) => name !== 'ui-format'))('of the workflow %s has nodes', (name) => {
		expect(graphOf(workflowText(name)).nodes.size).toBeGreaterThan(3);
	});
});
