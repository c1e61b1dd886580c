import { openJobs } from '../../nodes/RunComfy/api/families';
import { DEPLOYMENTS } from '../simulator/deployments/demoDeployments';
import { submitToDeployment } from '../../nodes/RunComfy/api/deployment/submitToDeployment';
import { PROMPT, useDeploymentBench } from './support/deploymentBench';
import { failureOf, openTestTransport } from './support/openTransport';

const { bench, transport, submit, settings } = useDeploymentBench();

describe('the version of the API', () => {
	it.each(['v1', 'both'] as const)('is v2, and v1 only where v2 has no such route (%s)', async (prefix) => {
		settings().prefix = prefix;
		const { job, statusUrl } = await submit();
		await openJobs(transport()).readStatus(job);
		await openJobs(transport()).readResult(job, false);

		const version = prefix === 'v1' ? 'v1' : 'v2';
		expect(statusUrl).toContain(`/prod/${version}/`);
		const paths = bench.simulator.received.map(({ path }) => path.split('/')[2]);
		expect(paths).toEqual(prefix === 'v1' ? ['v2', 'v1', 'v1', 'v1'] : ['v2', 'v2', 'v2']);
		expect(bench.simulator.platform.accepted).toHaveLength(1);
	});

	it.each([
		['RunComfy says that the deployment is unknown', undefined],
		['a web page says that nothing is there', '<html><h1>Not Found</h1></html>'],
		['the 404 says nothing', '{}'],
	])('stays v2 where %s', async (_what, body) => {
		settings().prefix = 'both';
		if (body) bench.simulator.fault({ on: 'submit', action: { type: 'answer', status: 404, body } });
		const failure = await failureOf(submit(PROMPT, 'd0000000-0000-4000-8000-0000000000aa'));

		expect(failure).toMatchObject({ details: { code: 'not_found', charged: 'no' } });
		expect(bench.simulator.calls('submit').map(({ path }) => path.split('/')[2])).toEqual(['v2']);
	});
});

describe('a submit that is refused', () => {
	const cases = ([200, 403, 422] as const).flatMap((status) => [
		{ status, why: 'insufficient_funds' as const, code: 'insufficient_balance', message: /balance is too low/ },
		{ status, why: 'deleted' as const, code: 'not_found', message: /no deployment "d0000000/ },
		{ status, why: 'disabled' as const, code: 'deployment_disabled', message: /^The deployment .* is disabled/ },
	]);

	it.each(cases)('with $status because of $why is $code', async ({ status, why, code, message }) => {
		settings().refusalStatus = status;
		const deployment = bench.simulator.platform.of(DEPLOYMENTS.textToImage);
		if (why === 'disabled') deployment.is_enabled = false;
		else deployment.refuses = why;
		const failure = await failureOf(submit());

		expect(failure).toMatchObject({
			details: {
				code,
				message: expect.stringMatching(message),
				charged: 'no',
				deployment_id: DEPLOYMENTS.textToImage,
			},
		});
		expect(bench.simulator.calls('submit')).toHaveLength(1);
	});

	it.each(['error_code', 'detail', 'http_code'] as const)('names node and input (%s)', async (errorShape) => {
		bench.simulator.settings.errorShape = errorShape;
		const body = { overrides: { '99': { inputs: { text: 'x' } }, '3': { inputs: { steps: 'twenty', nope: 1 } } } };
		const failure = await failureOf(submit(body)).finally(() => {
			bench.simulator.settings.errorShape = 'error_code';
		});

		expect(failure).toMatchObject({ details: { code: 'invalid_input', charged: 'no', http_status: 422 } });
		const isSaid = errorShape !== 'http_code';
		const { description } = (failure as { details: { description: string } }).details;
		expect(description.includes('3.steps: Input should be a number')).toBe(isSaid);
		expect(description.includes('99: Node 99 does not exist in the workflow')).toBe(isSaid);
		expect(bench.simulator.platform.accepted).toEqual([]);
	});

	it('without a deployment, a token or a reachable service says so', async () => {
		expect(await failureOf(submit(PROMPT, DEPLOYMENTS.foreign))).toMatchObject({
			details: { code: 'not_found', message: `RunComfy has no deployment "${DEPLOYMENTS.foreign}"` },
		});
		bench.simulator.fault({
			on: 'submit',
			times: 1,
			action: { type: 'answer', status: 403, body: '{"message":"Forbidden"}' },
		});
		expect(await failureOf(submit())).toMatchObject({ details: { code: 'forbidden', charged: 'no' } });
		const other = await openTestTransport(bench, 'another-token');
		const refused = submitToDeployment(other, DEPLOYMENTS.textToImage, Buffer.from('{}'));
		expect(await failureOf(refused)).toMatchObject({ details: { code: 'unauthorized', charged: 'no' } });
	});

	it('by an internal error may have been accepted', async () => {
		const body = '{"http_code":400,"error_code":500001,"message":"Internal"}';
		bench.simulator.fault({ on: 'submit', action: { type: 'answer', status: 400, body } });

		expect(await failureOf(submit())).toMatchObject({
			details: { code: 'submit_outcome_unknown', charged: 'unknown' },
		});
	});
});

describe('the URL of a webhook', () => {
	const SECRET = 'https://n8n.example.com/webhook-waiting/12?signature=0123456789abcdef&x=a b';

	it('arrives as it is, with the wish for intermediate calls', async () => {
		await submit(PROMPT, DEPLOYMENTS.textToImage, { url: SECRET, intermediate: true });

		const { path } = bench.simulator.calls('submit')[0]!;
		const { searchParams } = new URL(path, bench.simulator.url);
		expect(searchParams.get('webhook')).toBe(SECRET);
		expect(searchParams.get('webhook_intermediate_status')).toBe('true');
	});

	it('may carry the ID of the deployment, which the URLs of the request keep', async () => {
		const url = `https://n8n.example.com/webhook/runs?deployment=${DEPLOYMENTS.textToImage}`;
		const { statusUrl } = await submit(PROMPT, DEPLOYMENTS.textToImage, { url });

		expect(statusUrl).toContain(`/deployments/${DEPLOYMENTS.textToImage}/`);
	});

	it.each([
		['an error', 422, `{"error_code":422001,"error_message":"cannot call ${SECRET}"}`],
		['a validation error', 422, JSON.stringify({ detail: [{ loc: ['query', 'webhook'], msg: `no: ${SECRET}` }] })],
		['a plain text', 400, `cannot call ${encodeURIComponent(SECRET)} now`],
		['a part of it', 400, JSON.stringify({ message: 'refused ?signature=0123456789abcdef&x=a b' })],
	])('is in no failure, also where RunComfy repeats it in %s', async (_what, status, body) => {
		bench.simulator.fault({ on: 'submit', action: { type: 'answer', status, body } });
		const failure = await failureOf(submit(PROMPT, DEPLOYMENTS.textToImage, { url: SECRET }));

		const text = JSON.stringify((failure as { details: object }).details);
		expect(text).toContain('[webhook URL]');
		expect(text).not.toContain('0123456789abcdef');
		expect(JSON.stringify(bench.engine.log)).not.toContain('0123456789abcdef');
	});
});
