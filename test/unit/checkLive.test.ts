import { readSettings } from '../../scripts/live/arguments';
import { Budget } from '../../scripts/live/budget';
import { redactorFor } from '../../scripts/live/redact';
import { runCheck, type CheckResult } from '../../scripts/live/runCheck';
import { TOKENS } from '../simulator/accounts';
import { DEPLOYMENTS } from '../simulator/deployments/demoDeployments';
import { Simulator, type InitialSettings } from '../simulator/simulator';

const PLAN = { queueMs: 350, runMs: 500, outcome: 'succeeded' as const, reason: 'refused' };
const IMAGE = `data:image/png;base64,${Buffer.from('an image').toString('base64')}`;

/** The simulator's time passes by its calls, so that each check sees the same states on any machine. */
let now = 0;
let simulator: Simulator;
const lines: string[] = [];
async function simulate(settings: InitialSettings = {}): Promise<void> {
	simulator = await new Simulator({ plan: PLAN, ...settings }, () => (now += 50)).start();
}
afterEach(async () => {
	lines.length = 0;
	await simulator.stop();
});

/** Runs the check against the simulator. @param args as on the command line */
async function check(args: string[] = [], stop = new AbortController(), token: string = TOKENS.main) {
	const settings = readSettings(args, {
		RUNCOMFY_API_TOKEN: token,
		RUNCOMFY_MODEL_API_URL: simulator.url,
		RUNCOMFY_PLATFORM_API_URL: simulator.url,
	});
	const watch = { pollMs: 1, maxMs: 60_000, signal: stop.signal };
	return await runCheck(settings, {
		image: IMAGE,
		watch: { model: watch, deployment: watch },
		print: (line) => lines.push(line),
	});
}

const EVERYTHING = ['--spend', '1', '--deployment', DEPLOYMENTS.textToImage];
const withVerdict = ({ findings }: CheckResult, verdict: string) =>
	findings.facts.map(({ id }) => id).filter((id) => findings.of(id)?.verdict === verdict);
const isConfirmed = ({ findings }: CheckResult, id: string) => findings.of(id)?.verdict === 'confirmed';
const submits = () => simulator.calls('submit').map(({ path }) => path);

