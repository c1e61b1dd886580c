/** Measures what could freeze n8n or fill its memory: the longest block of the event loop, and the peak of memory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { describeModelInputs } from '../../nodes/RunComfy/schema/modelInputs';
import { buildRequestBody } from '../../nodes/RunComfy/schema/requestBody';
import type { BlocksRunFigures, BlocksRunSettings } from './blocksRun';
import type { Mode } from './blocksServer';
import { childRun } from './childRun';
import { printTable } from './table';

const MODEL = 'bench/any/model';

interface Case {
	name: string;
	mode?: Mode;
	run: Omit<BlocksRunSettings, 'url' | 'model'>;
	/** Milliseconds, MB. */
	maxBlockMs: number;
	maxGrowthMb: number;
}

const text = {
	fieldsOf: (field: string) => ({
		specifyInput: 'fields',
		modelInput: {
			mappingMode: 'defineBelow',
			value: { prompt: 'a boat', [field]: '={{ $json.text }}' },
			matchingColumns: [],
			schema: [],
		} as never,
	}),
};
const files = (items: number): Case['run'] => ({
	items,
	fileMb: 45,
	parameters: {
		specifyInput: 'json',
		inputJson: '{"prompt":"a boat"}',
		binaryInputs: { input: [{ field: 'video_url', binaryPropertyName: 'data' }] },
	},
});
const inField = (field: string): Case['run'] => ({ items: 1, textMb: 45, parameters: text.fieldsOf(field) });
const usual = { specifyInput: 'json', inputJson: '{"prompt":"a boat"}' };

const ownPictures: Case['run'] = {
	items: 1_000,
	parameters: {
		specifyInput: 'json',
		inputJson: '={{ JSON.stringify({ prompt: "boat " + $json.index, image_urls: [$json.picture] }) }}',
		options: { maxConcurrency: 50 },
	},
};

const CASES: Case[] = [
	{ name: 'Binary Inputs: 10 items of 45 MB', run: files(10), maxBlockMs: 200, maxGrowthMb: 400 },
	{ name: 'Binary Inputs: 50 items of 45 MB', run: files(50), maxBlockMs: 200, maxGrowthMb: 400 },
	{ name: '45 MB of text over maxLength', run: inField('prompt'), maxBlockMs: 50, maxGrowthMb: 150 },
	{ name: '45 MB of text in a text field', run: inField('notes'), maxBlockMs: 50, maxGrowthMb: 150 },
	{ name: '45 MB of text as a number', run: inField('seed'), maxBlockMs: 50, maxGrowthMb: 150 },
	{ name: '45 MB of text as a choice', run: inField('resolution'), maxBlockMs: 50, maxGrowthMb: 150 },
	{ name: '45 MB of text as a URL', run: inField('video_url'), maxBlockMs: 50, maxGrowthMb: 150 },
	{ name: '45 MB of text in a list', run: inField('image_urls'), maxBlockMs: 50, maxGrowthMb: 150 },
	{
		name: '45 MB of text in JSON',
		run: {
			items: 1,
			textMb: 45,
			parameters: { specifyInput: 'json', inputJson: '={{ "{\\"prompt\\":\\"" + $json.text + "\\"}" }}' },
		},
		maxBlockMs: 50,
		maxGrowthMb: 150,
	},
	{
		name: 'the same with a node that does nothing',
		run: { ...inField('notes'), isBaseline: true },
		maxBlockMs: 50,
		maxGrowthMb: 150,
	},
	{
		name: 'a web page of 20 MB as the answer to a submit',
		mode: 'pages',
		run: { items: 1, parameters: usual },
		maxBlockMs: 50,
		maxGrowthMb: 150,
	},
	{
		name: 'a web page of 20 MB as the answer to a status read',
		mode: 'pages',
		run: { items: 1, parameters: { operation: 'getStatus', requestId: '00000000-0000-4000-8000-000000000001' } },
		maxBlockMs: 50,
		maxGrowthMb: 150,
	},
	{
		name: 'a web page of 20 MB as the answer to a result read',
		mode: 'pages',
		run: { items: 1, parameters: { operation: 'getResult', requestId: '00000000-0000-4000-8000-000000000001' } },
		maxBlockMs: 50,
		maxGrowthMb: 150,
	},
	{
		name: 'a web page of 20 MB as the answer of the catalog',
		mode: 'pages',
		run: { items: 1, parameters: { resource: 'model', operation: 'getAll', limit: 5 } },
		maxBlockMs: 50,
		maxGrowthMb: 150,
	},
	{
		name: 'a result with 1,000,000 URLs',
		mode: 'manyUrls',
		run: {
			items: 1,
			parameters: {
				operation: 'getResult',
				requestId: '00000000-0000-4000-8000-000000000001',
				downloadOutput: false,
			},
		},
		maxBlockMs: 50,
		maxGrowthMb: 150,
	},
	{ name: '1,000 items, each with its own picture', run: ownPictures, maxBlockMs: 50, maxGrowthMb: Infinity },
	{
		name: 'the same: memory in use',
		run: { ...ownPictures, measuresLive: true },
		maxBlockMs: Infinity,
		maxGrowthMb: 60,
	},
];

