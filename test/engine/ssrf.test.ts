import { SsrfProtectionConfig } from '@n8n/config';
import { Container } from '@n8n/di';
import dns from 'node:dns';

import { Simulator } from '../simulator/simulator';
import { fieldInput, startBench, type Bench } from './support/setup';

/** A public name that leads into the own machine: only whoever asks the DNS can see it. */
const NAME = 'pictures.example.com';

let bench: Bench;
let inside: Simulator;

beforeAll(async () => {
	// n8n reads these once, from N8N_SSRF_PROTECTION_ENABLED and N8N_SSRF_ALLOWED_HOSTNAMES.
	const config = Container.get(SsrfProtectionConfig);
	config.allowedHostnames = ['localhost'] as never;
	config.enabled = true;
	bench = await startBench();
	inside = await new Simulator().start();
	jest.spyOn(dns.promises, 'lookup').mockImplementation((async (host: string, { all }: { all?: boolean }) => {
		if (host !== NAME && host !== 'localhost')
			throw Object.assign(new Error('no such host'), { code: 'ENOTFOUND' });
		const record = { address: '127.0.0.1', family: 4 };
		return all ? [record] : record;
	}) as never);
});
afterAll(async () => {
	jest.restoreAllMocks();
	await inside.stop();
	await bench.stop();
});
beforeEach(() => bench.reset());

const atLocalhost = (url: string) => url.replace('127.0.0.1', 'localhost');
const inName = () => inside.url.replace('127.0.0.1', NAME);
const credential = () => ({ modelApiUrl: atLocalhost(bench.simulator.url) });

describe("n8n's SSRF protection", () => {
	it('guards media probes: a public name that resolves to a private address is not called', async () => {
		const input = bench.dreaminaInput({ image_urls: `${inName()}/files/inputs/x.png` });
		const execution = await bench.run(fieldInput(input, { operation: 'submit' }), { credential: credential() });

		expect(inside.received).toHaveLength(0);
		expect(execution.error('RunComfy')).toBeUndefined();
		expect(execution.hints('RunComfy')).toEqual([expect.stringContaining("couldn't be checked")]);
	});

	it('guards downloads, and the request is not lost', async () => {
		bench.simulator.nextPlans.push({ output: { image: `${inName().replace('http:', 'https:')}/files/r/x.png` } });
		const input = bench.dreaminaInput({ image_urls: 'https://nowhere.example.com/x.png' });
		const options = { downloadHosts: NAME };
		const execution = await bench.runFast(fieldInput(input, { options }), { credential: credential() });

		expect(inside.received).toHaveLength(0);
		// The host itself is allowed by the option, so it was n8n that refused.
		expect(execution.error('RunComfy')?.message).toContain('the connection was lost');
		expect(execution.error('RunComfy')?.context.details).toMatchObject({ code: 'download_failed', charged: 'yes' });
	});

	it('guards the API: a blocked URL is reported, and nothing was charged', async () => {
		const execution = await bench.runFast(fieldInput(bench.dreaminaInput()), {
			credential: { modelApiUrl: bench.simulator.url },
		});

		expect(bench.simulator.received).toHaveLength(0);
		expect(execution.error('RunComfy')).toMatchObject({
			description: expect.stringContaining("n8n's SSRF protection doesn't allow this URL"),
			context: { details: { code: 'service_unavailable', charged: 'no' } },
		});
	});

	it('is what stops it: without it the name is called', async () => {
		Container.get(SsrfProtectionConfig).enabled = false;
		jest.spyOn(dns, 'lookup').mockImplementation(((
			_host: string,
			options: { all?: boolean },
			done: (...args: unknown[]) => void,
		) => {
			if (options.all) done(null, [{ address: '127.0.0.1', family: 4 }]);
			else done(null, '127.0.0.1', 4);
		}) as never);
		const input = bench.dreaminaInput({ image_urls: `${inName()}/files/inputs/input-1280x720.jpg` });
		await bench.run(fieldInput(input, { operation: 'submit' }), { credential: credential() });
		Container.get(SsrfProtectionConfig).enabled = true;

		expect(inside.received).toHaveLength(1);
	});
});
