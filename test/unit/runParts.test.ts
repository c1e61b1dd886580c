import { Budget } from '../../nodes/RunComfy/execution/budget';
import { withOtherRequests } from '../../nodes/RunComfy/failures/nodeError';
import { cachedModel } from '../../nodes/RunComfy/model/catalogCache';
import { RunComfyFailure, type FailureDetails } from '../../nodes/RunComfy/shared/failure';
import type { ApiResponse } from '../../nodes/RunComfy/transport/apiResponse';
import type { ApiTransport } from '../../nodes/RunComfy/transport/apiTransport';

/** What the submits below run. */
const model = { family: 'model' as const, targetId: 'm' };

describe('Budget', () => {
	it('may be spent to the last cent, rounding aside', () => {
		// In floating point these three are a little more than 3.3.
		const budget = new Budget(3.3);
		for (let submit = 0; submit < 3; submit++) budget.reserve(1.1, model);
		expect(() => budget.reserve(0.01, model)).toThrow('Spend Limit of 3.3 USD exceeded');
	});

	it('is given back what was not accepted', () => {
		const budget = new Budget(1);
		budget.reserve(1, model)();
		expect(() => budget.reserve(1, model)).not.toThrow();
	});

	it('names what a refused submit would have run, of either API family', () => {
		const refusal = (reserve: () => void) => {
			try {
				reserve();
			} catch (error) {
				return (error as RunComfyFailure).details;
			}
			throw new Error('it was not refused');
		};
		const deployment = { family: 'deployment' as const, targetId: 'd' };
		expect(refusal(() => new Budget(1).reserve(2, deployment))).toMatchObject({ deployment_id: 'd' });
		expect(refusal(() => new Budget(1).reserve(undefined, deployment))).toMatchObject({
			message: "Spend Limit is set, but the price of the deployment d can't be estimated",
			deployment_id: 'd',
		});
		expect(refusal(() => new Budget(1).reserve(2, model))).toMatchObject({ model_id: 'm' });
	});
});

describe('the failure that ends a run', () => {
	const others = { stillRunning: [], finished: [], later: [], submitted: [], unknownOutcomes: 1 };
	const failure = (details: Partial<FailureDetails>) =>
		new RunComfyFailure({
			message: 'It failed',
			code: 'generation_failed',
			retryable: false,
			charged: 'no',
			request_id: 'r',
			...details,
		});

	it('names submits of earlier tries whose outcome nobody knows', () => {
		expect((withOtherRequests(failure({}), others) as Error).message).toContain(
			'1 more submit has an unknown outcome',
		);
	});

	it('counts its own unknown outcome once', () => {
		const own = failure({ code: 'submit_outcome_unknown', charged: 'unknown', request_id: undefined });
		expect(withOtherRequests(own, others)).toBe(own);
		expect((withOtherRequests(own, { ...others, unknownOutcomes: 3 }) as Error).message).toContain(
			'2 more submits have an unknown outcome',
		);
	});
});

describe('the catalog cache', () => {
	it('continues for the others when one of the waiting ones is stopped', async () => {
		let answer: (value: ApiResponse) => void = () => {};
		const read = jest.fn(async () => await new Promise<ApiResponse>((resolve) => (answer = resolve)));
		const transport = { account: 'shared', read } as unknown as ApiTransport;
		const stop = new AbortController();
		const stopped = cachedModel(transport, 'a/b', stop.signal);
		const other = cachedModel(transport, 'a/b', new AbortController().signal);
		stop.abort();
		await expect(stopped).rejects.toThrow('stopped');
		answer({ httpStatus: 200, headers: {}, text: '', json: { model_id: 'a/b' } });

		expect(await other).toEqual({ model_id: 'a/b' });
		expect(read).toHaveBeenCalledTimes(1);
	});
});