async function main(): Promise<void> {
	const rows: string[][] = [];
	for (const { name, mode = 'usual', run, maxBlockMs, maxGrowthMb } of CASES) {
		const server = await startServer(mode);
		const { blockMs, growthMb, seconds, outcome } = await childRun<BlocksRunFigures>('blocksRun.ts', {
			...run,
			url: server.url,
			model: MODEL,
		} satisfies BlocksRunSettings);
		await server.stop();
		const isMet = blockMs <= maxBlockMs && growthMb <= maxGrowthMb;
		rows.push([
			name,
			...figure(blockMs, maxBlockMs),
			...figure(growthMb, maxGrowthMb),
			seconds.toFixed(1),
			isMet ? 'met' : '**missed**',
			outcome.replace(/\|/g, '/'),
		]);
	}
	console.log('\nWhat could freeze n8n, through n8n-core\n');
	printTable(
		['case', 'longest block ms', 'target', 'memory above idle MB', 'target', 'seconds', '', 'outcome'],
		rows,
	);
	printTable(['schema', 'describe ms', 'check ms', 'target ms', ''], schemaRows());
}

/** Nothing where a case is not for this figure. */
function figure(value: number, most: number): string[] {
	return most === Infinity ? ['', ''] : [value.toFixed(0), String(most)];
}

/** In this process: no call is made for them. Each is measured once, as it is met for the first time. */
function schemaRows(): string[][] {
	const property = (index: number) => ({
		type: 'string',
		title: `Input ${index}`,
		description: 'd'.repeat(1_000),
		maxLength: 100,
	});
	const many = (count: number) => ({
		type: 'object',
		properties: Object.fromEntries(
			Array.from({ length: count }, (_, index) => [`input_${index}`, property(index)]),
		),
	});
	let nested: Record<string, unknown> = { type: 'string' };
	for (let depth = 0; depth < 1_000; depth++) nested = { type: 'object', properties: { inner: nested } };
	const cases: Array<[string, unknown, Record<string, unknown>]> = [
		[
			'5,000 properties, 5 MB',
			many(5_000),
			Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`input_${index}`, 'x'.repeat(101)])),
		],
		[
			'one property with a description of 5 MB',
			{ type: 'object', properties: { a: { type: 'string', description: 'd'.repeat(5_000_000), maxLength: 5 } } },
			{ a: 'long enough' },
		],
		['nested 1,000 deep', { type: 'object', properties: { a: nested } }, { a: {} }],
		[
			'a pattern that backtracks',
			{ type: 'object', properties: { a: { type: 'string', pattern: '^([a-zA-Z0-9]+\\s?)*$' } } },
			{ a: `${'a'.repeat(29)}!` },
		],
	];
	return cases.map(([name, schema, values]) => {
		const startedAt = process.hrtime.bigint();
		const inputs = describeModelInputs(schema);
		const describedAt = process.hrtime.bigint();
		if (inputs) buildRequestBody(inputs, { values, source: 'json' });
		const checkedAt = process.hrtime.bigint();
		const [describeMs, checkMs] = [Number(describedAt - startedAt) / 1e6, Number(checkedAt - describedAt) / 1e6];
		return [
			name,
			describeMs.toFixed(0),
			checkMs.toFixed(0),
			'50',
			describeMs <= 50 && checkMs <= 50 ? 'met' : '**missed**',
		];
	});
}

async function startServer(mode: Mode): Promise<{ url: string; stop: () => Promise<void> }> {
	const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'blocksServer.ts'), mode], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
	return {
		url,
		stop: async () => {
			child.kill('SIGTERM');
			await once(child, 'exit');
		},
	};
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
