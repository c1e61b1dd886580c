import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { LocalN8n } from '../e2e/localN8n';
import { INPUT_IMAGE } from '../simulator/media';
import type { Simulator } from '../simulator/simulator';
import { Editor } from './editor';
import { storeRow } from './workflows';

/* A person who makes media every day: batches, the next step, what Stop left behind, what it cost. */
const PRODUCTS = ['mug', 'cap', 'bag', 'pen', 'tee'];

let n8n: LocalN8n;
let simulator: Simulator;
let editor: Editor;

beforeAll(async () => {
	n8n = await LocalN8n.start();
	({ simulator } = n8n);
	editor = await Editor.open(n8n.server.url);
}, 240_000);

afterAll(async () => {
	await editor?.close();
	await n8n?.stop();
});

beforeEach(() => simulator.reset());

const formOf = (value: INodeParameters) => ({
	mappingMode: 'defineBelow',
	value,
	matchingColumns: [],
	schema: [],
});

/** Opens the node in a workflow whose trigger gives one item for each product. */
async function openWith(products: string[], what: string, more: INodeParameters = {}): Promise<void> {
	const image = `${simulator.url}/files/inputs/${INPUT_IMAGE}`;
	const items: IDataObject[] = products.map((sku) => ({ sku, prompt: `the ${sku} ${what}`, image }));
	const modelInput = formOf({ prompt: '={{ $json.prompt }}', image_urls: '={{ $json.image }}' });
	const id = await storeRow(n8n, [{ name: 'RunComfy', parameters: { modelInput, ...more } }], items);
	await editor.openNode(id, 'RunComfy');
}

const run = async () => await editor.execute('Node executed successfully');
const hints = async () => (await editor.hints()).map((hint) => hint.trim());
const ids = () => simulator.accepted.map(({ id }) => id);
/** Several items are submitted at once, so that their order at the simulator may be another one. */
const idOf = (sku: string) => simulator.accepted.find(({ input }) => String(input.prompt).includes(` ${sku} `))!.id;

describe('the results of five items', () => {
	it('are told apart in the Binary tab: each name ends with its request', async () => {
		await openWith(PRODUCTS, 'turns');
		await run();

		expect(await editor.fileNames()).toEqual(PRODUCTS.map((sku) => `video-720p-121-${idOf(sku).slice(0, 8)}.mp4`));
		await editor.screenshot('five-results');
	});

	it('are named by an expression', async () => {
		await openWith(PRODUCTS, 'shines');
		await editor.addOption('File Name');
		await editor.writeExpression('fileName', '$json.sku }}-{{ $itemIndex');
		await run();

		expect(await editor.fileNames()).toEqual(['mug-0.mp4', 'cap-1.mp4', 'bag-2.mp4', 'pen-3.mp4', 'tee-4.mp4']);
		await editor.screenshot('named-results');
	});
});

describe('a run of several items', () => {
	it('says what it did, what it cost, and how long it took', async () => {
		simulator.nextPlans.push({}, { outcome: 'failed', reason: { message: 'The picture shows a real person' } });
		await openWith(PRODUCTS, 'falls');
		await editor.continueOnFail();
		await run();

		expect(await hints()).toEqual([
			expect.stringMatching(
				/^5 items, 5 requests: 4 succeeded, 1 failed\. Cost: 0\.48 USD \(known for 4 of 5 requests\)\. Time: \d+ s\.$/,
			),
		]);
		await editor.screenshot('run-summary');
	});
});

describe('building the next step', () => {
	it('costs nothing again with Reuse Results, and says how to get there', async () => {
		await openWith(PRODUCTS, 'dances');
		await run();
		expect(await hints()).toEqual([expect.stringContaining('5 succeeded')]);

		await editor.execute(/was already submitted in the last 24 hours/);
		expect(simulator.accepted).toHaveLength(10);
		expect((await hints())[0]).toContain('set Reuse Results in Options to In Manual Executions');
		await editor.screenshot('repeated-input');

		await editor.addOption('Reuse Results');
		await editor.choose('reuseResults', 'In Manual Executions');
		await editor.execute(/5 reused and not charged again/);
		expect(simulator.accepted).toHaveLength(10);
		expect(await hints()).toEqual([expect.stringContaining('5 succeeded, 0 failed, 5 reused')]);
		expect(new Set(await editor.fileNames()).size).toBe(PRODUCTS.length);
		await editor.screenshot('reused-results');
	});
});

describe('a song', () => {
	const VERSE = 'Verse one\nline two\n\n[Chorus]\nsail away';

	it('keeps its lines in Text Inputs', async () => {
		await openWith(['song'], 'plays', { modelInput: formOf({ image_urls: '={{ $json.image }}' }) });
		await editor.addLongText('Prompt', VERSE);
		await editor.screenshot('long-text');
		await run();

		expect(simulator.accepted.map(({ input }) => input.prompt)).toEqual([VERSE]);
	});
});

describe('a run that was stopped', () => {
	it('is found again by Get Many, and its result is fetched by Wait', async () => {
		simulator.nextPlans.push({ runMs: 8_000 });
		await openWith(['lamp'], 'glows');
		await editor.closeNode();
		await editor.stopWorkflow('the first look at the request', () => simulator.calls('status').length > 0);
		const [id] = ids();

		const row = [
			{ name: 'Recent', parameters: { operation: 'getMany', limit: 1 } },
			{ name: 'Collect', parameters: { operation: 'wait' } },
		];
		await editor.openNode(await storeRow(n8n, row), 'Recent');
		await run();
		await editor.showOutput('Table');
		expect(await editor.output()).toContain(id);
		await editor.screenshot('found-again');
		await editor.closeNode();
		await editor.openNodeHere('Collect');
		await run();

		expect(await editor.fileNames()).toEqual([`video-720p-121-${String(id).slice(0, 8)}.mp4`]);
		expect(ids()).toEqual([id]);
		await editor.screenshot('collected');
	});
});
