import axios from 'axios';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { TOKENS } from '../simulator/accounts';
import { DEPLOYMENTS } from '../simulator/deployments/demoDeployments';
import { readMedia } from '../simulator/media';
import { Simulator } from '../simulator/simulator';
import { until } from '../support/until';
import { Command, PROJECT } from './command';
import { freePort } from './ports';
import { isN8n1, N8nRest } from './n8nRest';

/* The commands of the README, each run as it stands there. Those that run tests are run by CI itself. */
let running: Command | undefined;

const start = (line: string, env?: NodeJS.ProcessEnv) => (running = new Command(line, env));

afterEach(async () => {
	await running?.interrupt();
	running = undefined;
});

it('npm start leaves a playable video under output/', async () => {
	const command = start('npm start');
	expect([await command.ended(120), command.output]).toEqual([0, expect.stringContaining('Status     succeeded')]);
	expect(command.output).toMatch(/^Cost .*simulated: nothing was charged/m);
	expect(command.output).toContain('simulated: the video shows a color gradient');
	const [, path = ''] = /File {7}(\S+)/.exec(command.output) ?? [];
	const file = resolve(PROJECT, path);
	expect(path).toMatch(/^output[\\/].*\.mp4$/);
	expect(readFileSync(file).equals(readMedia('video-720p-121.mp4').bytes)).toBe(true);
	rmSync(file);
});

it('npm start -- deployment runs a ComfyUI workflow', async () => {
	const command = start('npm start -- deployment');
	expect([await command.ended(120), command.output]).toEqual([0, expect.stringContaining('Status     succeeded')]);
	const [, path = ''] = /File {7}(\S+)/.exec(command.output) ?? [];
	const file = resolve(PROJECT, path);
	expect(readFileSync(file).subarray(1, 4).toString()).toBe('PNG');
	rmSync(file);
});

it('npm run simulator answers where it was told to, and shows each call', async () => {
	const port = await freePort();
	const command = start(`npm run simulator -- --port ${port} --queue-seconds 2 --run-seconds 6`);
	await command.says('Ctrl+C');
	const { data } = await axios.get<unknown>(`http://127.0.0.1:${port}/prod/v2/balance`, {
		headers: { authorization: `Bearer ${TOKENS.main}` },
	});
	expect(JSON.stringify(data)).toContain('25');
	await command.says('GET');
	await command.interrupt();
});

