import type { IExecuteFunctions } from 'n8n-workflow';

import { SubmissionStore } from '../../nodes/RunComfy/execution/submissionStore';
import { modelJob } from '../../nodes/RunComfy/shared/job';

const accepted = { job: modelJob('r1', 'a/b'), statusUrl: '', resultUrl: '', cancelUrl: '', status: 'in_queue' };

/** What n8n gives a node: a context that is stored with the execution as JSON. */
function contextWith(store: Record<string, unknown>, executionId = '7', runIndex = 0): IExecuteFunctions {
	return {
		getNode: () => ({ type: 'n8n-nodes-runcomfy.runComfy' }),
		getWorkflowDataProxy: () => ({ $runIndex: runIndex }),
		getExecutionId: () => executionId,
		getContext: () => store,
		isToolExecution: () => false,
	} as unknown as IExecuteFunctions;
}

/** The record as n8n stored it, with one submit. */
function storedWith(submit: object): object {
	return { version: 1, entries: [{ run: '7/0', itemIndex: 0, submit }] };
}

describe('SubmissionStore', () => {
	it('finds what an earlier try submitted, after n8n has stored it', () => {
		const store: Record<string, unknown> = {};
		new SubmissionStore(contextWith(store)).add(3, { accepted });
		const again = JSON.parse(JSON.stringify(store)) as Record<string, unknown>;

		expect(new SubmissionStore(contextWith(again)).find(3)).toEqual({ accepted });
		expect(new SubmissionStore(contextWith(again)).requestIds).toEqual(['r1']);
	});

	it.each([
		['of another execution', '8', 0],
		['of another run of the node', '7', 1],
	])('knows nothing %s', (_what, executionId, runIndex) => {
		const store: Record<string, unknown> = {};
		new SubmissionStore(contextWith(store)).add(3, { accepted });

		expect(new SubmissionStore(contextWith(store, executionId, runIndex)).find(3)).toBeUndefined();
	});

	it('checks what n8n stored once, and not again for each of thousands of items', () => {
		let reads = 0;
		const entry = { run: '7/0', itemIndex: 0 };
		Object.defineProperty(entry, 'submit', { enumerable: true, get: () => ((reads += 1), { accepted }) });
		const submissions = new SubmissionStore(contextWith({ runComfySubmits: { version: 1, entries: [entry] } }));
		const before = reads;
		for (let itemIndex = 1; itemIndex <= 20; itemIndex++) {
			submissions.add(itemIndex, { accepted });
			submissions.find(itemIndex);
		}

		expect(before).toBeGreaterThan(0);
		expect(reads).toBe(before);
		expect(submissions.find(0)).toEqual({ accepted });
	});

	it('keeps failed attempts, with what they count and their IDs, also when the last request is forgotten', () => {
		const store: Record<string, unknown> = {};
		const attempts = [{ request_id: 'r0', reason: 'lost', plannedUsd: 0.1 }];
		const submissions = new SubmissionStore(contextWith(store));
		submissions.add(0, { accepted: accepted, plannedUsd: 0.2, attempts });
		submissions.add(1, { accepted: { ...accepted, job: modelJob('r2') }, plannedUsd: 0.5 });
		expect(submissions.requestIds).toEqual(['r0', 'r1', 'r2']);
		expect(submissions.plannedUsd).toBeCloseTo(0.8);

		submissions.forget('r1');
		submissions.forget('r2');
		const again = new SubmissionStore(contextWith(JSON.parse(JSON.stringify(store)) as Record<string, unknown>));
		expect(again.find(0)).toEqual({ attempts });
		expect(again.find(1)).toBeUndefined();
		expect(again.plannedUsd).toBeCloseTo(0.1);
	});

	it('does not count a request of an earlier execution as submitted', () => {
		const submissions = new SubmissionStore(contextWith({}));
		submissions.add(0, { accepted: { ...accepted, job: { ...accepted.job, isReused: true } } as never });

		expect(submissions.requestIds).toEqual([]);
		expect(submissions.find(0)?.accepted?.job.requestId).toBe('r1');
	});

	it.each([
		['a list, as an older node wrote it', []],
		['another version', { version: 2, entries: [] }],
		['a job without its family', storedWith({ accepted: { job: { requestId: 'r' } } })],
		['a job of a family that it does not know', storedWith({ accepted: { job: { requestId: 'r', family: 'x' } } })],
		['a planned price that is no number', storedWith({ plannedUsd: '0.5' })],
		['a planned price below zero', storedWith({ plannedUsd: -1 })],
		['attempts that are no list', storedWith({ attempts: 'r0' })],
		['an attempt without an ID', storedWith({ attempts: [{ reason: 'x' }] })],
		['nonsense', 'x'],
	])('refuses %s, because it might pay twice', (_what, stored) => {
		expect(() => new SubmissionStore(contextWith({ runComfySubmits: stored }))).toThrow("can't be read");
	});
});