describe('the live check against the simulator as it is', () => {
	it('costs nothing by default, and confirms what free calls can show', async () => {
		await simulate();
		const result = await check();
		expect(simulator.accepted).toEqual([]);
		expect(submits()).toEqual(['/v1/models/n8n-nodes-runcomfy/check-live-no-such-model']);
		expect(withVerdict(result, 'contradicted')).toEqual([]);
		const expected = [
			'bearer-token',
			'wrong-token',
			'wrong-token-platform',
			'wrong-token-balance',
			'catalog-token',
			'unknown-request',
			'unknown-model',
			'unknown-model-submit',
			'schema-order',
			'page-addresses',
			'balance',
			'deployment-list',
		];
		expect(expected.filter((id) => !isConfirmed(result, id))).toEqual([]);
		expect(result.report).toMatch(/\| `overdraft` \|.*\| not tried \|/);
	});

	it('watches an image, a data URI, a cancel and a run of a deployment', async () => {
		await simulate();
		const result = await check(EVERYTHING);
		expect(withVerdict(result, 'contradicted')).toEqual([]);
		const expected = [
			'submit-status',
			'submit-urls',
			'status-words',
			'queue-position',
			'result-before-end',
			'output-at-once',
			'cost',
			'file-without-token',
			'file-agents',
			'data-uri',
			'no-idempotency',
			'cancel-queued',
			'cancel-takes-effect',
			'cancelled-free',
			'balance-falls',
			'empty-submit',
			'deployment-prefix',
			'deployment-outputs',
			'object-info',
		];
		expect(expected.filter((id) => !isConfirmed(result, id))).toEqual([]);
		expect(simulator.accepted).toHaveLength(3);
		expect(simulator.accepted[1]?.input).toMatchObject({ prompt: expect.any(String) as string });
		expect(JSON.stringify(simulator.accepted[1]?.input)).toContain(IMAGE);
		expect(simulator.platform.accepted).toHaveLength(1);
	});

	it('says each request ID at once, and reports neither IDs nor the token', async () => {
		await simulate();
		const { report } = await check(EVERYTHING);
		const ids = [...simulator.accepted, ...simulator.platform.accepted].map(({ id }) => id);
		expect(ids).toHaveLength(4);
		for (const id of ids) {
			expect(lines.some((line) => line.startsWith(`Request    ${id}`))).toBe(true);
			expect(report).not.toContain(id);
			expect(report).toContain(`${id.slice(0, 8)}…`);
		}
		expect(`${report}${lines.join()}`).not.toContain(TOKENS.main);
		expect(report).not.toContain(DEPLOYMENTS.textToImage);
		expect(report).not.toMatch(/24\.\d+|"balance/);
	});
});

describe('an assumption that is wrong', () => {
	it.each<[string, string[], InitialSettings]>([
		['result-before-end', EVERYTHING, { notReadyAs: 'error' }],
		['submit-status', EVERYTHING, { submitStatus: 202 }],
		['output-at-once', EVERYTHING, { habits: { lateOutputs: 2 } }],
		['known-at-once', EVERYTHING, { habits: { unseenReads: 2 } }],
		['cancel-takes-effect', EVERYTHING, { habits: { looseCancel: 'claimed' } }],
		['file-at-once', EVERYTHING, { habits: { lateFiles: { reads: 1, status: 404 } } }],
		['plain-numbers', EVERYTHING, { habits: { oddNumbers: true } }],
		['running-words', EVERYTHING, { runningWord: 'rendering' }],
		['other-words', EVERYTHING, { habits: { statusWords: { completed: 'done' } } }],
		['valid-json', EVERYTHING, { habits: { noNumbers: true } }],
		['file-agents', EVERYTHING, { deployments: { refusesUnnamedAgents: true } }],
		['file-hosts', EVERYTHING, { filesUrl: 'http://files.example.com' }],
		['empty-submit', EVERYTHING, { deployments: { emptySubmit: 'refused' } }],
		['deployment-prefix', EVERYTHING, { deployments: { prefix: 'v1' } }],
		['object-info', EVERYTHING, { deployments: { objectInfo: 'missing' } }],
		['deployment-completed', EVERYTHING, { deployments: { completedWord: 'succeeded' } }],
		['catalog-token', [], { catalogAccess: 'public' }],
		['deployment-list', [], { deployments: { listShape: 'wrapped' } }],
		['error-body', [], { errorShape: 'message' }],
		['byte-order-mark', [], { habits: { byteOrderMark: true } }],
		['compression', [], { habits: { compression: 'gzip' } }],
	])('is reported as contradicted: %s', async (id, args, settings) => {
		await simulate(settings);
		const result = await check(args);
		expect(withVerdict(result, 'contradicted')).toContain(id);
		expect(result.report).toMatch(new RegExp(`\\| \`${id}\` \\|.*\\*\\*contradicted\\*\\*`));
		expect(simulator.accepted.length).toBe(args.length > 0 ? 3 : 0);
	});
});

it('a refused input shows how RunComfy refuses, and the check goes on', async () => {
	await simulate();
	for (const model of simulator.models) model.input_schema = { ...(model.input_schema as object), maxProperties: 0 };
	const result = await check(['--spend', '1']);
	expect(simulator.accepted).toEqual([]);
	expect(isConfirmed(result, 'invalid-input')).toBe(true);
	expect(result.spentUsd).toBe(0);
});

describe('the limit of --spend', () => {
	it.each([
		[0.01, 0],
		[0.3, 1],
		[1, 3],
	])('of %d USD lets %d requests pass', async (limit, count) => {
		await simulate();
		const result = await check(['--spend', String(limit)]);
		expect(simulator.accepted).toHaveLength(count);
		expect(result.spentUsd).toBeLessThanOrEqual(limit);
		expect(lines.some((line) => line.startsWith('Skipped'))).toBe(count < 3);
	});

	it('keeps a margin above the base price until the cost is known', () => {
		const budget = new Budget(0.5);
		expect([budget.reserve(0.2), budget.reserve(0.1)]).toEqual([true, false]);
		budget.settle(0.2, 0.1);
		expect([budget.spentUsd, budget.reserve(0.2), budget.spentUsd]).toEqual([0.1, true, 0.5]);
	});
});

describe('a submit without a clear answer', () => {
	it.each([
		{ type: 'answer', status: 502, body: '<html></html>' },
		{ type: 'answer', status: 200, body: '{}' },
		{ type: 'answer', status: 200, body: '{"error_code":500001}' },
		{ type: 'drop' },
	] as const)('is never sent again, and ends the paid requests (%j)', async (action) => {
		await simulate();
		simulator.fault({ on: 'submit', action, skip: 1, carriedOut: true, times: 1 });
		const { report } = await check(['--spend', '1']);
		expect(submits()).toHaveLength(2);
		expect(simulator.accepted).toHaveLength(1);
		expect(lines.some((line) => line.startsWith('Unclear') && line.includes('Generations'))).toBe(true);
		expect(report).toContain('# RunComfy live check');
	});

	it('is told apart from a refusal', async () => {
		await simulate();
		const result = await check(['--spend', '1'], new AbortController(), TOKENS.poor);
		expect(simulator.accepted).toEqual([]);
		expect(isConfirmed(result, 'empty-balance')).toBe(true);
	});
});

describe('the end of a check', () => {
	it('by Ctrl+C cancels what is queued, and still reports', async () => {
		await simulate({ plan: { ...PLAN, queueMs: 3_600_000 } });
		const stop = new AbortController();
		const pending = check(['--spend', '1'], stop);
		const timer = setInterval(() => simulator.calls('status').length > 3 && stop.abort(), 5);
		const { report } = await pending.finally(() => clearInterval(timer));
		expect(simulator.accepted.map(({ cancelledAt }) => cancelledAt !== undefined)).toEqual([true]);
		expect(report).toContain('not finished');
	});

	it('by a wrong token says so, and asks nothing more', async () => {
		await simulate();
		const { problem, report } = await check(EVERYTHING, new AbortController(), 'not-a-token');
		expect(problem).toContain('RUNCOMFY_API_TOKEN');
		expect(report).toContain('Ended early');
		expect(simulator.received).toHaveLength(1);
	});
});

describe('the settings', () => {
	const env = { RUNCOMFY_API_TOKEN: 'token' };
	it.each([
		[[], {}, 'Set RUNCOMFY_API_TOKEN'],
		[['--spend', 'a lot'], env, '--spend must be a number'],
		[['--spend=-1'], env, '--spend must be'],
		[['--spend', '50'], env, 'up to 5'],
		[[], { ...env, RUNCOMFY_MODEL_API_URL: 'http://example.com' }, 'RUNCOMFY_MODEL_API_URL must be an https URL'],
	])('%j with %j are refused in a sentence', (args, environment, message) => {
		expect(() => readSettings(args, environment)).toThrow(message);
	});

	it("are RunComfy's own URLs by default", () => {
		expect(readSettings([], env)).toMatchObject({
			spendUsd: 0,
			urls: { model: 'https://model-api.runcomfy.net', platform: 'https://api.runcomfy.net' },
		});
	});
});

it('a report for others has no token, address, ID or signature', () => {
	const redact = redactorFor('secret-token', ['request-number-17']);
	const text = `secret-token ${Buffer.from('secret-token').toString('base64')} a.b@example.com request-number-17
		https://h.example/f.png?X-Amz-Signature=abc 3f6c1c0e-8a5b-4c57-9a43-2d0f1b7e6a90`;
	expect(redact(text).replace(/\s+/g, ' ')).toBe(
		'[token] [token] [e-mail] request-… https://h.example/f.png?… 3f6c1c0e…',
	);
});
