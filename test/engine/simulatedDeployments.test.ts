import { submitToDeployment } from '../../nodes/RunComfy/api/deployment/submitToDeployment';
import { DEPLOYMENTS } from '../simulator/deployments/demoDeployments';
import { failureOf, openTestTransport } from './openTransport';
import { jsonInput, startBench, type Bench } from './setup';

let bench: Bench;

beforeAll(async () => {
	bench = await startBench();
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());

const settings = () => bench.simulator.platform.settings;
const submit = async (body: object, id: string = DEPLOYMENTS.textToImage) =>
	await submitToDeployment(await openTestTransport(bench), id, Buffer.from(JSON.stringify(body)));
const graph = () => bench.simulator.platform.accepted.at(-1)?.graph;
const refused = { details: { code: 'invalid_input', http_status: 422 } };

describe('what nobody knows of deployments can be either way in the simulator', () => {
	it.each([{}, { overrides: {} }])('%j is a submit, or none', async (body) => {
		await submit(body);
		expect(graph()?.['6']?.inputs.text).toBe('a lighthouse at dusk');
		settings().emptySubmit = 'refused';

		expect(await failureOf(submit(body))).toMatchObject(refused);
	});

	it('saved overrides are applied, or only shown', async () => {
		bench.simulator.platform.of(DEPLOYMENTS.textToImage).overrides = { '3': { inputs: { steps: 7 } } };
		await submit({ overrides: { '6': { inputs: { text: 'a boat' } } } });
		expect(graph()?.['3']?.inputs.steps).toBe(20);
		settings().savedOverrides = 'applied';
		await submit({ overrides: { '6': { inputs: { text: 'a boat' } } } });

		expect(graph()?.['3']?.inputs.steps).toBe(7);
		expect(graph()?.['6']?.inputs.text).toBe('a boat');
	});

	it('an unknown node or input is refused, or ignored', async () => {
		const body = { overrides: { '99': { inputs: { text: 'x' } }, '6': { inputs: { txt: 'x' } } } };
		expect(await failureOf(submit(body))).toMatchObject(refused);
		settings().unknownNodes = 'ignored';
		await submit(body);

		expect(graph()).toEqual(bench.simulator.platform.of(DEPLOYMENTS.textToImage).workflow);
	});

	it('another graph runs in the place of the saved one, and not together with overrides', async () => {
		const other = { '1': { class_type: 'PreviewAny', inputs: {} } };
		await submit({ workflow_api_json: other });
		expect(graph()).toEqual(other);

		expect(await failureOf(submit({ workflow_api_json: other, overrides: { '1': { inputs: {} } } }))).toMatchObject(
			refused,
		);
	});
});

describe('a test in another process', () => {
	const control = async (path: string, body: object = {}) =>
		await (
			await fetch(`${bench.simulator.url}/_simulator/${path}`, { method: 'POST', body: JSON.stringify(body) })
		).json();

	it('sets what the service does, and sees what it accepted', async () => {
		await control('settings', { deployments: { listShape: 'wrapped' }, runningWord: 'busy' });
		expect([settings().listShape, bench.simulator.settings.runningWord]).toEqual(['wrapped', 'busy']);
		const { job } = await submit({});
		expect(await control('deployment-requests')).toMatchObject([
			{ id: job.requestId, deploymentId: DEPLOYMENTS.textToImage, graph: { '3': {} } },
		]);
		await control('reset');
		bench.simulator.settings.runningWord = undefined;

		expect(settings().listShape).toBe('array');
		expect(await control('deployment-requests')).toEqual([]);
		expect(await control('webhooks')).toEqual([]);
	});
});

describe('the files of a deployment', () => {
	it('are served, and refused to callers without a name where the host does that', async () => {
		await submit({}, DEPLOYMENTS.imageToVideo);
		const { platform } = bench.simulator;
		const { outputs } = platform.requests.resultAnswer(platform.accepted[0]!) as {
			outputs: Record<string, Record<string, Array<{ url: string; subfolder: string }>>>;
		};
		const [file] = outputs['61']?.gifs ?? [];
		expect(file).toMatchObject({ filename: 'wan_00001_.mp4', subfolder: 'video', type: 'output' });
		const answer = await fetch(file!.url);
		settings().refusesUnnamedAgents = true;

		expect(answer.headers.get('content-type')).toBe('video/mp4');
		expect((await fetch(file!.url, { headers: { 'user-agent': 'node' } })).status).toBe(403);
		expect((await fetch(file!.url, { headers: { 'user-agent': 'Mozilla/5.0' } })).status).toBe(200);
	});

	it('of any request are had from such a host', async () => {
		settings().refusesUnnamedAgents = true;
		const execution = await bench.runFast(jsonInput(bench.dreaminaInput()));

		expect(execution.items('RunComfy')[0]?.json.files).toHaveLength(1);
	});
});
