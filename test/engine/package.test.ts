import * as n8nWorkflow from 'n8n-workflow';
import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Engine } from './support/engine';

const DIST = join(__dirname, '..', '..', 'dist');

let engine: Engine;

beforeAll(async () => {
	engine = await Engine.start();
});

afterAll(() => engine.stop());

const properties = () => engine.nodeType.description.properties;

/** Those of a parameter's definitions that an operation shows. */
function parameter(name: string, operation: string, resource = 'request'): INodeProperties | undefined {
	return properties().find(
		({ name: own, displayOptions: { show } = {} }) =>
			own === name && show?.operation?.includes(operation) && show.resource?.includes(resource),
	);
}

/** The names in the Options of an operation, with their defaults. */
function options(operation: string, resource = 'request'): Record<string, unknown> {
	const entries = (parameter('options', operation, resource)?.options ?? []) as INodeProperties[];
	return Object.fromEntries(entries.map((entry) => [entry.name, entry.default]));
}

/** The values that a parameter offers. */
const values = ({ options: entries = [] }: INodeProperties) =>
	(entries as Array<Exclude<(typeof entries)[number], INodePropertyCollection>>).map((entry) =>
		'value' in entry ? entry.value : '',
	);

describe('the built package', () => {
	it('loads as n8n loads it, with its codex', () => {
		expect(engine.nodeType.description).toMatchObject({
			name: 'runComfy',
			displayName: 'RunComfy',
			usableAsTool: true,
			codex: {
				categories: expect.any(Array),
				alias: expect.arrayContaining(['ComfyUI', 'Video']),
				resources: expect.any(Object),
			},
		});
		expect(engine.nodeType.description.iconUrl).toMatchObject({
			light: expect.stringContaining('runComfy.svg'),
			dark: expect.stringContaining('runComfy.dark.svg'),
		});
	});

	it('loads the node for durable waits too, with its two outputs', () => {
		expect(engine.durableNodeType.description).toMatchObject({
			name: 'runComfyDurable',
			outputNames: ['Done', 'Pending'],
			codex: { alias: expect.arrayContaining(['Video']) },
		});
	});

	it('has longer defaults in the node for durable waits, and only the options that its operation has', () => {
		const { properties } = engine.durableNodeType.description;
		const optionsOf = (operation: string) =>
			(properties.find(
				({ name, displayOptions }) =>
					name === 'options' && displayOptions?.show?.operation?.includes(operation),
			)?.options ?? []) as INodeProperties[];
		const all = optionsOf('submitAndWait');
		const defaultOf = (name: string, among = all) => among.find((entry) => entry.name === name)?.default;
		expect([
			defaultOf('maxWaitTime'),
			defaultOf('maxConcurrency'),
			defaultOf('watchSeconds', properties),
			defaultOf('returnItems', properties),
		]).toEqual([86_400, 50, 60, 'together']);
		const ofWait = optionsOf('wait').map(({ name }) => name);
		expect(defaultOf('maxWaitTime', optionsOf('wait'))).toBe(86_400);
		const ofSubmit = all.map(({ name }) => name).filter((name) => !ofWait.includes(name));
		expect(ofSubmit.sort()).toEqual([
			'additionalInputs',
			'checkMedia',
			'resubmitFailed',
			'reuseResults',
			'spendLimit',
			'validation',
		]);
	});

	it('uses nothing of n8n-workflow that this version of n8n lacks', () => {
		const names = new Set(
			readdirSync(join(DIST, 'nodes'), { recursive: true, encoding: 'utf8' })
				.filter((path) => path.endsWith('.js'))
				.flatMap((path) =>
					[...readFileSync(join(DIST, 'nodes', path), 'utf8').matchAll(/n8n_workflow_1\.(\w+)/g)].map(
						([, name]) => name ?? '',
					),
				),
		);

		expect(names.size).toBeGreaterThan(3);
		expect([...names].filter((name) => !(name in n8nWorkflow))).toEqual([]);
	});

	it('has the operations of the contract', () => {
		const resource = properties().find(({ name }) => name === 'resource')!;
		const operations = properties().filter(({ name }) => name === 'operation');

		expect([resource.default, values(resource)]).toEqual([
			'request',
			['account', 'deployment', 'deploymentRequest', 'model', 'request'],
		]);
		expect(
			Object.fromEntries(
				operations.map((entry) => [entry.displayOptions?.show?.resource?.[0], [entry.default, values(entry)]]),
			),
		).toEqual({
			request: [
				'submitAndWait',
				['cancel', 'checkInput', 'getMany', 'getResult', 'getStatus', 'submit', 'submitAndWait', 'wait'],
			],
			deploymentRequest: [
				'submitAndWait',
				['cancel', 'getResult', 'getStatus', 'submit', 'submitAndWait', 'wait'],
			],
			deployment: ['getAll', ['get', 'getAll', 'update']],
			model: ['getAll', ['get', 'getAll']],
			account: ['getBalance', ['getBalance']],
		});
	});

	it('has the parameters of the contract, with their defaults', () => {
		for (const operation of ['checkInput', 'submit', 'submitAndWait']) {
			expect(parameter('model', operation)?.default).toMatchObject({
				mode: 'list',
				value: 'bytedance/dreamina-3-0/image-to-video',
			});
			expect(values(parameter('specifyInput', operation)!)).toEqual(['fields', 'json']);
			expect(parameter('modelInput', operation)?.typeOptions?.resourceMapper).toMatchObject({
				mode: 'map',
				resourceMapperMethod: 'getModelInputFields',
			});
			expect(parameter('inputJson', operation)?.type).toBe('json');
			expect(parameter('textInputs', operation)?.default).toEqual({});
		}
		for (const operation of ['wait', 'getStatus', 'getResult', 'cancel']) {
			expect(parameter('requestId', operation)?.default).toBe(
				'={{ $json.request_id ?? $json.error?.request_id }}',
			);
		}
		for (const operation of ['submitAndWait', 'wait', 'getResult']) {
			expect(parameter('downloadOutput', operation)?.default).toBe(true);
			expect(parameter('binaryPropertyName', operation)?.default).toBe('data');
		}
	});

	it('has the options of the contract, with their defaults', () => {
		const item = { includeInputFields: false };
		const wait = { maxConcurrency: 10, maxWaitTime: 1800, onTimeout: 'error', includeCost: true };
		const download = { downloadKinds: 'all', maxFileSize: 2048, downloadHosts: '', fileName: '' };
		const submit = {
			validation: 'strict',
			additionalInputs: '{}',
			checkMedia: true,
			maxConcurrency: 10,
			spendLimit: 0,
			reuseResults: 'never',
			...item,
		};

		expect(options('submit')).toEqual(submit);
		expect(options('submitAndWait')).toEqual({
			...submit,
			...wait,
			...download,
			cancelOnStop: true,
			resubmitFailed: 0,
		});
		expect(options('wait')).toEqual({ ...wait, ...download, ...item, cancelOnStop: false });
		expect(options('checkInput')).toEqual({
			additionalInputs: '{}',
			checkMedia: true,
			maxConcurrency: 10,
			...item,
		});
		expect(options('getStatus')).toEqual(item);
		expect(options('getResult')).toEqual({ ...download, ...item, includeCost: true, maxConcurrency: 10 });
	});

	it('has those of deployments: no cost, no spend limit, a longer wait and a webhook', () => {
		const wait = { maxConcurrency: 10, maxWaitTime: 3600, onTimeout: 'error' };
		const download = { downloadKinds: 'all', maxFileSize: 2048, downloadHosts: '' };
		const submit = {
			validation: 'strict',
			additionalInputs: '{}',
			checkMedia: true,
			maxConcurrency: 10,
			webhookUrl: '',
			webhookIntermediate: false,
		};
		const of = (operation: string) => options(operation, 'deploymentRequest');

		expect(of('submit')).toEqual(submit);
		expect(of('submitAndWait')).toEqual({ ...submit, ...wait, ...download, cancelOnStop: true });
		expect(of('wait')).toEqual({ ...wait, ...download, cancelOnStop: false });
		expect(of('getResult')).toEqual({ ...download, maxConcurrency: 10 });
		expect(
			parameter('workflowInput', 'submitAndWait', 'deploymentRequest')?.typeOptions?.resourceMapper,
		).toMatchObject({
			mode: 'map',
			resourceMapperMethod: 'getWorkflowInputFields',
		});
	});
});