// It opens n8n 2, whatever the other tests run in.
(isN8n1() ? it.skip : it)(
	'npm run n8n opens n8n with the examples in it, and Ctrl+C ends it',
	async () => {
		const folder = mkdtempSync(join(tmpdir(), 'runcomfy-open-'));
		const [port, simulatorPort] = [await freePort(), await freePort()];
		const command = start('npm run n8n', {
			RUNCOMFY_N8N_DATA: folder,
			N8N_PORT: String(port),
			SIMULATOR_PORT: String(simulatorPort),
		});
		try {
			await command.says('Press Ctrl+C to stop', 180);
			const rest = await N8nRest.login(`http://localhost:${port}`);
			expect((await rest.listWorkflows()).map(({ name }) => name)).toEqual(
				expect.arrayContaining(['RunComfy: image to video', 'RunComfy: agent']),
			);
			await command.interrupt();
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	},
	240_000,
);

(isN8n1() ? it.skip : it)(
	'npm run dev opens n8n, and brings each change of a source into it',
	async () => {
		const folder = mkdtempSync(join(tmpdir(), 'runcomfy-dev-'));
		const [port, simulatorPort] = [await freePort(), await freePort()];
		const added = join(PROJECT, 'vendor', 'addedWhileDeveloping.ts');
		const command = start('npm run dev', {
			RUNCOMFY_N8N_DATA: folder,
			N8N_PORT: String(port),
			SIMULATOR_PORT: String(simulatorPort),
		});
		try {
			await command.says('Press Ctrl+C to stop', 180);
			writeFileSync(added, 'export const isAdded = true;\n');
			await command.says('n8n reloads the node');
			expect(
				existsSync(
					join(
						folder,
						'.n8n',
						'nodes',
						'node_modules',
						'n8n-nodes-runcomfy',
						'dist',
						'vendor',
						'addedWhileDeveloping.js',
					),
				),
			).toBe(true);
			await until('n8n to load it', () =>
				readFileSync(join(folder, 'n8n.log'), 'utf8').includes('Hot reload triggered for n8n-nodes-runcomfy'),
			);
			await command.interrupt();
		} finally {
			rmSync(added, { force: true });
			rmSync(folder, { recursive: true, force: true });
		}
	},
	300_000,
);

it('npm run examples writes what is in examples/ already', async () => {
	const folder = join(PROJECT, 'examples');
	const contents = () =>
		Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
	const before = contents();
	const command = start('npm run examples');
	expect([await command.ended(), command.output]).toEqual([0, expect.any(String)]);
	expect(contents()).toEqual(before);
});

it('npm run build makes dist', async () => {
	rmSync(join(PROJECT, 'dist', 'index.js'));
	const command = start('npm run build');
	expect([await command.ended(), existsSync(join(PROJECT, 'dist', 'index.js'))]).toEqual([0, true]);
});

it.each([
	['npm run typecheck', 'scripts/typecheck.mjs'],
	['npm run test:unit -- endpoints', 'Ran all test suites matching endpoints'],
	['npm run lint:fix', 'scripts/lintFix.mjs'],
	['npm run format', 'scripts/format.mjs'],
])('%s ends well', async (line, text) => {
	const command = start(line);
	expect([await command.ended(110), command.output]).toEqual([0, expect.stringContaining(text)]);
});

it('npm run test:watch runs tests, and goes on until Ctrl+C', async () => {
	const command = start('npm run test:watch -- --watchAll endpoints');
	await command.says('Ran all test suites matching endpoints');
	await command.interrupt();
});

it('npx jest builds what is stale before tests that run the build', async () => {
	rmSync(join(PROJECT, 'dist', 'index.js'));
	const command = start('npx jest toolCalls');
	expect([await command.ended(110), command.output]).toEqual([0, expect.stringContaining('Building')]);
	expect(existsSync(join(PROJECT, 'dist', 'index.js'))).toBe(true);
});

it.each([
	['npm run bench -- form', 'form of a 200-property schema'],
	['npm run bench -- package', "what n8n's start grows by"],
	// It fails where a contestant doesn't return each result, or the file byte by byte.
	[
		'npm run bench -- peers --times 1 --requests 1 --seconds 0.2 --file-mb 1',
		'| 1 x 0.2 s, a file of 1 MB | this node |',
	],
])(
	'%s tells its figures',
	async (line, figure) => {
		const command = start(line);
		expect([await command.ended(300), command.output]).toEqual([0, expect.stringContaining(figure)]);
	},
	310_000,
);

it.each([
	['npm run bench -- peers --time 1', '"--time" is not an option of the bench "peers"'],
	['npm run bench -- form --only stop', '"--only" is not an option of the bench "form"'],
	['npm run bench -- waits --only lunch', '--only must be one of requests, waves, memory, stop, long, not "lunch"'],
	['npm run bench -- peers --seconds soon', '--seconds must be seconds above 0, not "soon"'],
])('%s is refused in a sentence', async (line, sentence) => {
	const command = start(line);
	expect([await command.ended(), command.output]).toEqual([1, expect.stringContaining(sentence)]);
});

it('a bench that is not there is named, with those that are', async () => {
	const command = start('npm run bench -- nothing');
	expect(await command.ended()).not.toBe(0);
	expect(command.output).toContain('There is no bench "nothing". Choose form, waits, files, package');
});

describe('npm run check:live', () => {
	const report = join(PROJECT, 'output', 'check-live.md');
	const liveEnv = ({ url }: Simulator) => ({
		RUNCOMFY_API_TOKEN: TOKENS.main,
		RUNCOMFY_MODEL_API_URL: url,
		RUNCOMFY_PLATFORM_API_URL: url,
	});
	afterEach(() => rmSync(report, { force: true }));

	it.each([
		['npm run check:live', 0],
		['npm run check:live -- --spend 0.50', 3],
	])('%s writes a report', async (line, requests) => {
		const simulator = await new Simulator().start();
		const command = start(line, liveEnv(simulator));
		const code = await command.ended(120).finally(async () => await simulator.stop());
		expect([code, command.output]).toEqual([0, expect.stringContaining('Report     output/check-live.md')]);
		expect(simulator.accepted).toHaveLength(requests);
		expect(readFileSync(report, 'utf8')).toContain('| `wrong-token` |');
	});

	it('npm run check:live -- --deployment <id> runs it once', async () => {
		const simulator = await new Simulator().start();
		const command = start(`npm run check:live -- --deployment ${DEPLOYMENTS.textToImage}`, liveEnv(simulator));
		const code = await command.ended(120).finally(async () => await simulator.stop());
		expect([code, command.output]).toEqual([0, expect.stringContaining('Request    ')]);
		expect(simulator.calls('submit').filter(({ path }) => path.endsWith('/inference'))).toHaveLength(1);
	});

	it('asks for a token', async () => {
		const command = start('npm run check:live');
		expect([await command.ended(), command.output]).toEqual([1, expect.stringContaining('Set RUNCOMFY_API_TOKEN')]);
	});
});
