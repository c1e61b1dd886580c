import {
	cachedDeployment,
	cachedDeployments,
	forgetDeployment,
	graphKey,
} from '../../nodes/RunComfy/deployment/deploymentCache';
import { ExecutionStopped, RunComfyFailure } from '../../nodes/RunComfy/shared/failure';
import type { ApiCall, ApiTransport } from '../../nodes/RunComfy/transport/apiTransport';

let accounts = 0;

beforeEach(() => {
	jest.useFakeTimers();
	accounts += 1;
});
afterEach(() => jest.useRealTimers());

/** A service with one deployment, for an account that no other test has. */
function serviceOf(answer: () => object = () => ({ id: 'A1', workflow_version: 'v1' }), account = `test ${accounts}`) {
	const calls: ApiCall[] = [];
	const read = async (call: ApiCall) => {
		calls.push(call);
		const json = call.path.endsWith('deployments') ? [answer()] : answer();
		return await Promise.resolve({ httpStatus: 200, headers: {}, text: '', json });
	};
	return { calls, transport: { account, read } as unknown as ApiTransport };
}

describe('a deployment', () => {
	it('is read once a minute, whatever the case of its ID', async () => {
		const { calls, transport } = serviceOf();
		await Promise.all([cachedDeployment(transport, 'a1'), cachedDeployment(transport, 'A1')]);
		jest.advanceTimersByTime(59_999);
		await cachedDeployment(transport, 'a1');
		expect(calls).toHaveLength(1);
		jest.advanceTimersByTime(1);
		await cachedDeployment(transport, 'a1');

		expect(calls).toHaveLength(2);
		expect(calls[0]?.query).toEqual({ includes: 'payload' });
	});

	it('is read for each account, and anew when it was changed', async () => {
		const { calls, transport } = serviceOf();
		const other = serviceOf(undefined, `other ${accounts}`);
		await cachedDeployment(transport, 'a1');
		await cachedDeployments(transport);
		await cachedDeployment(other.transport, 'a1');
		expect([calls.length, other.calls.length]).toEqual([2, 1]);
		forgetDeployment(transport, 'A1');
		await cachedDeployment(transport, 'a1');
		await cachedDeployments(transport);

		expect(calls).toHaveLength(4);
	});

	it('that could not be read is read again', async () => {
		let isBroken = true;
		const { transport } = serviceOf(() => (isBroken ? {} : { id: 'a1' }));
		await expect(cachedDeployment(transport, 'a1')).rejects.toBeInstanceOf(RunComfyFailure);
		isBroken = false;

		expect(await cachedDeployment(transport, 'a1')).toEqual({ id: 'a1' });
	});

	it('is waited for by others when one execution is stopped', async () => {
		const { calls, transport } = serviceOf();
		const stop = new AbortController();
		const stopped = cachedDeployment(transport, 'a1', stop.signal);
		const other = cachedDeployment(transport, 'a1', new AbortController().signal);
		stop.abort();

		await expect(stopped).rejects.toBeInstanceOf(ExecutionStopped);
		expect((await other).id).toBe('A1');
		expect(calls).toHaveLength(1);
	});
});

describe('the key of what is derived from a graph', () => {
	const { transport } = serviceOf();
	const key = (more: object) => graphKey(transport, { id: 'a1', workflow_version: 'v1', updated_at: 'now', ...more });

	it('changes with the deployment, its version and each edit', () => {
		const keys = [{}, { id: 'b2' }, { workflow_version: 'v2' }, { updated_at: 'then' }].map(key);

		expect(new Set(keys).size).toBe(4);
		expect(key({ id: 'A1' })).toBe(keys[0]);
	});

	it.each([{ workflow_version: undefined }, { updated_at: undefined }, { updated_at: '' }])(
		'is none where RunComfy does not tell (%j)',
		(more) => {
			expect(key(more)).toBeUndefined();
		},
	);
});
